// Whom guessing slows down, and for how long.
#include "access_control/guess_limits.h"

#include <string>

#include "support/catch.h"
#include "support/fake_clock.h"

using access_control::GuessLimits;

namespace {

constexpr http::ClientKey kHere{0, 1};
constexpr http::ClientKey kThere{0, 2};

void fail(GuessLimits& limits, const http::ClientKey& client, const std::string& name, unsigned times) {
    for (unsigned i = 0; i < times; ++i) limits.note_failure(client, name);
}

}  // namespace

TEST_CASE("guess limits: the first failures are free, then the time doubles", "[access_control]") {
    FakeClock clock;
    GuessLimits limits(clock);
    fail(limits, kHere, "alice", GuessLimits::kFreeByAddress - 1);
    CHECK(limits.wait_ms(kHere, "alice") == 0);
    fail(limits, kHere, "alice", 1);
    CHECK(limits.wait_ms(kHere, "alice") == 1'000);
    CHECK(limits.wait_ms(kHere, "bob") == 1'000);
    CHECK(limits.wait_ms(kHere, {}) == 1'000);
    clock.advance_ms(1'000);
    CHECK(limits.wait_ms(kHere, "alice") == 0);
    fail(limits, kHere, "alice", 1);
    CHECK(limits.wait_ms(kHere, "alice") == 2'000);
    fail(limits, kHere, "alice", 100);
    CHECK(limits.wait_ms(kHere, "alice") == GuessLimits::kMostByAddressMs);
}

TEST_CASE("guess limits: another address is slowed down only where it tries the same name", "[access_control]") {
    FakeClock clock;
    GuessLimits limits(clock);
    fail(limits, kHere, "alice", GuessLimits::kFreeByName);
    CHECK(limits.wait_ms(kThere, "alice") == 1'000);
    CHECK(limits.wait_ms(kThere, "bob") == 0);
    CHECK(limits.wait_ms(kThere, {}) == 0);
}

TEST_CASE("guess limits: who signed in before is not locked out by others who guess", "[access_control]") {
    FakeClock clock;
    GuessLimits limits(clock);
    limits.note_success(kThere, "alice");
    fail(limits, kHere, "alice", 50);
    CHECK(limits.wait_ms(kThere, "alice") == 0);
    CHECK(limits.wait_ms({0, 3}, "alice") > 0);
}

TEST_CASE("guess limits: an account of one's own frees nobody from the limit of the address", "[access_control]") {
    FakeClock clock;
    GuessLimits limits(clock);
    fail(limits, kHere, "alice", GuessLimits::kFreeByAddress);
    limits.note_success(kHere, "mallory");
    CHECK(limits.wait_ms(kHere, "alice") > 0);
}

TEST_CASE("guess limits: failures are forgotten after a while", "[access_control]") {
    FakeClock clock;
    GuessLimits limits(clock);
    fail(limits, kHere, "alice", 30);
    clock.advance_ms(GuessLimits::kForgetMs);
    CHECK(limits.wait_ms(kHere, "alice") == 0);
    fail(limits, kHere, "alice", 1);
    CHECK(limits.wait_ms(kHere, "alice") == 0);
}

TEST_CASE("guess limits: the tables are bounded", "[access_control]") {
    FakeClock clock;
    GuessLimits limits(clock);
    for (std::uint64_t i = 0; i < GuessLimits::kMostEntries + 50; ++i) {
        clock.advance_ms(1);
        limits.note_failure({1, i}, "name" + std::to_string(i));
        limits.note_success({1, i}, "name" + std::to_string(i));
    }
    CHECK(limits.size() == 3 * GuessLimits::kMostEntries);
}
