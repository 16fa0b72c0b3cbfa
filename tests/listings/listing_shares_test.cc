// What listings may have together.
#include "listings/listing_shares.h"

#include "support/catch.h"
#include "support/fake_clock.h"

using listings::ListingHold;
using listings::ListingShares;
using listings::ListingSlice;
using listings::ListingStep;

TEST_CASE("listing shares: memory is taken and comes back", "[content][listing]") {
    const FakeClock clock;
    ListingShares shares(clock, 100);
    {
        ListingHold first(shares);
        CHECK(first.grow(60));
        ListingHold second(shares);
        CHECK_FALSE(second.grow(41));
        CHECK(second.grow(40));
        CHECK(shares.bytes_left() == 0);
        first.shrink(50);
        CHECK(shares.bytes_left() == 50);
        const ListingHold moved(std::move(second));
        CHECK(moved.bytes() == 40);
        CHECK(shares.bytes_left() == 50);
    }
    CHECK(shares.bytes_left() == 100);
}

TEST_CASE("listing shares: a call does so many steps and no more, however long they take", "[content][listing]") {
    const auto steps = [](ListingStep step) {
        ListingSlice slice;
        unsigned count = 0;
        while (slice.take(step)) ++count;
        return count;
    };
    CHECK(steps(ListingStep::name) == 512);
    CHECK(steps(ListingStep::sort) == 128);
    CHECK(steps(ListingStep::look) == 64);
    CHECK(steps(ListingStep::row) == 64);
}
