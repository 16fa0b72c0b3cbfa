// Which badges count, and when they end.
#include "access_control/badges.h"

#include <string>
#include <vector>

#include "access_control/tokens.h"
#include "support/catch.h"
#include "support/fake_clock.h"

using access_control::Badges;

namespace {

constexpr std::int64_t kHourS = 3'600;

}  // namespace

TEST_CASE("badges: one counts for its time and not longer", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    FakeClock clock;
    Badges badges(clock, kHourS);
    const std::string text = badges.make("alice", "5747");
    const auto found = badges.find(text);
    REQUIRE(found.has_value());
    CHECK(found->name == "alice");
    CHECK(found->stamp == "5747");
    clock.advance_ms(kHourS * 1'000 - 1'000);
    CHECK(badges.find(text).has_value());
    clock.advance_ms(1'000);
    CHECK_FALSE(badges.find(text).has_value());
}

TEST_CASE("badges: of another process, of nobody and without a stamp are none", "[access_control][badge]") {
    FakeClock clock;
    Badges badges(clock, kHourS);
    CHECK_FALSE(badges.find(Badges(clock, kHourS).make("alice", "5747")).has_value());
    CHECK_FALSE(badges.find("").has_value());
    CHECK(badges.make("alice", "").empty());
}

TEST_CASE("badges: one that ended has no copies that count, others of its user do", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    FakeClock clock;
    Badges badges(clock, kHourS);
    const std::string one = badges.make("alice", "5747");
    const std::string other = badges.make("alice", "5747");
    badges.end(*badges.find(one));
    CHECK_FALSE(badges.find(one).has_value());
    CHECK(badges.find(other).has_value());
}

TEST_CASE("badges: whoever signs out often ends all that came before, and only his own", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    FakeClock clock;
    Badges badges(clock, kHourS);
    const std::string of_bob = badges.make("bob", "5747");
    const std::string forgotten = badges.make("alice", "5747");
    const std::string with_new_password = badges.make("alice", "9999");
    clock.advance_ms(1'000);
    std::vector<std::string> ended;
    for (std::size_t i = 0; i <= Badges::kMostEndedOfOneUser; ++i) {
        ended.push_back(badges.make("alice", "5747"));
        badges.end(*badges.find(ended.back()));
    }
    for (const std::string& each : ended) CHECK_FALSE(badges.find(each).has_value());
    CHECK_FALSE(badges.find(forgotten).has_value());
    CHECK(badges.find(of_bob).has_value());
    CHECK(badges.find(with_new_password).has_value());
}

TEST_CASE("badges: a new one counts, though the one before it was one too many to remember",
          "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    FakeClock clock;
    Badges badges(clock, kHourS);
    std::string before = badges.make("alice", "5747");
    for (std::size_t i = 0; i < 3 * Badges::kMostEndedOfOneUser; ++i) {
        clock.advance_ms(i % 2 == 0 ? 1'000 : 0);
        const std::string text = badges.make("alice", "5747");
        badges.end(*badges.find(before));
        CHECK_FALSE(badges.find(before).has_value());
        REQUIRE(badges.find(text).has_value());
        before = text;
    }
}

TEST_CASE("badges: what is over by itself is not remembered", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    FakeClock clock;
    Badges badges(clock, kHourS);
    for (int i = 0; i < 40; ++i) {
        if (const auto badge = badges.find(badges.make("user" + std::to_string(i / 20), "5747"))) badges.end(*badge);
    }
    CHECK(badges.size() == 2);
    clock.advance_ms((kHourS + 1) * 1'000);
    badges.end(*badges.find(badges.make("carol", "5747")));
    CHECK(badges.size() == 1);
}
