// What small forms are taken for.
#include "site/small_form.h"

#include "support/catch.h"
#include "support/parsed_request.h"

TEST_CASE("small form: is known by its media type, whatever its parameters and case", "[site]") {
    const auto is_form = [](const char* lines) { return site::is_form(ParsedRequest("POST", "/", lines).get()); };
    CHECK(is_form("Content-Type: application/x-www-form-urlencoded\r\n"));
    CHECK(is_form("Content-Type: Application/X-WWW-Form-Urlencoded ; charset=utf-8\r\n"));
    CHECK_FALSE(is_form("Content-Type: multipart/form-data; boundary=b\r\n"));
    CHECK_FALSE(is_form(""));
}

TEST_CASE("small form: a field stands once or not at all", "[site]") {
    const std::vector<http::FormField> fields = {{"a", "1"}, {"b", "2"}, {"b", "2"}};
    CHECK(site::take_value(fields, "a") == "1");
    CHECK(site::take_value(fields, "c") == "");
    CHECK_FALSE(site::take_value(fields, "b").has_value());
}
