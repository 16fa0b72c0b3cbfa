// Structured fields: dictionaries, and single items.
#include "http/structured_field.h"

#include <string>
#include <string_view>

#include "support/catch.h"

namespace {

std::string dictionary(std::string_view value) {
    http::DictionaryReader reader(value);
    std::string_view key;
    http::Item item;
    std::string out;
    while (true) {
        const auto outcome = reader.next(key, item);
        if (outcome == http::DictionaryReader::Outcome::end) return out;
        if (outcome == http::DictionaryReader::Outcome::malformed) return "malformed";
        out.append(key).append("=").append(item.text).append("|");
    }
}

}  // namespace

TEST_CASE("dictionary: every kind of member", "[http][structured_field]") {
    CHECK(dictionary("") == "");
    CHECK(dictionary("a=1, b=-2.5 ,\tc=\"x, \\\"\", d=:YQ==:, e=?0, f, *g=tok/en:x, h=(1 \"a)\" tok;p=1);q, i;x=1") ==
          "a=1|b=-2.5|c=x, \\\"|d=YQ==|e=0|f=1|*g=tok/en:x|h=1 \"a)\" tok;p=1|i=1|");
    CHECK(dictionary("  a=1  ") == "a=1|");
    CHECK(dictionary("a=()") == "a=|");
    CHECK(dictionary("a=999999999999999") == "a=999999999999999|");
}

TEST_CASE("dictionary: malformed ones", "[http][structured_field]") {
    for (const auto* value : {",",
                              "a,",
                              "a=1,",
                              "a=",
                              "A=1",
                              "1=a",
                              "a=1 b=2",
                              "a==1",
                              "a=1,,b=2",
                              "a=\"x",
                              "a=\"\\n\"",
                              "a=\"\x80\"",
                              "a=:Y Q:",
                              "a=:YQ==",
                              "a=?2",
                              "a=?",
                              "a=--1",
                              "a=1.",
                              "a=1.2345",
                              "a=1234567890123456",
                              "a=1234567890123.1",
                              "a=(1",
                              "a=(1,2)",
                              "a=(\"a\"\"b\")",
                              "a;",
                              "a;P",
                              "a;p=",
                              "a =1",
                              "a= 1",
                              "a=-",
                              "a=@"}) {
        CAPTURE(value);
        CHECK(dictionary(value) == "malformed");
    }
}

TEST_CASE("structured field: one item", "[http][structured_field]") {
    http::Item item;
    std::string_view text = "?1;x=2";
    CHECK(http::take_item(text, item));
    CHECK(item.kind == http::ItemKind::boolean);
    CHECK(item.text == "1");
    CHECK(text.empty());
    text = "";
    CHECK_FALSE(http::take_item(text, item));
}

TEST_CASE("structured items: a boolean is ?0 or ?1 and nothing else", "[http][structured]") {
    CHECK(http::parse_boolean_item("?1") == true);
    CHECK(http::parse_boolean_item(" ?0 ") == false);
    CHECK(http::parse_boolean_item("?1;a=2") == true);
    for (const std::string_view wrong : {"", "1", "0", "true", "?2", "?", "?1, ?1", "?1 x", "\"?1\"", "?1,"}) {
        INFO(wrong);
        CHECK_FALSE(http::parse_boolean_item(wrong).has_value());
    }
}

TEST_CASE("structured items: an integer has at most fifteen digits and no other type", "[http][structured]") {
    CHECK(http::parse_integer_item("0") == 0);
    CHECK(http::parse_integer_item("-5") == -5);
    CHECK(http::parse_integer_item("999999999999999") == 999'999'999'999'999);
    CHECK(http::parse_integer_item("007") == 7);
    for (const std::string_view wrong :
         {"", "-", "+1", "1.0", "1000000000000000", "99999999999999999999", "0x10", "1, 1", "1 1", "a", "?1"}) {
        INFO(wrong);
        CHECK_FALSE(http::parse_integer_item(wrong).has_value());
    }
}

TEST_CASE("dictionary: parameters are skipped whatever their values are", "[http][structured_field]") {
    CHECK(dictionary("a=1; b; c=?1;d=\"x;y\" ;e=2") == "malformed");  // a blank before a semicolon
    CHECK(dictionary("a=1; b; c=?1;d=\"x;y\";*e=tok, f;g=:YQ==:, h=(1;p 2;q=\")\");r") == "a=1|f=1|h=1;p 2;q=\")\"|");
    for (const char* value : {"a;=1", "a;A", "a;b=", "a;b=)", "a=(1;)", "a=(1;b=)", "a=(", "a=(1;p", "a=(~)", "a=~"}) {
        CAPTURE(value);
        CHECK(dictionary(value) == "malformed");
    }
}
