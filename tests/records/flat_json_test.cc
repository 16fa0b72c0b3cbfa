// JSON objects without depth: what is taken, and why the rest is not.
#include "records/flat_json.h"

#include "support/catch.h"

using records::JsonError;
using records::parse_flat_json;
using Fields = std::vector<http::FormField>;

TEST_CASE("flat JSON: strings, numbers and booleans, as they were written", "[handlers][records]") {
    CHECK(parse_flat_json(" {\"name\" : \"Ada\",\n\"age\":36, \"x\":-1.50e+3,\"y\":true , \"z\":false}\r\n", 10) ==
          Fields{{"name", "Ada"}, {"age", "36"}, {"x", "-1.50e+3"}, {"y", "true"}, {"z", "false"}});
    CHECK(parse_flat_json("{}", 10) == Fields{});
    CHECK(parse_flat_json("{\"a\":\"\",\"a\":0}", 2) == Fields{{"a", ""}, {"a", "0"}});
}

TEST_CASE("flat JSON: escapes are undone", "[handlers][records]") {
    CHECK(parse_flat_json(R"({"a":"\"\\\/\b\f\n\r\t\u0041\u00e4\u20ac\ud83d\ude00"})", 1) ==
          Fields{{"a", "\"\\/\b\f\n\r\tA\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"}});
    for (const std::string_view text :
         {R"({"a":"\ud83d"})", R"({"a":"\ude00"})", R"({"a":"\ud83dx"})", R"({"a":"\ud83d\u0041"})", R"({"a":"\u12"})",
          R"({"a":"\u12g4"})", R"({"a":"\x"})", "{\"a\":\"\n\"}", "{\"a\":\"\xff\"}"}) {
        CHECK(parse_flat_json(text, 1).error() == JsonError::malformed);
    }
}

TEST_CASE("flat JSON: refuses what is no object of plain values", "[handlers][records]") {
    for (const std::string_view text : {"[]", "[1]", "\"a\"", "1", "true", "null"}) {
        CHECK(parse_flat_json(text, 1).error() == JsonError::not_an_object);
    }
    for (const std::string_view text : {"{\"a\":[]}", "{\"a\":{}}", "{\"a\":null}"}) {
        CHECK(parse_flat_json(text, 1).error() == JsonError::nested);
    }
    for (const std::string_view text :
         {"", " ", "x", "{a:1}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":-}",
          "{\"a\":tru}", "{\"a\" 1}", "{\"a\":1,}", "{,}", "{\"a\":1}x", "{\"a\":1}{}", "{'a':1}"}) {
        CHECK(parse_flat_json(text, 9).error() == JsonError::malformed);
    }
    CHECK(parse_flat_json("{\"a\":1,\"b\":2}", 1).error() == JsonError::too_many_fields);
}

TEST_CASE("flat JSON: a text cut short is never taken", "[handlers][records]") {
    const std::string_view text = R"({"a":"b\n\u0041","c":-1.5e3,"d":true})";
    for (std::size_t length = 0; length < text.size(); ++length) {
        CHECK_FALSE(parse_flat_json(text.substr(0, length), 9).has_value());
    }
    CHECK(parse_flat_json(text, 9).has_value());
}
