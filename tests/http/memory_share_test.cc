// Memory that several take from.
#include "http/memory_share.h"

#include <utility>

#include "support/catch.h"

using http::ClientKey;
using http::MemoryHold;
using http::MemoryShare;

TEST_CASE("memory share: memory is taken and comes back", "[http]") {
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

TEST_CASE("memory share: one client takes no more than it leaves to others", "[http]") {
    MemoryShare share(100);
    constexpr ClientKey kGreedy{.high = 0, .low = 1};
    constexpr ClientKey kOther{.high = 0, .low = 2};
    MemoryHold first(share, kGreedy);
    MemoryHold second(share, kGreedy);
    CHECK(first.grow(30));
    CHECK(second.grow(20));
    CHECK(share.over_share() == 0);
    CHECK_FALSE(second.grow(1));
    CHECK(share.over_share() == 1);
    MemoryHold others(share, kOther);
    CHECK(others.grow(25));
    CHECK_FALSE(others.grow(1));
    first.shrink(30);
    CHECK(others.grow(1));
    CHECK(share.bytes_left() == 54);
}

TEST_CASE("memory share: what a client gave back is its own again", "[http]") {
    MemoryShare share(100);
    constexpr ClientKey kClient{.high = 0, .low = 1};
    for (int i = 0; i < 3; ++i) {
        MemoryHold hold(share, kClient);
        CHECK(hold.grow(50));
        const MemoryHold moved(std::move(hold));
        CHECK_FALSE(MemoryHold(share, kClient).grow(1));
    }
    CHECK(share.bytes_left() == 100);
    // Unix sockets stand for many clients.
    CHECK(MemoryHold(share, ClientKey()).grow(100));
}
