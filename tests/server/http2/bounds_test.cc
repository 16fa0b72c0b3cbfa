// How often a connection may do what costs and brings nothing.
#include "server/http2/bounds.h"

#include "support/catch.h"

using namespace server::http2;

TEST_CASE("http2 bounds: so many events in a stretch of time, and as many in the next", "[server][http2]") {
    RateBound bound(3, 1000);
    CHECK(bound.note(5000));
    CHECK(bound.note(5100));
    CHECK(bound.note(5999));
    CHECK_FALSE(bound.note(5999));
    CHECK(bound.note(6000));
}

TEST_CASE("http2 bounds: control frames are spent, and earned by time and by use", "[server][http2]") {
    ControlAllowance allowance(0);
    for (std::uint32_t i = 0; i < kMostControlFrames; ++i) REQUIRE(allowance.spend(10));
    CHECK_FALSE(allowance.spend(10));
    for (std::uint32_t i = 0; i < kControlFramesPerSecond; ++i) REQUIRE(allowance.spend(1000));
    CHECK_FALSE(allowance.spend(1500));
    allowance.earn(2);
    CHECK(allowance.spend(1500));
    CHECK(allowance.spend(1500));
    CHECK_FALSE(allowance.spend(1500));
}

TEST_CASE("http2 bounds: a long rest earns no more than the whole allowance", "[server][http2]") {
    ControlAllowance allowance(0);
    for (std::uint32_t i = 0; i < kMostControlFrames; ++i) REQUIRE(allowance.spend(100'000'000));
    CHECK_FALSE(allowance.spend(100'000'000));
}
