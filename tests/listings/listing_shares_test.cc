// What listings may have together.
#include "listings/listing_shares.h"

#include "support/catch.h"
#include "support/fake_clock.h"

using listings::ListingHold;
using listings::ListingShares;
using listings::ListingSlice;

namespace {

/// How many steps a slice gives, `us` of work in each; at most `most`.
unsigned steps(ListingShares& shares, int us, unsigned most = 10'000) {
    ListingSlice slice(shares);
    unsigned count = 0;
    while (!slice.is_over() && count < most) {
        ++count;
        const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(us);
        while (std::chrono::steady_clock::now() < until) {
        }
    }
    return count;
}

}  // namespace

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

TEST_CASE("listing shares: the listings of one turn share its time, and each gets on", "[content][listing]") {
    FakeClock clock;
    ListingShares shares(clock);
    // A first one ends with its own time, not with its steps.
    CHECK(steps(shares, 50) >= listings::kLeastSteps - 1);
    CHECK(steps(shares, 50) >= listings::kLeastSteps - 1);
    // The turn's time is used up: the least that there is.
    CHECK(steps(shares, 50) == listings::kLeastSteps - 1);
    CHECK(steps(shares, 50) == listings::kLeastSteps - 1);
    // A turn later there is time again; not just once, should somebody else have the processor meanwhile.
    bool more = false;
    for (int i = 0; i < 20 && !more; ++i) {
        clock.advance_ms(1);
        more = steps(shares, 1) > listings::kLeastSteps;
    }
    CHECK(more);
}
