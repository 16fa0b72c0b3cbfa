// Which requests are decided behind their body, and which by their head alone.
#include "server/body_order.h"

#include <string>

#include "http/head_parser.h"
#include "server/turn.h"
#include "support/catch.h"

namespace {

bool is_decided_after(std::string_view method, std::string_view lines) {
    const std::string text = std::string(method).append(" /a HTTP/1.1\r\nHost: a\r\n").append(lines).append("\r\n");
    http::HeadParser parser;
    http::Request request;
    REQUIRE(parser.parse(text, request) == http::HeadParser::Outcome::complete);
    return server::is_decided_after_body(request);
}

const std::string kChunked = "Transfer-Encoding: chunked\r\n";
const std::string kShort = "Content-Length: 5\r\n";
const std::string kLong = "Content-Length: " + std::to_string(server::kMaxDrainBytes + 1) + "\r\n";

}  // namespace

TEST_CASE("body order: a deletion waits for the end of a body that may be malformed", "[server]") {
    CHECK(is_decided_after("DELETE", kChunked));
    CHECK(is_decided_after("DELETE", kShort));
    CHECK_FALSE(is_decided_after("DELETE", kLong));
    CHECK_FALSE(is_decided_after("DELETE", ""));
}

TEST_CASE("body order: a read waits for chunks, and not for a length", "[server]") {
    for (const auto* method : {"GET", "HEAD", "OPTIONS"}) {
        CAPTURE(method);
        CHECK(is_decided_after(method, kChunked));
        CHECK_FALSE(is_decided_after(method, kShort));
        CHECK_FALSE(is_decided_after(method, ""));
    }
}

TEST_CASE("body order: a handler that takes the body is asked before it", "[server]") {
    CHECK_FALSE(is_decided_after("PUT", kChunked));
    CHECK_FALSE(is_decided_after("POST", kShort));
}

TEST_CASE("body order: a client that waits for 100 Continue is answered by the head", "[server]") {
    CHECK_FALSE(is_decided_after("DELETE", kShort + "Expect: 100-continue\r\n"));
    CHECK_FALSE(is_decided_after("GET", kChunked + "Expect: 100-continue\r\n"));
}
