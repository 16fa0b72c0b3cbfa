// How much work one call of a listing does.
#include "listings/listing_shares.h"

#include "support/catch.h"

using listings::ListingSlice;
using listings::ListingStep;

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
