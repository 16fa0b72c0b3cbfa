// Tags and times out of stats that are made up.
#include "storage/validators.h"

#include <limits>

#include "support/catch.h"

namespace {

struct stat made_up() {
    struct stat status{};
    status.st_ino = 0xabc;
    status.st_size = 0x10;
    status.st_mtim = {1'000'000'000, 5};
    status.st_ctim = {1'000'000'000, 5};
    return status;
}

constexpr base::UnixNs kNow = 1'700'000'000 * base::kNsPerSecond;

}  // namespace

TEST_CASE("entity tag: a nanosecond makes another tag", "[content][validators]") {
    const struct stat first = made_up();
    CHECK(storage::make_entity_tag(first, false) == "\"abc-10-3b9aca00.5\"");
    CHECK(storage::make_entity_tag(first, true) == "W/\"abc-10-3b9aca00.5\"");
    auto changed = [&](auto change) {
        struct stat other = first;
        change(other);
        CHECK_FALSE(storage::is_same_version(first, other));
        return storage::make_entity_tag(other, false) != storage::make_entity_tag(first, false);
    };
    CHECK(changed([](struct stat& s) { ++s.st_mtim.tv_nsec; }));
    CHECK(changed([](struct stat& s) { ++s.st_ctim.tv_nsec; }));
    CHECK(changed([](struct stat& s) { ++s.st_ino; }));
    CHECK(changed([](struct stat& s) { ++s.st_size; }));
}

TEST_CASE("validators: a file is young for a tick after its ctime", "[content][validators]") {
    struct stat status = made_up();
    CHECK_FALSE(storage::is_young(status, kNow));
    status.st_ctim = {1'700'000'000, 0};
    CHECK(storage::is_young(status, kNow));
    CHECK(storage::is_young(status, kNow + storage::kClockTickNs - 1));
    CHECK_FALSE(storage::is_young(status, kNow + storage::kClockTickNs));
    // Written after the loop looked at the clock.
    CHECK(storage::is_young(status, kNow - 1'000'000));
    status.st_ctim.tv_sec = std::numeric_limits<time_t>::max();
    CHECK_FALSE(storage::is_young(status, kNow));
}

TEST_CASE("validators: a tag is weak while a write could keep both stamps, and only then", "[content][validators]") {
    struct stat status = made_up();
    CHECK_FALSE(storage::needs_weak_tag(status, kNow));
    status.st_mtim = status.st_ctim = {1'700'000'000, 7};
    CHECK(storage::needs_weak_tag(status, kNow));
    status.st_mtim.tv_nsec = 6;
    CHECK_FALSE(storage::needs_weak_tag(status, kNow));
}

TEST_CASE("validators: Last-Modified is never later than now, nor before 1970", "[content][validators]") {
    struct stat status = made_up();
    CHECK(storage::last_modified_seconds(status, kNow) == 1'000'000'000);
    status.st_mtim.tv_sec = 67'768'040'609'740'800;
    CHECK(storage::last_modified_seconds(status, kNow) == 1'700'000'000);
    status.st_mtim.tv_sec = -5;
    CHECK(storage::last_modified_seconds(status, kNow) == 0);
}

TEST_CASE("entity tag: another form of the same version has its suffix inside the quotes", "[content][validators]") {
    CHECK(storage::with_tag_suffix("\"ab\"", "-json") == "\"ab-json\"");
    CHECK(storage::with_tag_suffix("W/\"ab\"", "-csv") == "W/\"ab-csv\"");
    CHECK(storage::with_tag_suffix("\"ab\"", "") == "\"ab\"");
    CHECK(storage::with_tag_suffix("", "-json").empty());
    CHECK(storage::coded_tag("W/\"ab\"", http::Coding::gzip) == "W/\"ab-gzip\"");
    CHECK(storage::coded_tag("\"ab\"", http::Coding::identity) == "\"ab\"");
}
