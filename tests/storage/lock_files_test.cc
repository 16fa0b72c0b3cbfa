// Locks in the state directory.
#include "storage/lock_files.h"

#include <set>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

storage::Lock lock_of(std::string path) {
    return {.token = storage::make_lock_token(), .path = std::move(path), .user = {}, .owner = {}};
}

}  // namespace

TEST_CASE("lock files: tokens are UUIDs of version 4, each another one", "[storage][lock]") {
    std::set<std::string> tokens;
    for (int i = 0; i < 100; ++i) {
        const std::string token = storage::make_lock_token();
        REQUIRE(token.size() == 45);
        CHECK(token.starts_with("urn:uuid:"));
        CHECK(token[23] == '4');
        CHECK(std::string_view("89ab").find(token[28]) != std::string_view::npos);
        tokens.insert(token);
    }
    CHECK(tokens.size() == 100);
}

TEST_CASE("lock files: what is written is read, with its latest time, until it is removed", "[storage][lock]") {
    const support::WriteSite site;
    const storage::LockFiles files(*site.root);
    CHECK(files.read_all(10).locks.empty());
    const storage::Lock one = lock_of("/a");
    REQUIRE(files.write(one, 5).has_value());
    REQUIRE(files.write(lock_of("/b"), 6).has_value());
    CHECK(files.read_all(10).locks.size() == 2);
    REQUIRE(files.write_time(one.token, 70).has_value());
    const auto all = files.read_all(10).locks;
    REQUIRE(all.size() == 2);
    CHECK((all[0].lock.path == "/a" ? all[0] : all[1]).expires_s == 70);
    REQUIRE(files.remove(one.token).has_value());
    CHECK(files.remove(one.token).error() == ENOENT);
    REQUIRE(files.read_all(10).locks.size() == 1);
    CHECK(files.read_all(10).locks[0].lock.path == "/b");
}

TEST_CASE("lock files: a damaged one is removed, and what is no lock stays", "[storage][lock]") {
    const support::WriteSite site;
    const storage::LockFiles files(*site.root);
    site.directory.write(".godwit/0123456789abcdef.lock", "godwit lock 1\nexpires 5\n");
    site.directory.write(".godwit/0123456789abcdef.share", "x");
    CHECK(files.read_all(10).locks.empty());
    CHECK_FALSE(site.directory.has(".godwit/0123456789abcdef.lock"));
    CHECK(site.directory.has(".godwit/0123456789abcdef.share"));
}

TEST_CASE("lock files: a token of another server names no file", "[storage][lock]") {
    const support::WriteSite site;
    const storage::LockFiles files(*site.root);
    REQUIRE(files.write(lock_of("/a"), 5).has_value());
    CHECK_FALSE(files.remove("opaquelocktoken:../../a").has_value());
    CHECK_FALSE(files.remove("urn:uuid:1").has_value());
    CHECK_FALSE(files.write_time("urn:uuid:ffffffffffffffff", 5).has_value());
}
