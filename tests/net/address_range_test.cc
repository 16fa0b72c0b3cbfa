// Ranges of addresses: what they say and whom they contain.
#include "net/address_range.h"

#include "support/catch.h"

using net::AddressRange;

namespace {

bool contains(std::string_view range, std::string_view peer) {
    const auto parsed = AddressRange::parse(range);
    REQUIRE(parsed);
    const auto address = net::parse_peer(peer);
    REQUIRE(address);
    return parsed->contains(*address);
}

}  // namespace

TEST_CASE("address range: contains the addresses whose first bits agree", "[net]") {
    CHECK(contains("10.0.0.0/8", "10.255.1.2"));
    CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
    CHECK(contains("192.168.4.0/22", "192.168.7.255"));
    CHECK_FALSE(contains("192.168.4.0/22", "192.168.8.0"));
    CHECK(contains("127.0.0.1", "127.0.0.1"));
    CHECK_FALSE(contains("127.0.0.1", "127.0.0.2"));
    CHECK(contains("0.0.0.0/0", "203.0.113.9"));
    CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(contains("::1", "[::1]:4221"));
}

TEST_CASE("address range: an IPv4 address that is written as IPv6 one counts as IPv4", "[net]") {
    CHECK(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
    CHECK_FALSE(contains("::/0", "::ffff:10.1.2.3"));
}

TEST_CASE("address range: a peer that is named by an IPv4 address in IPv6 form is that of IPv4", "[net]") {
    CHECK(net::parse_peer("::ffff:192.0.2.1") == net::parse_peer("192.0.2.1"));
    CHECK(net::parse_peer("[::ffff:192.0.2.1]:4711") == net::parse_peer("192.0.2.1"));
}

TEST_CASE("address range: unix stands for unix sockets", "[net]") {
    const auto range = AddressRange::parse("unix");
    REQUIRE(range);
    CHECK(range->contains({.family = net::Family::local, .port = 0, .octets = {}}));
    CHECK_FALSE(range->contains(*net::parse_peer("127.0.0.1")));
    CHECK_FALSE(contains("0.0.0.0/0", "::1"));
    CHECK(range->text() == "unix");
}

TEST_CASE("address range: says what is wrong", "[net]") {
    for (const std::string_view text :
         {"", "localhost", "10.0.0", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/x"}) {
        CAPTURE(text);
        CHECK_FALSE(AddressRange::parse(text));
    }
    CHECK(AddressRange::parse("10.0.0.0/33").error().find("at most 32") != std::string::npos);
    CHECK(AddressRange::parse("proxy").error().find("10.0.0.0/8") != std::string::npos);
    CHECK(AddressRange::parse("10.0.0.0/8")->text() == "10.0.0.0/8");
}

TEST_CASE("address range: peers are read with and without a port", "[net]") {
    const auto text = [](std::string_view written) {
        std::string shown;
        const auto peer = net::parse_peer(written);
        if (peer) peer->append_to(shown);
        return shown;
    };
    CHECK(text("203.0.113.9") == "203.0.113.9");
    CHECK(text("203.0.113.9:80") == "203.0.113.9");
    CHECK(text("2001:db8::1") == "2001:db8::1");
    CHECK(text("[2001:db8::1]:80") == text("2001:db8::1"));
    for (const std::string_view none : {"", "unknown", "_hidden", "[::1", "[127.0.0.1]", "1.2.3.4.5", "host:80"}) {
        CHECK(text(none).empty());
    }
}
