// Which addresses are named to people.
#include "app/reachable.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "support/catch.h"

TEST_CASE("reachable: only a server on all addresses names others, and never the loopback", "[app]") {
    const std::array<net::Address, 1> one{*net::Address::parse("127.0.0.1:4221", 0)};
    CHECK(app::reachable_urls(one).empty());
    const std::array<net::Address, 2> all{*net::Address::parse("0.0.0.0:4221", 0), *net::Address::parse("[::]:80", 0)};
    for (const std::string& url : app::reachable_urls(all)) {
        CAPTURE(url);
        CHECK(url.starts_with("http://"));
        CHECK((url.ends_with(":4221/") || url.ends_with("]:80/")));
        CHECK(url.find("127.") == std::string::npos);
        CHECK(url.find("0.0.0.0") == std::string::npos);
        CHECK(url.find("fe80") == std::string::npos);
    }
}

TEST_CASE("reachable: the start line of all addresses names those that others can use", "[app]") {
    const app::Options options;
    const auto contains = [](const std::string& text, std::string_view part) {
        return text.find(part) != std::string::npos;
    };
    const std::vector<net::Address> all = {*net::Address::parse("0.0.0.0:80", 0)};
    const std::vector<std::string> urls = {"http://192.0.2.1:80/", "http://192.0.2.2:80/"};
    CHECK(
        contains(app::start_line(options, "/d", all, urls), "; others use http://192.0.2.1:80/, http://192.0.2.2:80/"));
    const std::vector<net::Address> six = {*net::Address::parse("[::]:80", 0)};
    CHECK(contains(app::start_line(options, "/d", six), "IPv6 only, --bind 0.0.0.0 adds IPv4"));
    CHECK_FALSE(contains(app::start_line(options, "/d", all), "IPv6"));
}
