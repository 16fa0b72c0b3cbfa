// "name value" lines.
#include "base/named_lines.h"

#include "support/catch.h"

TEST_CASE("named lines: what is appended is taken in its order", "[base]") {
    std::string text;
    base::append_named_line(text, "path", "/a b");
    base::append_named_line(text, "owner", "");
    CHECK(text == "path /a b\nowner \n");
    std::string_view rest = text;
    CHECK(base::take_named_value(rest, "path") == "/a b");
    CHECK(base::take_named_value(rest, "owner") == "");
    CHECK(rest.empty());
}

TEST_CASE("named lines: another name, and a line that is cut off, have no value", "[base]") {
    std::string_view other = "pathology x\n";
    CHECK_FALSE(base::take_named_value(other, "path").has_value());
    std::string_view cut = "path /a";
    CHECK_FALSE(base::take_named_value(cut, "path").has_value());
}

TEST_CASE("named lines: a number has the digits that are asked for, or more", "[base]") {
    CHECK(base::with_zeros(7, 3) == "007");
    CHECK(base::with_zeros(1234, 3) == "1234");
}
