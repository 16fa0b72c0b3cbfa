// Addresses good and bad, and how they read.
#include "net/address.h"

#include <netinet/in.h>
#include <sys/un.h>

#include "support/catch.h"

using net::Address;
using net::Family;
using net::PeerAddress;

namespace {

struct Good {
    const char* text;
    Family family;
    const char* shown;
    const char* url;
};

constexpr Good kGood[] = {
    {"127.0.0.1", Family::ipv4, "127.0.0.1:4221", "http://127.0.0.1:4221/"},
    {"0.0.0.0", Family::ipv4, "0.0.0.0:4221", "http://0.0.0.0:4221/"},
    {"255.255.255.255", Family::ipv4, "255.255.255.255:4221", "http://255.255.255.255:4221/"},
    {"::1", Family::ipv6, "[::1]:4221", "http://[::1]:4221/"},
    {"[::1]", Family::ipv6, "[::1]:4221", "http://[::1]:4221/"},
    {"::", Family::ipv6, "[::]:4221", "http://[::]:4221/"},
    {"2001:DB8:0:0:0:0:0:7", Family::ipv6, "[2001:db8::7]:4221", "http://[2001:db8::7]:4221/"},
    {"::ffff:192.0.2.1", Family::ipv6, "[::ffff:192.0.2.1]:4221", "http://[::ffff:192.0.2.1]:4221/"},
    {"localhost", Family::ipv4, "127.0.0.1:4221", "http://127.0.0.1:4221/"},
    {"*", Family::ipv4, "0.0.0.0:4221", "http://0.0.0.0:4221/"},
    {"fe80::1%lo", Family::ipv6, "[fe80::1%lo]:4221", "http://[fe80::1%lo]:4221/"},
    {"unix:/run/godwit.sock", Family::local, "unix:/run/godwit.sock", "unix:/run/godwit.sock"},
    {"unix:here.sock", Family::local, "unix:here.sock", "unix:here.sock"},
};

}  // namespace

TEST_CASE("address: reads and shows what it accepts", "[net][address]") {
    for (const Good& good : kGood) {
        INFO(good.text);
        const auto address = Address::parse(good.text, 4221);
        REQUIRE(address);
        CHECK(address->family == good.family);
        CHECK(address->to_text() == good.shown);
        CHECK(address->url() == good.url);
        CHECK(address->port() == (good.family == Family::local ? 0 : 4221));
    }
}

TEST_CASE("address: refuses everything else with a sentence that names it", "[net][address]") {
    for (const char* text : {"",
                             "example.org",
                             "example.org:80",
                             "127.1",
                             "127.0.0.256",
                             "0x7f.0.0.1",
                             "[127.0.0.1]",
                             "[::1",
                             "::1]",
                             "[]",
                             "[]:80",
                             "[::1]80",
                             "[::1]:",
                             "fe80::1%none",
                             ":::",
                             "1::2::3",
                             " ::1",
                             "127.0.0.1 ",
                             "UNIX:/x",
                             ":",
                             "127.0.0.1:",
                             "127.0.0.1:65536",
                             "localhost:http",
                             "127.0.0.1:+80",
                             "4221",
                             "**"}) {
        INFO(text);
        const auto address = Address::parse(text, 4221);
        REQUIRE_FALSE(address);
        CHECK(address.error().find("'" + std::string(text) + "'") != std::string::npos);
        CHECK(address.error().back() != '.');
    }
    CHECK_FALSE(Address::parse(std::string_view("127.0.0.1\0x", 11), 1));
    CHECK_FALSE(Address::parse(std::string_view("::1\0", 4), 1));
}

TEST_CASE("address: a port behind the address wins over the other one", "[net][address]") {
    CHECK(Address::parse("127.0.0.1:80", 4221)->to_text() == "127.0.0.1:80");
    CHECK(Address::parse("localhost:0", 4221)->to_text() == "127.0.0.1:0");
    CHECK(Address::parse("[::1]:80", 4221)->to_text() == "[::1]:80");
    CHECK(Address::parse("[fe80::1%lo]:80", 4221)->to_text() == "[fe80::1%lo]:80");
    CHECK(Address::parse(":80", 4221)->to_text() == "0.0.0.0:80");
    CHECK(Address::parse("*:80", 4221)->is_wildcard());
    CHECK_FALSE(Address::parse("127.0.0.1", 4221)->is_wildcard());
    for (const char* here : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
        CHECK(Address::parse(here, 80)->is_loopback());
    }
    for (const char* elsewhere : {"128.0.0.1", "0.0.0.0", "::", "::2", "::ffff:10.0.0.1", "unix:/a"}) {
        CHECK_FALSE(Address::parse(elsewhere, 80)->is_loopback());
    }
    CHECK(Address::parse("8080", 1).error().find(":8080 or --port") != std::string::npos);
}

TEST_CASE("address: of a wrong port it says that it is the port, and which are right", "[net][address]") {
    for (const char* text : {":80000", "127.0.0.1:65536", "[::1]:-1", "localhost:http", "127.0.0.1:"}) {
        const auto address = Address::parse(text, 4221);
        REQUIRE_FALSE(address);
        CHECK(address.error() == "'" + std::string(text) + "' has no valid port: ports are 0 to 65535, 0 for any free");
    }
}

TEST_CASE("address: https in front means TLS there, and is part of the URL", "[net][address]") {
    CHECK(net::Address::parse("https://[::1]:4443/", 80)->url() == "https://[::1]:4443/");
    CHECK(net::Address::parse("https://localhost", 4221)->url() == "https://127.0.0.1:4221/");
    CHECK(net::Address::parse("http://:81", 4221)->url() == "http://0.0.0.0:81/");
    const net::Address plain = *net::Address::parse("127.0.0.1:80", 0);
    const net::Address coded = *net::Address::parse("https://127.0.0.1:80", 0);
    CHECK(plain.scheme == net::Scheme::http);
    CHECK_FALSE(plain == coded);
    CHECK(plain.is_same_place(coded));
    CHECK_FALSE(plain.is_same_place(*net::Address::parse("127.0.0.1:81", 0)));
    for (const char* text : {"https://", "https:///", "https://unix:/x", "https://a.example", "ftp://127.0.0.1",
                             "https://127.0.0.1/path", "HTTPS://127.0.0.1"}) {
        CAPTURE(text);
        CHECK_FALSE(net::Address::parse(text, 80));
    }
}

TEST_CASE("address: the path of a unix socket has its bounds", "[net][address]") {
    CHECK_FALSE(Address::parse("unix:", 0));
    CHECK_FALSE(Address::parse(std::string_view("unix:/a\0b", 9), 0));
    CHECK(Address::parse("unix:" + std::string(107, 'p'), 0));
    CHECK_FALSE(Address::parse("unix:" + std::string(108, 'p'), 0));
}

TEST_CASE("address: survives the way through a socket address", "[net][address]") {
    for (const Good& good : kGood) {
        INFO(good.text);
        const Address address = *Address::parse(good.text, 65535);
        sockaddr_storage storage;
        const socklen_t length = address.fill(storage);
        CHECK(Address::from_socket(storage, length) == address);
    }
    const Address longest = *Address::parse("unix:" + std::string(107, 'p'), 0);
    sockaddr_storage storage;
    const socklen_t length = longest.fill(storage);
    CHECK(Address::from_socket(storage, length) == longest);
    // An unnamed socket has no path at all.
    CHECK(Address::from_socket(storage, offsetof(sockaddr_un, sun_path)).path.empty());
}

TEST_CASE("peer address: shows the bare IP", "[net][address]") {
    const auto shown = [](const char* text) {
        sockaddr_storage storage;
        Address::parse(text, 1234)->fill(storage);
        const PeerAddress peer = PeerAddress::from_socket(storage);
        std::string line = "from ";
        peer.append_to(line);
        return line + ' ' + std::to_string(peer.port);
    };
    CHECK(shown("192.0.2.17") == "from 192.0.2.17 1234");
    CHECK(shown("2001:db8::17") == "from 2001:db8::17 1234");
    CHECK(shown("unix:/x") == "from unix 0");
}

TEST_CASE("address: the loopback and unix sockets are of this machine alone", "[net][address]") {
    const auto is_own = [](std::string_view text) { return net::Address::parse(text, 1).value().is_of_this_machine(); };
    for (const char* own : {"127.0.0.1", "localhost", "::1", "unix:/s"}) CHECK(is_own(own));
    for (const char* open : {"0.0.0.0", "192.0.2.1", "::"}) CHECK_FALSE(is_own(open));
}
