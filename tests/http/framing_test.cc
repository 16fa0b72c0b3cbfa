// Where a request's body ends.
#include "http/framing.h"

#include <string>

#include "field_section.h"
#include "support/catch.h"

using http::Framing;
using http_test::FieldSection;

namespace {

http::FramingResult decide(const std::string& lines, int minor_version = 1) {
    const FieldSection section(lines);
    return http::decide_framing(section.fields, section.text, minor_version);
}

int status_of(const std::string& lines, int minor_version = 1) {
    const http::FramingResult result = decide(lines, minor_version);
    return result.valid ? 0 : http::code(result.refusal.status);
}

}  // namespace

TEST_CASE("framing: without fields there is no body", "[http][framing]") {
    CHECK(decide("Host: a\r\n").framing.kind == Framing::Kind::none);
}

TEST_CASE("framing: a length is digits alone", "[http][framing]") {
    const auto result = decide("Content-Length: 0042\r\n");
    REQUIRE(result.valid);
    CHECK(result.framing.kind == Framing::Kind::length);
    CHECK(result.framing.length == 42);
    CHECK(decide("Content-Length: 9223372036854775807\r\n").framing.length == 9223372036854775807U);
    for (const char* value : {"", "+5", "-5", "0x5", "5 5", "5, 5", "5,", "5.0", "1e3", "5a", "\xC2\xB2",
                              "18446744073709551616", "18446744073709551621", "99999999999999999999999999"}) {
        CAPTURE(value);
        CHECK(status_of(std::string("Content-Length: ") + value + "\r\n") == 400);
    }
    CHECK(status_of("Content-Length: 9223372036854775808\r\n") == 413);
}

TEST_CASE("framing: a repeated length is refused even when it is the same", "[http][framing]") {
    CHECK(status_of("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
    CHECK(status_of("Content-Length: 5\r\nContent-Length: 6\r\n") == 400);
}

TEST_CASE("framing: chunked once and alone, in any case", "[http][framing]") {
    CHECK(decide("Transfer-Encoding: chunked\r\n").framing.kind == Framing::Kind::chunked);
    CHECK(decide("transfer-encoding: CHUNKED\r\n").framing.kind == Framing::Kind::chunked);
    for (const char* value : {"", ",chunked", "chunked,", "chunked, chunked", "chunked, gzip", "chunked;q=1",
                              "\"chunked\"", "chun ked", "gzip, chunked, gzip"}) {
        CAPTURE(value);
        CHECK(status_of(std::string("Transfer-Encoding: ") + value + "\r\n") == 400);
    }
    CHECK(status_of("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_of("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n") == 400);
}

TEST_CASE("framing: a coding that is not known is 501", "[http][framing]") {
    for (const char* value : {"gzip, chunked", "identity", "xchunked", "chunkedchunked", "gzip;level=1"}) {
        CAPTURE(value);
        CHECK(status_of(std::string("Transfer-Encoding: ") + value + "\r\n") == 501);
    }
    CHECK(status_of("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") == 501);
}

TEST_CASE("framing: length and coding together are refused", "[http][framing]") {
    CHECK(status_of("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_of("Transfer-Encoding: identity\r\nContent-Length: 5\r\n") == 400);
}

TEST_CASE("framing: HTTP/1.0 has no transfer coding", "[http][framing]") {
    CHECK(status_of("Transfer-Encoding: chunked\r\n", 0) == 400);
    CHECK(decide("Content-Length: 5\r\n", 0).framing.length == 5);
}
