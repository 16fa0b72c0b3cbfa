// The text of a lock's file.
#include "storage/lock_text.h"

#include "support/catch.h"

using storage::Lock;

namespace {

Lock some_lock() {
    return {.token = "urn:uuid:0",
            .path = "/a b/\n\xff%",
            .kind = Lock::Kind::folder,
            .scope = Lock::Scope::shared,
            .reach = Lock::Reach::all_below,
            .user = "ann lee",
            .owner = "<n:href xmlns:n=\"DAV:\">x</n:href>\n"};
}

}  // namespace

TEST_CASE("lock text: what was printed is read again", "[storage][lock]") {
    const auto read = storage::parse_lock(storage::print_lock(some_lock(), 1'764'471'111));
    REQUIRE(read.has_value());
    CHECK(read->expires_s == 1'764'471'111);
    CHECK(read->lock.token == "urn:uuid:0");
    CHECK(read->lock.path == some_lock().path);
    CHECK(read->lock.kind == Lock::Kind::folder);
    CHECK(read->lock.scope == Lock::Scope::shared);
    CHECK(read->lock.reach == Lock::Reach::all_below);
    CHECK(read->lock.user == "ann lee");
    CHECK(read->lock.owner == some_lock().owner);
}

TEST_CASE("lock text: the time can be written over", "[storage][lock]") {
    std::string text = storage::print_lock(some_lock(), 1);
    const std::string time = storage::print_lock_time(INT64_MAX);
    text.replace(storage::lock_time_offset(), time.size(), time);
    const auto read = storage::parse_lock(text);
    REQUIRE(read.has_value());
    CHECK(read->expires_s == INT64_MAX);
}

TEST_CASE("lock text: what is cut off anywhere is no lock", "[storage][lock]") {
    const std::string text = storage::print_lock(some_lock(), 1);
    for (std::size_t length = 0; length < text.size(); ++length) {
        CHECK_FALSE(storage::parse_lock(text.substr(0, length)).has_value());
    }
    CHECK_FALSE(storage::parse_lock("godwit lock 2" + text.substr(13)).has_value());
}
