// How long credentials are remembered, and how many.
#include "access_control/credential_cache.h"

#include <memory>
#include <string>

#include "support/catch.h"
#include "support/fake_clock.h"

using access_control::CredentialCache;

namespace {

std::shared_ptr<const http::User> user(const std::string& name) {
    return std::make_shared<http::User>(http::User{name, {}});
}

}  // namespace

TEST_CASE("credential cache: knows what was kept until its time is over", "[access_control]") {
    FakeClock clock;
    CredentialCache cache(clock, 1'000);
    CHECK(cache.find("Basic x") == nullptr);
    cache.keep("Basic x", user("alice"));
    REQUIRE(cache.find("Basic x") != nullptr);
    CHECK(cache.find("Basic x")->name == "alice");
    CHECK(cache.find("Basic y") == nullptr);
    clock.advance_ms(1'000);
    CHECK(cache.find("Basic x") == nullptr);
}

TEST_CASE("credential cache: forgets all when the users changed", "[access_control]") {
    FakeClock clock;
    CredentialCache cache(clock, 1'000);
    cache.keep("Basic x", user("alice"));
    cache.clear();
    CHECK(cache.find("Basic x") == nullptr);
}

TEST_CASE("credential cache: the oldest entry makes room", "[access_control]") {
    FakeClock clock;
    CredentialCache cache(clock, 1'000'000);
    for (std::size_t i = 0; i <= CredentialCache::kMostEntries; ++i) {
        cache.keep(std::to_string(i), user("alice"));
        clock.advance_ms(1);
    }
    CHECK(cache.size() == CredentialCache::kMostEntries);
    CHECK(cache.find("0") == nullptr);
    CHECK(cache.find("1") != nullptr);
}

TEST_CASE("credential cache: keeps nothing when it is off", "[access_control]") {
    FakeClock clock;
    CredentialCache cache(clock, 0);
    cache.keep("Basic x", user("alice"));
    CHECK(cache.size() == 0);
}
