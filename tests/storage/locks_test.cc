// Which writes a lock is in the way of, and how long.
#include "storage/locks.h"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

#include "base/fd.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/no_descriptors.h"
#include "support/write_site.h"

using storage::Lock;
using storage::LockKeys;
using storage::Touched;

namespace {

struct Site : support::WriteSite {
    Lock wanted(std::string path, Lock::Reach reach = Lock::Reach::itself, Lock::Scope scope = Lock::Scope::exclusive,
                std::string user = {}) {
        return {
            .token = {}, .path = std::move(path), .scope = scope, .reach = reach, .user = std::move(user), .owner = {}};
    }
    std::string grant(const Lock& lock, std::int64_t seconds = 60) {
        const auto granted = locks.grant(lock, seconds, client);
        REQUIRE(granted.has_value());
        return granted->lock.token;
    }
    [[nodiscard]] bool passes(std::string_view path, Touched touched, const LockKeys& keys = {}) {
        return !locks.find_fault(path, touched, keys).has_value();
    }
    static LockKeys keys(std::vector<std::string> tokens, std::string user = {}) {
        auto shown = std::make_shared<http::IfField>();
        std::ranges::sort(tokens);
        shown->tokens = std::move(tokens);
        return {shown, std::move(user)};
    }

    FakeClock time;
    http::ClientKey client{1, 2};
    storage::Locks locks{*root, time};
};

std::vector<base::Fd> take_all_descriptors() {
    std::vector<base::Fd> taken;
    do {
        taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    } while (taken.back());
    taken.pop_back();
    return taken;
}

}  // namespace

TEST_CASE("locks: a locked file is written to with its token only, by the user whose it is", "[storage][lock]") {
    Site site;
    const std::string token = site.grant(site.wanted("/a", Lock::Reach::itself, Lock::Scope::exclusive, "ann"));
    CHECK_FALSE(site.passes("/a", Touched::content));
    CHECK_FALSE(site.passes("/a", Touched::content, Site::keys({"urn:uuid:0"}, "ann")));
    CHECK_FALSE(site.passes("/a", Touched::content, Site::keys({token}, "bob")));
    CHECK_FALSE(site.passes("/a", Touched::content, Site::keys({token})));
    CHECK(site.passes("/a", Touched::content, Site::keys({token}, "ann")));
    CHECK(site.passes("/a", Touched::nothing));
    CHECK(site.passes("/ab", Touched::name));
    CHECK(site.passes("/b", Touched::tree));
}

TEST_CASE("locks: a folder keeps its names, and all below it where the depth is infinity", "[storage][lock]") {
    Site site;
    const std::string flat = site.grant(site.wanted("/d"));
    CHECK(site.passes("/d/a", Touched::content));
    CHECK_FALSE(site.passes("/d/a", Touched::name));
    CHECK_FALSE(site.passes("/d/", Touched::tree));
    CHECK(site.passes("/d/a", Touched::name, Site::keys({flat})));
    CHECK(site.passes("/d/sub/a", Touched::name));
    const std::string deep = site.grant(site.wanted("/e", Lock::Reach::all_below));
    CHECK_FALSE(site.passes("/e/sub/a", Touched::content));
    CHECK(site.passes("/e/sub/a", Touched::content, Site::keys({deep})));
    CHECK(site.passes("/ee/a", Touched::name));
}

TEST_CASE("locks: a tree goes only with the tokens of all that is locked in it", "[storage][lock]") {
    Site site;
    const std::string one = site.grant(site.wanted("/d/a"));
    const std::string two = site.grant(site.wanted("/d/sub/b"));
    CHECK_FALSE(site.passes("/d/", Touched::tree));
    CHECK_FALSE(site.passes("/d/", Touched::tree, Site::keys({one})));
    CHECK(site.passes("/d/", Touched::tree, Site::keys({one, two})));
    CHECK(site.passes("/d/", Touched::name));
}

TEST_CASE("locks: of several shared ones one is enough", "[storage][lock]") {
    Site site;
    const auto shared = Lock::Scope::shared;
    const std::string one = site.grant(site.wanted("/a", Lock::Reach::itself, shared));
    CHECK(site.locks.find_conflict(site.wanted("/a", Lock::Reach::itself, shared)) == nullptr);
    site.grant(site.wanted("/a", Lock::Reach::itself, shared));
    CHECK(site.passes("/a", Touched::content, Site::keys({one})));
    CHECK_FALSE(site.passes("/a", Touched::content));
    CHECK(site.locks.find_conflict(site.wanted("/a")) != nullptr);
}

TEST_CASE("locks: an exclusive one stands beside no other, above or below it", "[storage][lock]") {
    Site site;
    site.grant(site.wanted("/d/a"));
    CHECK(site.locks.find_conflict(site.wanted("/d/a", Lock::Reach::itself, Lock::Scope::shared)) != nullptr);
    CHECK(site.locks.find_conflict(site.wanted("/d")) == nullptr);
    CHECK(site.locks.find_conflict(site.wanted("/d", Lock::Reach::all_below)) != nullptr);
    CHECK(site.locks.find_conflict(site.wanted("/d/ab", Lock::Reach::all_below)) == nullptr);
    site.grant(site.wanted("/e", Lock::Reach::all_below));
    CHECK(site.locks.find_conflict(site.wanted("/e/x/y")) != nullptr);
    CHECK(site.locks.find_conflict(site.wanted("/ex")) == nullptr);
}

TEST_CASE("locks: they end when their time is over, unless they are refreshed", "[storage][lock]") {
    Site site;
    const std::string token = site.grant(site.wanted("/a"), 60);
    site.time.advance_ms(59'999);
    CHECK_FALSE(site.passes("/a", Touched::content));
    REQUIRE(site.locks.refresh(token, 60).has_value());
    site.time.advance_ms(59'999);
    CHECK_FALSE(site.passes("/a", Touched::content));
    CHECK(site.locks.due() == site.time.now_ms() + 1);
    site.time.advance_ms(1);
    CHECK(site.passes("/a", Touched::content));
    CHECK(site.locks.find(token) == nullptr);
    CHECK_FALSE(site.locks.empty());
    site.locks.tidy();
    CHECK(site.locks.empty());
    CHECK_FALSE(site.locks.due().has_value());
    CHECK(storage::LockFiles(*site.root).read_all(10).locks.empty());
}

TEST_CASE("locks: those from before a restart hold as long as they did", "[storage][lock]") {
    Site site;
    const std::string token = site.grant(site.wanted("/a", Lock::Reach::itself, Lock::Scope::exclusive, "ann"), 60);
    site.grant(site.wanted("/b"), 10);
    site.time.advance_ms(20'000);
    storage::Locks again(*site.root, site.time);
    again.load();
    const Lock* const lock = again.find(token);
    REQUIRE(lock != nullptr);
    CHECK(lock->path == "/a");
    CHECK(lock->user == "ann");
    CHECK(again.seconds_left(*lock) == 40);
    CHECK_FALSE(again.find_fault("/b", Touched::content, {}).has_value());
    site.time.set_unix_seconds(1);
    storage::Locks back(*site.root, site.time);
    back.load();
    REQUIRE(back.find(token) != nullptr);
    CHECK(back.seconds_left(*back.find(token)) == storage::kMostLockSeconds);
}

TEST_CASE("locks: what a start cannot read for want of descriptors is kept, and nothing is written until it is known",
          "[storage][lock]") {
    Site site;
    const std::string token = site.grant(site.wanted("/a"));
    storage::Locks again(*site.root, site.time);
    std::vector<base::Fd> taken = take_all_descriptors();
    SECTION("not even for the directory") {}
    SECTION("one, for the directory") { taken.pop_back(); }
    CHECK_FALSE(again.load());
    SECTION("they are read with the next write") {
        taken.clear();
        CHECK(again.find_fault("/a", Touched::content, {})->status == http::Status::locked);
        return;
    }
    CHECK(again.find_fault("/a", Touched::nothing, {})->status == http::Status::service_unavailable);
    CHECK(again.find_fault("/b", Touched::content, {})->status == http::Status::service_unavailable);
    CHECK(again.grant(site.wanted("/b"), 60, site.client).error().status == http::Status::service_unavailable);
    SECTION("they are read later") {}
    SECTION("an hour later none of them is in force") {
        site.time.advance_ms(storage::kMostLockSeconds * 1'000);
        CHECK(again.load());
        return;
    }
    taken.clear();
    site.time.advance_ms(1'000);
    CHECK(again.find_fault("/a", Touched::content, {})->status == http::Status::locked);
    CHECK(again.find(token) != nullptr);
    CHECK_FALSE(again.find_fault("/b", Touched::content, {}).has_value());
}

TEST_CASE("locks: one that is given up ends though its file cannot be removed for now", "[storage][lock]") {
    Site site;
    const std::string token = site.grant(site.wanted("/d/a"));
    std::vector<base::Fd> taken = take_all_descriptors();
    site.locks.drop(token);
    CHECK(site.locks.find(token) == nullptr);
    taken.clear();
    CHECK(site.passes("/d/a", Touched::content));
}

TEST_CASE("locks: what is gone takes its locks and those below it along", "[storage][lock]") {
    Site site;
    site.grant(site.wanted("/d"));
    site.grant(site.wanted("/d/sub/a"));
    const std::string other = site.grant(site.wanted("/da"));
    site.locks.drop_tree("/d/");
    CHECK(site.passes("/d/sub/a", Touched::content));
    CHECK(site.locks.find(other) != nullptr);
    CHECK(storage::LockFiles(*site.root).read_all(10).locks.size() == 1);
}

TEST_CASE("locks: what they cover is not denied while it cannot be told", "[storage][lock]") {
    Site site;
    site.directory.write("d/a", "x");
    const std::string token = site.grant(site.wanted("/d/a"));
    {
        const support::NoDescriptors none;
        CHECK(site.locks.covers(token, "/d/a").error().status == http::Status::service_unavailable);
        CHECK_FALSE(site.locks.covers("urn:uuid:0", "/d/a").value());
    }
    CHECK(site.locks.covers(token, "/d/a").value());
    CHECK_FALSE(site.locks.covers(token, "/d/b").value());
}

TEST_CASE("locks: a client has at most its share", "[storage][lock]") {
    Site site;
    for (std::size_t i = 0; i < storage::kMostLocksOfClient; ++i) site.grant(site.wanted("/" + std::to_string(i)));
    const auto refused = site.locks.grant(site.wanted("/more"), 60, site.client);
    REQUIRE_FALSE(refused.has_value());
    CHECK(http::code(refused.error().status) == 429);
    CHECK(site.locks.grant(site.wanted("/more"), 60, http::ClientKey{3, 4}).has_value());
    site.locks.drop_tree("/0");
    CHECK(site.locks.grant(site.wanted("/0"), 60, site.client).has_value());
}

TEST_CASE("locks: a path has few shared ones", "[storage][lock]") {
    Site site;
    const Lock wanted = site.wanted("/a", Lock::Reach::itself, Lock::Scope::shared);
    for (std::size_t i = 0; i < storage::kMostLocksOfPath; ++i) site.grant(wanted, 10);
    CHECK_FALSE(site.locks.grant(wanted, 60, http::ClientKey{3, 4}).has_value());
    site.time.advance_ms(10'000);
    CHECK(site.locks.grant(wanted, 60, http::ClientKey{3, 4}).has_value());
}

TEST_CASE("locks: they hold behind links to their folder", "[storage][lock]") {
    Site site;
    site.directory.write("d/a", "x");
    REQUIRE(::symlink("d", site.directory.at("l").c_str()) == 0);
    const std::string token = site.grant(site.wanted("/d/a"));
    CHECK_FALSE(site.passes("/l/a", Touched::content));
    CHECK(site.locks.covers(token, "/l/a"));
}
