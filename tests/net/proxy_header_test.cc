// The PROXY protocol, whole and at every split, and everything that it must not be.
#include "net/proxy_header.h"

#include <string>
#include <string_view>
#include <vector>

#include "net/address_range.h"
#include "support/catch.h"
#include "support/feed.h"

using net::ProxyHeaderParser;
using net::ProxyVersions;
using Outcome = ProxyHeaderParser::Outcome;

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) text += static_cast<char>(value);
    return text;
}

/// A header of version 2: `second` and `third` are version and command, family and transport.
std::string binary(int second, int third, const std::string& block) {
    const auto size = static_cast<int>(block.size());
    return signature + bytes({second, third, size >> 8, size & 0xff}) + block;
}

/// From 192.0.2.1 port 40000.
const std::string ipv4_block = bytes({192, 0, 2, 1, 198, 51, 100, 2, 0x9c, 0x40, 0x01, 0xbb});
const std::string over_tls = bytes({0x20, 0, 5, 0x01, 0, 0, 0, 0});

struct Read {
    Outcome outcome = Outcome::need_more;
    std::size_t consumed = 0;
    std::string client;  ///< empty: none
    std::uint16_t port = 0;
    bool is_secured = false;
};

Read read(std::string_view text, const support::Arrivals& arrivals, ProxyVersions versions) {
    ProxyHeaderParser parser(versions);
    support::GuardedText guarded(text.size());
    Read read;
    std::size_t begin = 0;
    for (const std::size_t end : arrivals) {
        const auto step = parser.parse(guarded.hold_bytes(text.substr(begin, end - begin)));
        read.outcome = step.outcome;
        read.consumed += step.consumed;
        if (step.outcome != Outcome::need_more) break;
        CHECK(step.consumed == end - begin);
        begin = end;
    }
    if (read.outcome == Outcome::invalid) CHECK_FALSE(parser.problem().empty());
    read.is_secured = parser.header().is_secured;
    if (const auto& client = parser.header().client) {
        client->append_to(read.client);
        read.port = client->port;
    }
    return read;
}

/// The same however it is split.
Read read(std::string_view text, ProxyVersions versions = ProxyVersions::both) {
    const Read first = read(text, support::whole(text), versions);
    for (const support::Arrivals& arrivals : support::every_way(text)) {
        const Read again = read(text, arrivals, versions);
        CHECK(again.outcome == first.outcome);
        CHECK(again.consumed == first.consumed);
        CHECK(again.client == first.client);
        CHECK(again.is_secured == first.is_secured);
    }
    return first;
}

bool is_invalid(const std::string& text, ProxyVersions versions = ProxyVersions::both) {
    return read(text, versions).outcome == Outcome::invalid;
}

}  // namespace

TEST_CASE("proxy header: a line names the client, and what follows is left alone", "[net][proxy]") {
    const std::string line = "PROXY TCP4 192.0.2.1 198.51.100.2 40000 443\r\n";
    const Read found = read(line + "GET / HTTP/1.1\r\n");
    CHECK(found.outcome == Outcome::complete);
    CHECK(found.consumed == line.size());
    CHECK(found.client == "192.0.2.1");
    CHECK(found.port == 40000);
    CHECK_FALSE(found.is_secured);
    CHECK(read("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n").client == "2001:db8::1");
    CHECK(read("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 0 0\r\n").client == "192.0.2.1");
}

TEST_CASE("proxy header: a line without an address is complete", "[net][proxy]") {
    for (const std::string line : {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 whatever 1 2\r\n"}) {
        const Read found = read(line);
        CHECK(found.outcome == Outcome::complete);
        CHECK(found.consumed == line.size());
        CHECK(found.client.empty());
    }
}

TEST_CASE("proxy header: a line that breaks the rules is invalid", "[net][proxy]") {
    for (const std::string line : {
             "PROXY TCP4 192.0.2.1 198.51.100.2 40000 443\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 40000 443\r\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 40000\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 40000 443 1\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 40000 443 \r\n",
             "PROXY TCP4  192.0.2.1 198.51.100.2 40000 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 40000 65536\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 040 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 -1 443\r\n",
             "PROXY TCP4 192.0.2.1:80 198.51.100.2 1 443\r\n",
             "PROXY TCP4 192.0.2 198.51.100.2 1 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.256 1 443\r\n",
             "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
             "PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n",
             "PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2\r\n",
             "PROXY TCP5 192.0.2.1 198.51.100.2 1 2\r\n",
             "PROXY tcp4 192.0.2.1 198.51.100.2 1 2\r\n",
             "PROXY UNKNOWNS\r\n",
             "PROXY UNKNOWN a\rb\r\n",
             "PROXY \r\n",
             "PROXY\r\n",
             "proxy TCP4 192.0.2.1 198.51.100.2 1 2\r\n",
             "PUT /a HTTP/1.1\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
         }) {
        CAPTURE(line);
        CHECK(is_invalid(line));
    }
    CHECK(is_invalid(std::string("PROXY TCP4 192.0.2.1\0 198.51.100.2 1 2\r\n", 41)));
}

TEST_CASE("proxy header: a line has at most 107 bytes", "[net][proxy]") {
    const std::string begin = "PROXY UNKNOWN ";
    const std::string longest = begin + std::string(net::kMaxProxyLineBytes - begin.size() - 2, 'x') + "\r\n";
    CHECK(read(longest).outcome == Outcome::complete);
    CHECK(is_invalid(begin + "x" + longest.substr(begin.size())));
    CHECK(read(longest.substr(0, longest.size() - 1)).outcome == Outcome::need_more);
}

TEST_CASE("proxy header: the binary form names the client, and what follows is left alone", "[net][proxy]") {
    const std::string header = binary(0x21, 0x11, ipv4_block);
    const Read found = read(header + "\x16\x03\x01");
    CHECK(found.outcome == Outcome::complete);
    CHECK(found.consumed == header.size());
    CHECK(found.client == "192.0.2.1");
    CHECK(found.port == 40000);
    CHECK_FALSE(found.is_secured);
    CHECK(read(binary(0x21, 0x12, ipv4_block)).client == "192.0.2.1");
    const std::string ipv6 = bytes({0x20, 0x01, 0x0d, 0xb8}) + std::string(11, '\0') + "\x01" + std::string(20, '\0');
    CHECK(read(binary(0x21, 0x21, ipv6)).client == "2001:db8::1");
    const std::string mapped = std::string(10, '\0') + bytes({0xff, 0xff, 192, 0, 2, 1}) + std::string(20, '\0');
    CHECK(read(binary(0x21, 0x21, mapped)).client == "192.0.2.1");
}

TEST_CASE("proxy header: a proxy that speaks for itself names nobody", "[net][proxy]") {
    for (const std::string& header :
         {binary(0x20, 0x00, ""), binary(0x20, 0x11, ipv4_block), binary(0x20, 0x77, "what stands here is ignored"),
          binary(0x21, 0x00, ""), binary(0x21, 0x00, over_tls), binary(0x21, 0x31, std::string(216, 'u'))}) {
        const Read found = read(header);
        CHECK(found.outcome == Outcome::complete);
        CHECK(found.consumed == header.size());
        CHECK(found.client.empty());
    }
}

TEST_CASE("proxy header: extensions are skipped, and one tells TLS", "[net][proxy]") {
    const std::string name = bytes({0x02, 0, 3}) + "a.b";
    const std::string custom = bytes({0xee, 0, 0});
    CHECK(read(binary(0x21, 0x11, ipv4_block + name + custom)).client == "192.0.2.1");
    CHECK_FALSE(read(binary(0x21, 0x11, ipv4_block + name + custom)).is_secured);
    CHECK(read(binary(0x21, 0x11, ipv4_block + name + over_tls + custom)).is_secured);
    const std::string without_tls = bytes({0x20, 0, 5, 0x00, 0, 0, 0, 0});
    CHECK_FALSE(read(binary(0x21, 0x11, ipv4_block + without_tls)).is_secured);
}

TEST_CASE("proxy header: a binary form that breaks the rules is invalid", "[net][proxy]") {
    CHECK(is_invalid(binary(0x11, 0x11, ipv4_block)));
    CHECK(is_invalid(binary(0x22, 0x11, ipv4_block)));
    CHECK(is_invalid(binary(0x21, 0x13, ipv4_block)));
    CHECK(is_invalid(binary(0x21, 0x41, ipv4_block)));
    CHECK(is_invalid(binary(0x21, 0x11, ipv4_block.substr(1))));
    CHECK(is_invalid(binary(0x21, 0x21, ipv4_block)));
    CHECK(is_invalid(binary(0x21, 0x31, std::string(215, 'u'))));
    CHECK(is_invalid(binary(0x21, 0x11, ipv4_block + bytes({0x02, 0}))));
    CHECK(is_invalid(binary(0x21, 0x11, ipv4_block + bytes({0x02, 0, 2, 'a'}))));
    CHECK(is_invalid(binary(0x21, 0x11, ipv4_block + bytes({0x20, 0, 4, 1, 0, 0, 0}))));
    std::string changed = binary(0x21, 0x11, ipv4_block);
    changed[4] = '\r';
    CHECK(is_invalid(changed));
}

TEST_CASE("proxy header: the binary form has a bound", "[net][proxy]") {
    const std::size_t room = net::kMaxProxyHeaderBytes - 16 - ipv4_block.size() - 3;
    const auto extension = [](std::size_t size) {
        return bytes({0xee, static_cast<int>(size >> 8), static_cast<int>(size & 0xff)}) + std::string(size, 'x');
    };
    const std::string longest = binary(0x21, 0x11, ipv4_block + extension(room));
    CHECK(read(longest, support::byte_by_byte(longest), ProxyVersions::v2).outcome == Outcome::complete);
    const std::string longer = binary(0x21, 0x11, ipv4_block + extension(room + 1));
    const Read refused = read(longer, support::whole(longer), ProxyVersions::v2);
    CHECK(refused.outcome == Outcome::invalid);
    CHECK(refused.consumed == 16);
}

TEST_CASE("proxy header: only the accepted versions are", "[net][proxy]") {
    const std::string line = "PROXY UNKNOWN\r\n";
    CHECK(read(line, ProxyVersions::v1).outcome == Outcome::complete);
    CHECK(is_invalid(line, ProxyVersions::v2));
    CHECK(read(binary(0x20, 0, ""), ProxyVersions::v2).outcome == Outcome::complete);
    CHECK(is_invalid(binary(0x20, 0, ""), ProxyVersions::v1));
}
