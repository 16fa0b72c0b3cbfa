// Destination, Overwrite and Depth.
#include "http/dav_fields.h"

#include <string>

#include "http/head_parser.h"
#include "support/catch.h"

namespace {

struct Parsed {
    explicit Parsed(const std::string& lines) : text("MOVE /a HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n") {
        http::HeadParser parser;
        REQUIRE(parser.parse(text, request) == http::HeadParser::Outcome::complete);
    }
    std::string text;
    http::Request request;
};

/// The path, or the sentence of the refusal.
std::string path_of(const std::string& value) {
    const Parsed parsed("Destination: " + value + "\r\n");
    const auto found = http::parse_destination(parsed.request);
    if (found) return found->path;
    CHECK(found.error().status == http::Status::bad_request);
    return std::string(found.error().reason);
}

}  // namespace

TEST_CASE("dav fields: a destination is a path, or an http URI with one", "[http][dav]") {
    CHECK(path_of("/b") == "/b");
    CHECK(path_of("/") == "/");
    CHECK(path_of("/d/") == "/d/");
    CHECK(path_of("/a%20b/%C3%A9.txt") == "/a b/\u00e9.txt");
    CHECK(path_of("/%3f%23") == "/?#");
    CHECK(path_of("/.hidden/...") == "/.hidden/...");  // hidden names are for the gate of writes
    const Parsed parsed("Destination: HTTPS://Example.net:8443/x/y\r\n");
    const auto found = http::parse_destination(parsed.request);
    REQUIRE(found.has_value());
    CHECK(found->authority == "Example.net:8443");
    CHECK(found->is_https);
    CHECK(found->path == "/x/y");
    CHECK_FALSE(http::parse_destination(Parsed("Destination: http://[::1]:80/x\r\n").request)->is_https);
}

TEST_CASE("dav fields: a destination that could be understood in two ways is refused", "[http][dav]") {
    for (const std::string wrong : {"/a/../b", "/../b", "/./b", "/a/.", "/a/..", "//b", "/a//b", "/%2e%2e/b",
                                    "/a/%2E/b", "/.%2e/b", "http://x/a/../b", "http://x//b"}) {
        INFO(wrong);
        CHECK(path_of(wrong).find("dot segment") != std::string::npos);
    }
    CHECK(path_of("/a%2fb").find("%2F") != std::string::npos);
    CHECK(path_of("/..%2fb").find("%2F") != std::string::npos);
    CHECK(path_of("/a%00").find("%00") != std::string::npos);
    CHECK(path_of("/a%2").find("hexadecimal") != std::string::npos);
    CHECK(path_of("/a?b").find("query") != std::string::npos);
    CHECK(path_of("/a?").find("query") != std::string::npos);
    CHECK(path_of("/a#b").find("fragment") != std::string::npos);
    CHECK(path_of("/a b").find("percent-encode") != std::string::npos);
    CHECK(path_of("http://user@x/a").find("user information") != std::string::npos);
    CHECK(path_of("http://user:secret@x/a").find("user information") != std::string::npos);
    CHECK(path_of("http:///a").find("authority") != std::string::npos);
    CHECK(path_of("http://x").find("no path") != std::string::npos);
    for (const std::string wrong : {"b", "*", "ftp://x/b", "x:80", "http:/b", "../b", "<http://x/b>"}) {
        INFO(wrong);
        CHECK(path_of(wrong).find("begins with /") != std::string::npos);
    }
}

TEST_CASE("dav fields: there is one destination", "[http][dav]") {
    CHECK_FALSE(http::parse_destination(Parsed("").request).has_value());
    CHECK_FALSE(http::parse_destination(Parsed("Destination:\r\n").request).has_value());
    const auto twice = http::parse_destination(Parsed("Destination: /b\r\nDestination: /b\r\n").request);
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().reason.find("more than one") != std::string::npos);
}

TEST_CASE("dav fields: Overwrite is T without the field", "[http][dav]") {
    using http::Overwrite;
    CHECK(http::parse_overwrite(Parsed("").request) == Overwrite::unstated);
    CHECK(http::parse_overwrite(Parsed("Overwrite: T\r\n").request) == Overwrite::allowed);
    CHECK(http::parse_overwrite(Parsed("Overwrite: F\r\n").request) == Overwrite::refused);
    CHECK(http::parse_overwrite(Parsed("Overwrite: t\r\n").request) == Overwrite::allowed);
    CHECK(http::parse_overwrite(Parsed("Overwrite: f\r\n").request) == Overwrite::refused);
    for (const std::string wrong : {"", "yes", "T, F", "T\r\nOverwrite: F"}) {
        CHECK_FALSE(http::parse_overwrite(Parsed("Overwrite: " + wrong + "\r\n").request).has_value());
    }
}

TEST_CASE("dav fields: Depth is 0, 1 or infinity", "[http][dav]") {
    using http::Depth;
    CHECK(http::parse_depth(Parsed("").request) == Depth::unstated);
    CHECK(http::parse_depth(Parsed("Depth: 0\r\n").request) == Depth::zero);
    CHECK(http::parse_depth(Parsed("Depth: 1\r\n").request) == Depth::one);
    CHECK(http::parse_depth(Parsed("Depth: Infinity\r\n").request) == Depth::infinity);
    for (const std::string wrong : {"", "2", "-1", "infinite", "0, 1", "0\r\nDepth: 0"}) {
        CHECK_FALSE(http::parse_depth(Parsed("Depth: " + wrong + "\r\n").request).has_value());
    }
}
