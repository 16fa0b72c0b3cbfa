// Request heads, whichever way they arrive.
#include "http/head_parser.h"

#include <string>

#include "head_feed.h"
#include "support/catch.h"

using http::FieldName;
using http::Method;
using http_test::Head;
using http_test::same_for_every_way;

namespace {

/// A request line, Host, and these further lines.
std::string with_lines(const std::string& lines, const std::string& version = "1.1") {
    return "GET / HTTP/" + version + "\r\nHost: a\r\n" + lines + "\r\n";
}

}  // namespace

TEST_CASE("head parser: a small request, every way", "[http][head]") {
    const std::string text = "GET /a%20b?q=1 HTTP/1.1\r\nHost: localhost:4221\r\nAccept:  */* \t\r\nX-Y:\r\n\r\n";
    REQUIRE(same_for_every_way(text));
    const Head head(text + "GET /next");
    REQUIRE(head.complete());
    CHECK(head.head_bytes == text.size());
    CHECK(head.request.text == text);
    CHECK(head.request.method == Method::get);
    CHECK(head.request.method_text.of(head.request.text) == "GET");
    CHECK(head.request.target_text.of(head.request.text) == "/a%20b?q=1");
    CHECK(head.request.path() == "/a b");
    CHECK(head.request.query() == "q=1");
    CHECK(head.request.minor_version == 1);
    CHECK(head.request.fields.size() == 3);
    CHECK(head.find(FieldName::host) == "localhost:4221");
    CHECK(head.find(FieldName::accept) == "*/*");
    CHECK(head.request.fields.begin()[2].value.length == 0);
    CHECK(head.request.keep_alive);
    CHECK_FALSE(head.request.has_body());
}

TEST_CASE("head parser: needs more until the last byte", "[http][head]") {
    const std::string text = with_lines("Accept: x\r\n");
    const Head head(text, support::byte_by_byte(text));
    CHECK(head.complete());
    CHECK(head.seen_bytes == text.size());
}

TEST_CASE("head parser: is used again after a reset", "[http][head]") {
    http::HeadParser parser;
    http::Request request;
    for (const char* path : {"/one", "/two"}) {
        request.clear();
        parser.reset();
        const std::string text = "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        REQUIRE(parser.parse(text, request) == http::HeadParser::Outcome::complete);
        CHECK(request.path() == path);
        CHECK(request.fields.size() == 1);
    }
}

TEST_CASE("head parser: a Host that was right before excuses no other and no second one", "[http][head]") {
    using Outcome = http::HeadParser::Outcome;
    http::HeadParser parser;
    http::Request request;
    const auto outcome_of = [&](const std::string& lines) {
        request.clear();
        parser.reset();
        return parser.parse("GET / HTTP/1.1\r\n" + lines + "\r\n", request);
    };
    const std::string longest(47, 'b');
    for (const std::string& host : {std::string("a"), longest, longest + "c", std::string()}) {
        CAPTURE(host);
        const std::string line = "Host: " + host + "\r\n";
        for (int i = 0; i < 3; ++i) CHECK(outcome_of(line) == Outcome::complete);
        CHECK(outcome_of(line + line) == Outcome::invalid);
        CHECK(outcome_of("Host: " + host + "@x\r\n") == Outcome::invalid);
        CHECK(outcome_of("Host: " + host + "@x\r\n") == Outcome::invalid);
        CHECK(outcome_of("") == Outcome::invalid);
        CHECK(outcome_of(line) == Outcome::complete);
    }
}

TEST_CASE("head parser: empty lines in front are skipped, some", "[http][head]") {
    const std::string text = "\r\n\r\n" + with_lines("");
    REQUIRE(same_for_every_way(text));
    const Head head(text);
    REQUIRE(head.complete());
    CHECK(head.head_bytes == text.size());
    CHECK(head.find(FieldName::host) == "a");
    std::string many;
    for (std::size_t i = 0; i <= http::kMaxEmptyLines; ++i) many += "\r\n";
    CHECK(Head(many).status() == 400);
    CHECK(Head(many.substr(2) + with_lines("")).complete());
}

TEST_CASE("head parser: LF alone ends no line", "[http][head]") {
    for (const char* text :
         {"\n", "\r\n\n", "GET / HTTP/1.1\n", "GET /\n", "GET / HTTP/1.1\r\nHost: a\n", "GET / HTTP/1.1\r\n\n",
          "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", "GET\n"}) {
        CAPTURE(text);
        CHECK(Head(text).status() == 400);
        CHECK(Head(text).refusal.reason.find("LF alone") != std::string_view::npos);
        CHECK(same_for_every_way(text));
    }
}

TEST_CASE("head parser: a bare CR is refused wherever it stands", "[http][head]") {
    const std::string before = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (const std::string& text :
         {std::string("\rG"), std::string("\r\r\n"), before + "\rZ", before + "\r\r\n", before + "X: a\rb\r\n",
          before + "X\r: a\r\n", before + "X: a\r\r\n", std::string("GET /\r HTTP/1.1\r\n"),
          std::string("GET\r / HTTP/1.1\r\n"), std::string("GET / HTTP/1.1\rX: y\r\n")}) {
        CAPTURE(text);
        CHECK(Head(text).status() == 400);
        CHECK(same_for_every_way(text));
    }
}

TEST_CASE("head parser: a request line has three parts and single spaces", "[http][head]") {
    for (const char* line : {"GET",
                             "GET ",
                             "GET /",
                             "GET  / HTTP/1.1",
                             "GET /  HTTP/1.1",
                             "GET / HTTP/1.1 ",
                             "GET\t/ HTTP/1.1",
                             "/ HTTP/1.1",
                             "GET / HTTP/1",
                             "GET / HTTP/1.",
                             "GET / HTTP/1.10",
                             "GET / HTTP/01.1",
                             "GET / http/1.1",
                             "GET / HTTP /1.1",
                             "GET / HTTX/1.1",
                             "GET / HTTP/x.1",
                             "GET / HTTP/1,1",
                             "GET /a b HTTP/1.1",
                             "GET HTTP/1.1",
                             "G@T / HTTP/1.1",
                             "GET / ICE/1.0",
                             "GET /HTTP/1.1"}) {
        const std::string text = std::string(line) + "\r\nHost: a\r\n\r\n";
        CAPTURE(text);
        CHECK(Head(text).status() == 400);
        CHECK(same_for_every_way(text));
    }
    CHECK(Head(" GET / HTTP/1.1\r\n\r\n").status() == 400);
}

TEST_CASE("head parser: what is no HTTP is refused at its first byte", "[http][head]") {
    for (const std::string& text : {std::string("\x16\x03\x01\x02\x00\x01", 6), std::string("\x00", 1),
                                    std::string("\xFF"), std::string("{"), std::string("\r\n(")}) {
        const Head head(text, support::byte_by_byte(text));
        CHECK(head.status() == 400);
        CHECK(head.seen_bytes == text.find_first_not_of("\r\n") + 1);
    }
    const std::string inside = "GET\x01 / HTTP/1.1\r\n";
    CHECK(Head(inside, support::byte_by_byte(inside)).seen_bytes == 4);
}

TEST_CASE("head parser: versions", "[http][head]") {
    CHECK(Head("GET / HTTP/2.0\r\n\r\n").status() == 505);
    CHECK(Head("GET / HTTP/0.9\r\n\r\n").status() == 505);
    CHECK(Head("GET / HTTP/1.0\r\n\r\n").request.minor_version == 0);
    const Head later(with_lines("", "1.9"));
    CHECK(later.complete());
    CHECK(later.request.minor_version == 9);
    CHECK(later.request.keep_alive);
}

TEST_CASE("head parser: an unknown method is parsed, an endless one refused", "[http][head]") {
    const Head unknown("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(unknown.complete());
    CHECK(unknown.request.method == Method::unknown);
    CHECK(unknown.request.method_text.of(unknown.request.text) == "BREW");
    CHECK(Head("get / HTTP/1.1\r\nHost: a\r\n\r\n").request.method == Method::unknown);
    const std::string endless(100, 'A');
    const Head head(endless, support::byte_by_byte(endless));
    CHECK(head.status() == 501);
    CHECK(head.seen_bytes == 33);
    CHECK(same_for_every_way(endless.substr(0, 40) + " / HTTP/1.1\r\n\r\n"));
}

TEST_CASE("head parser: targets are refused with their own status", "[http][head]") {
    CHECK(Head("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n").status() == 421);
    CHECK(Head("GET HTTPS://a/ HTTP/1.1\r\nHost: a\r\n\r\n").status() == 421);
    CHECK(Head("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n").status() == 400);
    CHECK(Head("GET * HTTP/1.1\r\nHost: a\r\n\r\n").status() == 400);
    CHECK(Head("GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n").status() == 400);
    CHECK(Head("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n").status() == 501);
    CHECK(Head("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").complete());
    CHECK(Head("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n").status() == 400);
}

TEST_CASE("head parser: a target of the limit passes, one byte more is 414 at once", "[http][head]") {
    const std::string target = "/" + std::string(http::kMaxTargetBytes - 1, 'a');
    CHECK(Head("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").complete());
    const std::string longer = "GET " + target + "b";
    CHECK(Head(longer).status() == 414);
    CHECK(Head(longer.substr(0, longer.size() - 1)).outcome == http::HeadParser::Outcome::need_more);
    CHECK(Head(longer + " HTTP/1.1\r\n\r\n").status() == 414);
    CHECK(Head(longer + "\n").status() == 414);
    CHECK(Head("GET " + target + " HTTP/1.1xx").status() == 400);
}

TEST_CASE("head parser: a head of the limit passes, a longer one is 431", "[http][head]") {
    const std::string frame = with_lines("X: \r\n");
    const std::string fits = with_lines("X: " + std::string(http::kMaxHeadBytes - frame.size(), 'x') + "\r\n");
    REQUIRE(fits.size() == http::kMaxHeadBytes);
    CHECK(Head(fits).complete());
    CHECK(Head(fits + "more").complete());
    const std::string longer = with_lines("X: " + std::string(http::kMaxHeadBytes - frame.size() + 1, 'x') + "\r\n");
    CHECK(Head(longer).status() == 431);
    CHECK(Head(longer.substr(0, http::kMaxHeadBytes)).status() == 431);
    CHECK(Head(longer.substr(0, http::kMaxHeadBytes - 1)).outcome == http::HeadParser::Outcome::need_more);
}

TEST_CASE("head parser: as many fields as the limit says", "[http][head]") {
    std::string lines;
    for (std::size_t i = 1; i < http::kMaxFields; ++i) lines += "X: y\r\n";
    CHECK(Head(with_lines(lines)).complete());
    CHECK(Head(with_lines(lines + "X: y\r\n")).status() == 431);
}

TEST_CASE("head parser: refuses a space before the colon", "[http][head]") {
    for (const char* line : {"Accept : x", "Accept\t: x", "Acc ept: x"}) {
        CHECK(Head(with_lines(std::string(line) + "\r\n")).status() == 400);
    }
}

TEST_CASE("head parser: says what came in place of an HTTP/1.1 request", "[http][head]") {
    CHECK(Head("\x16\x03\x01").refusal.reason.find("this port speaks plain HTTP") != std::string_view::npos);
    for (const std::string_view other : {"\x01\x02", "GET /\r\n\r\n", "GET / HTTX/1.1\r\n\r\n"}) {
        CHECK(Head(other).refusal.reason.starts_with("not an HTTP/1.1 request"));
    }
}

TEST_CASE("head parser: the method is known before the request line ends", "[http][head]") {
    CHECK(Head("HEAD /a").request.method == http::Method::head);
    CHECK(Head("HEAD").request.method != http::Method::head);
    CHECK(Head("HEADER /a").request.method != http::Method::head);
}

TEST_CASE("head parser: refuses folded lines and indented fields", "[http][head]") {
    for (const char* lines : {"X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X: a\r\n \r\n"}) {
        CHECK(Head(with_lines(lines)).status() == 400);
        CHECK(same_for_every_way(with_lines(lines)));
    }
    const std::string first = "GET / HTTP/1.1\r\n Host: a\r\n\r\n";
    CHECK(Head(first).status() == 400);
    CHECK(Head(first, support::byte_by_byte(first)).seen_bytes == 17);
}

TEST_CASE("head parser: refuses every byte that no field name has", "[http][head]") {
    const std::string token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        if (c == ':') continue;
        CAPTURE(byte);
        const Head head(with_lines("X" + std::string(1, c) + "Y: z\r\n"));
        CHECK(head.complete() == (token.find(c) != std::string::npos));
    }
    CHECK(Head(with_lines(": x\r\n")).status() == 400);
    CHECK(Head(with_lines("Accept\r\n")).status() == 400);
}

TEST_CASE("head parser: refuses control bytes in a value, at every place", "[http][head]") {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool allowed = c == '\t' || (byte >= 0x20 && byte != 0x7F);
        for (const std::size_t length : {1U, 2U, 7U, 8U, 9U, 15U, 17U, 24U}) {
            for (std::size_t at = 0; at < length; ++at) {
                std::string value(length, 'v');
                value[at] = c;
                const Head head(with_lines("X:" + value + "\r\n"));
                if (head.complete() != allowed) {
                    CAPTURE(byte, length, at);
                    CHECK(head.complete() == allowed);
                }
            }
        }
    }
    CHECK(Head(with_lines("X: a\tb\tc d\t\r\n")).complete());
}

TEST_CASE("head parser: Host once, valid, and always in HTTP/1.1", "[http][head]") {
    CHECK(Head("GET / HTTP/1.1\r\n\r\n").status() == 400);
    CHECK(Head("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n").status() == 400);
    CHECK(Head("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n").status() == 400);
    CHECK(Head("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n").status() == 400);
    CHECK(Head("GET / HTTP/1.1\r\nHost:\r\n\r\n").complete());
    CHECK(Head("GET / HTTP/1.0\r\n\r\n").complete());
    CHECK(Head("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n").status() == 400);
    CHECK(Head("GET http://a/ HTTP/1.1\r\n\r\n").status() == 400);
    const Head absolute("GET http://a:1/x HTTP/1.1\r\nHost: b\r\n\r\n");
    REQUIRE(absolute.complete());
    CHECK(absolute.request.target.authority.of(absolute.request.text) == "a:1");
}

TEST_CASE("head parser: Connection decides whether another request follows", "[http][head]") {
    const auto keeps = [](const char* lines, const char* version) {
        const Head head(with_lines(lines, version));
        REQUIRE(head.complete());
        return head.request.keep_alive;
    };
    CHECK(keeps("", "1.1"));
    CHECK_FALSE(keeps("Connection: close\r\n", "1.1"));
    CHECK_FALSE(keeps("Connection: x,, CLOSE\t, y\r\n", "1.1"));
    CHECK_FALSE(keeps("Connection: keep-alive\r\nConnection: close\r\n", "1.1"));
    CHECK_FALSE(keeps("Connection: close, keep-alive\r\n", "1.0"));
    CHECK(keeps("Connection: closed\r\n", "1.1"));
    CHECK_FALSE(keeps("", "1.0"));
    CHECK(keeps("Connection: Keep-Alive\r\n", "1.0"));
}

TEST_CASE("head parser: expectations", "[http][head]") {
    const Head expected(with_lines("Expect: 100-Continue\r\nContent-Length: 5\r\n"));
    CHECK(expected.request.expects_continue);
    CHECK_FALSE(expected.request.unknown_expectation);
    CHECK(expected.request.has_body());
    CHECK(Head(with_lines("Expect: tea\r\n")).request.unknown_expectation);
    CHECK(Head(with_lines("Expect: 100-continue, tea\r\n")).request.unknown_expectation);
    const Head old(with_lines("Expect: 100-continue\r\n", "1.0"));
    CHECK_FALSE(old.request.expects_continue);
    CHECK_FALSE(old.request.unknown_expectation);
}

TEST_CASE("head parser: the framing is decided with the head", "[http][head]") {
    CHECK(Head(with_lines("Content-Length: 5\r\n")).request.framing.length == 5);
    CHECK(Head(with_lines("Transfer-Encoding: chunked\r\n")).request.framing.kind == http::Framing::Kind::chunked);
    CHECK(Head(with_lines("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")).status() == 400);
    CHECK(Head(with_lines("Transfer-Encoding: gzip\r\n")).status() == 501);
    CHECK(Head("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").status() == 400);
}

TEST_CASE("head parser: an https target is answered where the connection is secure", "[http][head]") {
    const std::string_view text = "GET https://a/x HTTP/1.1\r\nHost: a\r\n\r\n";
    http::Request request;
    request.is_secure = true;
    http::HeadParser parser;
    CHECK(parser.parse(text, request) == http::HeadParser::Outcome::complete);
    CHECK(request.path() == "/x");
}
