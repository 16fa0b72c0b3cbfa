// Lines of Forwarded: what they say, and those that say nothing.
#include "server/forwarded_field.h"

#include <string>

#include "support/catch.h"

using server::parse_forwarded;

TEST_CASE("forwarded field: the examples of RFC 7239 are read", "[server]") {
    const auto one = parse_forwarded("For=\"[2001:db8:cafe::17]:4711\"");
    REQUIRE(one);
    CHECK(one->front().address == "[2001:db8:cafe::17]:4711");
    const auto pairs = parse_forwarded("for=192.0.2.60;proto=http;by=203.0.113.43");
    REQUIRE(pairs);
    CHECK(pairs->front().address == "192.0.2.60");
    CHECK(pairs->front().proto == "http");
    CHECK(pairs->front().host.empty());
    const auto several = parse_forwarded("for=192.0.2.43, for=\"_gazonk\" , for=unknown;host=\"a.example:80\"");
    REQUIRE(several);
    REQUIRE(several->size() == 3);
    CHECK(several->at(1).address == "_gazonk");
    CHECK(several->back().host == "a.example:80");
}

TEST_CASE("forwarded field: a quoted-string holds separators and escaped quotes", "[server]") {
    const auto elements = parse_forwarded(R"(a="x, for=1.1.1.1; \" y";for=192.0.2.1)");
    REQUIRE(elements);
    REQUIRE(elements->size() == 1);
    CHECK(elements->front().address == "192.0.2.1");
}

TEST_CASE("forwarded field: parts without a pair and blanks at separators are allowed", "[server]") {
    const auto elements = parse_forwarded(" ; for=192.0.2.1 ;, \t,for=192.0.2.2:80 ");
    REQUIRE(elements);
    REQUIRE(elements->size() == 3);
    CHECK(elements->front().address == "192.0.2.1");
    CHECK(elements->at(1).address.empty());
    CHECK(elements->back().address == "192.0.2.2:80");
    CHECK(parse_forwarded(""));
}

TEST_CASE("forwarded field: a line that breaks the grammar anywhere says nothing", "[server]") {
    for (const char* line :
         {"for=1.1.1.1;a=\", for=192.0.2.1", "for=1.1.1.1;a=\", for=\"192.0.2.1\"", "for=\"1.1.1.1\"x, for=192.0.2.1",
          "a=\"\\\", for=192.0.2.1", "a=\"\\", "for", "for=", "=x", "for =1.1.1.1", "for= 1.1.1.1",
          "for=1.1.1.1 proto=http", "for=1.1.1.1;for=192.0.2.1", "for=1.1.1.1;FOR=\"\"", "for=\"\";for=192.0.2.1",
          "for=a\"b\"", "for=<x>"}) {
        INFO(line);
        CHECK_FALSE(parse_forwarded(line));
    }
}
