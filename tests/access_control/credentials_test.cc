// What is credentials, and what is not.
#include "access_control/credentials.h"

#include <span>
#include <string>

#include "base/escape.h"
#include "support/catch.h"

using access_control::Credentials;
using access_control::parse_credentials;

namespace {

std::string basic(std::string_view text) {
    std::string value = "Basic ";
    base::append_base64(value, std::as_bytes(std::span(text)));
    return value;
}

}  // namespace

TEST_CASE("credentials: a name ends at the first colon, a password may hold others", "[access_control]") {
    const auto parsed = parse_credentials(basic("alice:pass:word"));
    REQUIRE(parsed.has_value());
    CHECK(parsed->scheme == Credentials::Scheme::basic);
    CHECK(parsed->name == "alice");
    CHECK(parsed->secret == "pass:word");
}

TEST_CASE("credentials: schemes have any case, blanks and missing padding are taken", "[access_control]") {
    CHECK(parse_credentials("bASIC   YWxpY2U6cHc=")->name == "alice");
    CHECK(parse_credentials("Basic YWxpY2U6cHc")->secret == "pw");
    CHECK(parse_credentials("bearer abc-._~+/9=")->secret == "abc-._~+/9=");
}

TEST_CASE("credentials: names and passwords are UTF-8", "[access_control]") {
    CHECK(parse_credentials(basic("Jürgen:pässword"))->name == "Jürgen");
    CHECK_FALSE(parse_credentials(basic("J\xfcrgen:pw")).has_value());
}

TEST_CASE("credentials: control characters, no colon and broken base64 are refused", "[access_control]") {
    CHECK_FALSE(parse_credentials(basic(std::string("al\0ice:pw", 9))).has_value());
    CHECK_FALSE(parse_credentials(basic("alice:p\nw")).has_value());
    CHECK_FALSE(parse_credentials(basic("alice")).has_value());
    CHECK_FALSE(parse_credentials("Basic YWxp=Y2U6cHc").has_value());
    CHECK_FALSE(parse_credentials("Basic").has_value());
    CHECK_FALSE(parse_credentials("Bearer").has_value());
    CHECK_FALSE(parse_credentials("Bearer a b").has_value());
    CHECK_FALSE(parse_credentials("").has_value());
}

TEST_CASE("credentials: other schemes are refused", "[access_control]") {
    CHECK_FALSE(parse_credentials("Digest username=\"alice\"").has_value());
    CHECK_FALSE(parse_credentials("Basically YWxpY2U6cHc=").has_value());
}

TEST_CASE("credentials: what is longer than any name and password is refused", "[access_control]") {
    CHECK(parse_credentials(basic("a:" + std::string(1'000, 'x'))).has_value());
    CHECK_FALSE(parse_credentials(basic("a:" + std::string(2'000, 'x'))).has_value());
    CHECK_FALSE(parse_credentials("Bearer " + std::string(2'000, 'x')).has_value());
}

TEST_CASE("credentials: of a form, only what a user can have is asked for", "[access_control]") {
    using access_control::make_credentials;
    const auto made = make_credentials("alice", "pass:word \xc3\xa4");
    REQUIRE(made.has_value());
    CHECK(made->scheme == Credentials::Scheme::basic);
    CHECK(made->name == "alice");
    CHECK(made->secret == "pass:word \xc3\xa4");
    for (const std::string& name : {std::string(), std::string("a\0b", 3), std::string("a\r\nSet-Cookie: x"),
                                    std::string("a:b"), std::string("-"), std::string(65, 'a'), std::string("\xff")}) {
        CHECK_FALSE(make_credentials(name, "pw").has_value());
    }
    for (const std::string& secret :
         {std::string("a\0b", 3), std::string("a\nb"), std::string(513, 'a'), std::string("\xff")}) {
        CHECK_FALSE(make_credentials("alice", secret).has_value());
    }
}
