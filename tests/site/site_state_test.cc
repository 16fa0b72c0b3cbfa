// What stays when rules are replaced, and when it wants to be tended.
#include "site/site_state.h"

#include <algorithm>
#include <string>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/write_site.h"

namespace {

struct Kept {
    explicit Kept(const site::SiteConfig& rules = {}) : state(*site.root, rules, clock, arrivals, site.disk, memory) {}

    [[nodiscard]] static bool shows(const base::Counters& counters, std::string_view name) {
        bool found = false;
        counters.visit([&](const base::Counter& counter, std::uint64_t) { found = found || counter.name == name; });
        return found;
    }

    support::WriteSite site;
    FakeClock clock{::time(nullptr)};
    base::ArrivalClock arrivals;
    base::Counters counters;
    base::MemoryBudget memory{std::size_t{256} * 1024 * 1024};
    site::SiteState state;
};

site::SiteConfig uploads_allowed() {
    site::SiteConfig rules;
    rules.allow_upload = true;
    return rules;
}

}  // namespace

TEST_CASE("site state: leftovers are swept once files may be uploaded, and not before", "[site]") {
    Kept kept;
    kept.site.directory.write(".godwit-0123456789abcdef.tmp", "left");
    CHECK_FALSE(kept.state.sweep.has_value());
    CHECK_FALSE(kept.state.tidy_due().has_value());
    kept.state.follow(uploads_allowed());
    REQUIRE(kept.state.sweep.has_value());
    CHECK(kept.state.tidy_due().has_value());
}

TEST_CASE("site state: a sweep that begins later shows its counters, too", "[site]") {
    Kept kept;
    kept.state.register_counters(kept.counters);
    CHECK(Kept::shows(kept.counters, "cache_hits"));
    CHECK_FALSE(Kept::shows(kept.counters, "leftovers_removed"));
    kept.state.follow(uploads_allowed());
    CHECK(Kept::shows(kept.counters, "leftovers_removed"));
}

TEST_CASE("site state: what is stored from here on follows the rules of now", "[site]") {
    Kept kept;
    site::SiteConfig rules = uploads_allowed();
    rules.durability = storage::Durability::none;
    rules.min_free_bytes = 12'345;
    rules.upload_expiry_s = 77;
    rules.max_uploads_per_client = 3;
    rules.max_upload_bytes_per_client = 5;
    kept.state.follow(rules);
    CHECK(kept.state.parts.durability == storage::Durability::none);
    CHECK(kept.state.parts.min_free_bytes == 12'345);
    CHECK(kept.state.uploads.limits().expiry_s == 77);
    CHECK(kept.state.uploads.limits().max_pending_per_client == 3);
    const http::ClientKey client{.high = 1, .low = 0};
    CHECK(kept.state.uploads.unfinished().check(client, 5).has_value());
    CHECK_FALSE(kept.state.uploads.unfinished().check(client, 6).has_value());
}

TEST_CASE("site state: writes under any rules share the names that are held, and tell the cache", "[site]") {
    Kept kept;
    const storage::WriteParts one = kept.state.parts_for(uploads_allowed());
    const storage::WriteParts other = kept.state.parts_for({});
    CHECK(&one.names == &other.names);
    CHECK(&one.new_directories == &other.new_directories);
    CHECK(one.changes == &kept.state.cache);
}

TEST_CASE("site state: tending does what is due, and the next time is the earliest of all", "[site]") {
    Kept kept(uploads_allowed());
    const auto due = kept.state.tidy_due();
    REQUIRE(due.has_value());
    CHECK(*due <= kept.clock.now_ms());
    kept.state.tidy();
    const auto next = kept.state.tidy_due();
    REQUIRE(next.has_value());
    CHECK(*next > kept.clock.now_ms());
    CHECK(*next == *kept.state.sweep->due());
}
