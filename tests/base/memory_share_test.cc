// Memory that several take from.
#include "base/memory_share.h"

#include <utility>

#include "support/catch.h"

using base::MemoryHold;
using base::MemoryShare;

TEST_CASE("memory share: memory is taken and comes back", "[base]") {
    MemoryShare share(100);
    {
        MemoryHold first(share);
        CHECK(first.grow(60));
        MemoryHold second(share);
        CHECK_FALSE(second.grow(41));
        CHECK(second.grow(40));
        CHECK(share.bytes_left() == 0);
        first.shrink(50);
        CHECK(share.bytes_left() == 50);
        const MemoryHold moved(std::move(second));
        CHECK(moved.bytes() == 40);
        CHECK(share.bytes_left() == 50);
    }
    CHECK(share.bytes_left() == 100);
}
