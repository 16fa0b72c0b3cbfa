// Whom a request counts for: the peer, or what a trusted proxy says and nobody else.
#include "server/client_identity.h"

#include <string>
#include <vector>

#include "http/head_parser.h"
#include "support/catch.h"

using http::Client;

namespace {

net::PeerAddress peer(std::string_view text) { return *net::parse_peer(text); }

std::string text_of(const net::PeerAddress& address) {
    std::string text;
    address.append_to(text);
    return text;
}

struct Identified {
    std::string address;
    Client::Scheme scheme;
    std::string host;
    http::ClientKey key;
};

/// As a connection does it: proxies are those of 10.0.0.0/8.
Identified identify(std::string_view from, const std::string& fields, bool is_secured = false) {
    const std::vector<net::AddressRange> trusted = {*net::AddressRange::parse("10.0.0.0/8")};
    const std::string head = "GET / HTTP/1.1\r\nHost: inner\r\n" + fields + "\r\n";
    http::Request request;
    http::HeadParser parser;
    REQUIRE(parser.parse(head, request) == http::HeadParser::Outcome::complete);
    request.client = server::client_of(peer(from), is_secured, trusted);
    net::PeerAddress address = peer(from);
    if (request.client.is_forwarded) address = server::take_forwarded(request, address, trusted);
    return {text_of(address), request.client.scheme, std::string(request.client.host.of(request.text)),
            request.client.key};
}

}  // namespace

TEST_CASE("client identity: nobody but a trusted proxy is believed", "[server]") {
    const auto found = identify("203.0.113.9",
                                "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: x\r\n"
                                "Forwarded: for=198.51.100.1;proto=https;host=x\r\n");
    CHECK(found.address == "203.0.113.9");
    CHECK(found.scheme == Client::Scheme::unknown);
    CHECK(found.host.empty());
}

TEST_CASE("client identity: X-Forwarded-* of a trusted proxy", "[server]") {
    const auto found = identify(
        "10.0.0.1",
        "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: files.example:8443\r\n");
    CHECK(found.address == "198.51.100.1");
    CHECK(found.scheme == Client::Scheme::https);
    CHECK(found.host == "files.example:8443");
    CHECK(found.key == server::client_key(peer("198.51.100.1")));
}

TEST_CASE("client identity: in a list the last address counts that is no proxy's", "[server]") {
    CHECK(identify("10.0.0.1", "X-Forwarded-For: 1.1.1.1, 198.51.100.1, 10.0.0.7\r\n").address == "198.51.100.1");
    CHECK(identify("10.0.0.1", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 198.51.100.1\r\n").address ==
          "198.51.100.1");
    CHECK(identify("10.0.0.1", "X-Forwarded-For: 10.0.0.9, 10.0.0.7\r\n").address == "10.0.0.9");
    // What cannot be read ends the search: what is in front of it may be made up.
    CHECK(identify("10.0.0.1", "X-Forwarded-For: 1.1.1.1, unknown\r\n").address == "10.0.0.1");
    CHECK(identify("10.0.0.1", "X-Forwarded-For: 1.1.1.1, unknown, 10.0.0.7\r\n").address == "10.0.0.7");
    CHECK(identify("10.0.0.1", "").address == "10.0.0.1");
}

TEST_CASE("client identity: the quoted-strings of Forwarded are read", "[server]") {
    const auto found = identify("10.0.0.1",
                                "X-Forwarded-Host: x\r\nForwarded: for=\"a, b\", For=\"[2001:db8::7]:4711\"; "
                                "PROTO=http;host=\"files.example\"\r\n");
    CHECK(found.address == text_of(peer("2001:db8::7")));
    CHECK(found.scheme == Client::Scheme::http);
    CHECK(found.host == "files.example");
}

TEST_CASE("client identity: of two fields that disagree one is the client's own, so the proxy counts", "[server]") {
    const auto found = identify("10.0.0.1",
                                "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: http\r\n"
                                "Forwarded: for=1.1.1.1;proto=https;host=made.up\r\n");
    CHECK(found.address == "10.0.0.1");
    CHECK(found.scheme == Client::Scheme::unknown);
    CHECK(found.host.empty());
    CHECK(identify("10.0.0.1", "X-Forwarded-For: 198.51.100.1\r\nForwarded: for=\"a\r\n").address == "10.0.0.1");
    CHECK(identify("10.0.0.1", "X-Forwarded-For: 198.51.100.1\r\nForwarded: for=198.51.100.1;proto=https\r\n").scheme ==
          Client::Scheme::https);
}

TEST_CASE("client identity: a quote that a client leaves open does not hide what the proxy adds", "[server]") {
    // The proxy extends the client's line. Nothing tells its part from the client's, so the proxy itself counts.
    CHECK(identify("10.0.0.1", "Forwarded: for=1.1.1.1;a=\", for=198.51.100.1\r\n").address == "10.0.0.1");
    CHECK(identify("10.0.0.1", "Forwarded: for=1.1.1.1;a=\", for=\"198.51.100.1:80\"\r\n").address == "10.0.0.1");
    const auto found = identify("10.0.0.1", "Forwarded: for=1.1.1.1;proto=https;host=x;a=\", for=198.51.100.1\r\n");
    CHECK(found.scheme == Client::Scheme::unknown);
    CHECK(found.host.empty());
    // The proxy adds a line.
    CHECK(identify("10.0.0.1", "Forwarded: for=1.1.1.1;a=\"\r\nForwarded: for=198.51.100.1\r\n").address ==
          "198.51.100.1");
    CHECK(identify("10.0.0.1", "Forwarded: a=\"\r\nForwarded: for=10.0.0.7\r\n").address == "10.0.0.7");
}

TEST_CASE("client identity: the nearest proxy's scheme and host count, on the last of several lines", "[server]") {
    const auto found = identify("10.0.0.1",
                                "Forwarded: for=1.1.1.1;proto=http;host=made.up\r\n"
                                "Forwarded: for=198.51.100.1;proto=https;host=files.example\r\n");
    CHECK(found.address == "198.51.100.1");
    CHECK(found.scheme == Client::Scheme::https);
    CHECK(found.host == "files.example");
}

TEST_CASE("client identity: IPv4 clients of a proxy that writes them as IPv6 stay apart", "[server]") {
    const auto one = identify("10.0.0.1", "X-Forwarded-For: ::ffff:198.51.100.1\r\n");
    CHECK(one.address == "198.51.100.1");
    CHECK_FALSE(one.key == identify("10.0.0.1", "X-Forwarded-For: ::ffff:198.51.100.2\r\n").key);
}

TEST_CASE("client identity: a host that is none is not taken", "[server]") {
    CHECK(identify("10.0.0.1", "X-Forwarded-Host: a b\r\n").host.empty());
    CHECK(identify("10.0.0.1", "Forwarded: host=\"<x>\"\r\n").host.empty());
}

TEST_CASE("client identity: a secured connection is https whatever is said", "[server]") {
    CHECK(identify("203.0.113.9", "X-Forwarded-Proto: http\r\n", true).scheme == Client::Scheme::https);
}

TEST_CASE("client identity: IPv6 addresses of one network of 64 bits are one client", "[server]") {
    CHECK(server::client_key(peer("2001:db8::1")) == server::client_key(peer("2001:db8:0:0:ffff::2")));
    CHECK_FALSE(server::client_key(peer("2001:db8::1")) == server::client_key(peer("2001:db8:0:1::1")));
    CHECK_FALSE(server::client_key(peer("203.0.113.1")) == server::client_key(peer("203.0.113.2")));
    CHECK_FALSE(server::client_key(peer("::")) == server::client_key(peer("0.0.0.0")));
}
