// Which addresses are reached by this machine only, and which names it has.
#include "app/own_hosts.h"

#include <algorithm>

#include "support/catch.h"

namespace {

bool is_local(std::initializer_list<const char*> addresses) {
    std::vector<net::Address> bound;
    for (const char* const text : addresses) bound.push_back(*net::Address::parse(text, 80));
    return app::own_hosts(bound, nullptr).is_local;
}

}  // namespace

TEST_CASE("own hosts: only loopback addresses are this machine's alone", "[app][hosts]") {
    CHECK(is_local({"127.0.0.1"}));
    CHECK(is_local({"127.1.2.3"}));
    CHECK(is_local({"::1"}));
    CHECK(is_local({"127.0.0.1", "::1", "unix:/tmp/s"}));
    CHECK_FALSE(is_local({"0.0.0.0"}));
    CHECK_FALSE(is_local({"127.0.0.1", "192.0.2.1"}));
    CHECK_FALSE(is_local({"::"}));
    CHECK_FALSE(is_local({"unix:/tmp/s"}));
}

TEST_CASE("own hosts: the machine's name counts, and its name in multicast DNS", "[app][hosts]") {
    const auto name = app::machine_name();
    if (!name) return;
    const auto own = app::own_hosts({}, nullptr);
    CHECK(std::ranges::find(own.names, *name) != own.names.end());
    CHECK(std::ranges::find(own.names, name->substr(0, name->find('.')) + ".local") != own.names.end());
    CHECK_FALSE(own.is_certified);
}
