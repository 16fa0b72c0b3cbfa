// The fields If, Timeout and Lock-Token.
#include "http/if_field.h"

#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/write_site.h"

using http::IfCondition;
using http::IfList;

namespace {

std::expected<http::IfField, http::Refusal> parse(const std::string& value) {
    const support::ParsedRequest request(support::head("PUT", "/a", "If: " + value + "\r\n"));
    return http::parse_if(*request);
}

std::int64_t timeout(const std::string& value) {
    const support::ParsedRequest request(support::head("LOCK", "/a", "Timeout: " + value + "\r\n"));
    return http::parse_timeout(*request, 3'600);
}

std::string token_of(const std::string& value) {
    const support::ParsedRequest request(support::head("UNLOCK", "/a", "Lock-Token: " + value + "\r\n"));
    return std::string(http::parse_lock_token(*request).value_or("none"));
}

}  // namespace

TEST_CASE("If: lists without a tag are about the request's own resource", "[http][lock]") {
    const auto field = parse("(<urn:uuid:1> [\"a\"]) (Not <urn:uuid:0> [W/\"b\"])");
    REQUIRE(field.has_value());
    REQUIRE(field->lists.size() == 2);
    CHECK(field->lists[0].about == IfList::About::own);
    REQUIRE(field->lists[0].conditions.size() == 2);
    CHECK(field->lists[0].conditions[0].value == "urn:uuid:1");
    CHECK_FALSE(field->lists[0].conditions[0].is_negated);
    CHECK(field->lists[0].conditions[1].kind == IfCondition::Kind::tag);
    CHECK(field->lists[0].conditions[1].value == "\"a\"");
    CHECK(field->lists[1].conditions[0].is_negated);
    CHECK(field->lists[1].conditions[1].value == "W/\"b\"");
    CHECK(field->shows("urn:uuid:0"));
    CHECK(field->shows("urn:uuid:1"));
    CHECK_FALSE(field->shows("urn:uuid:2"));
}

TEST_CASE("If: a tag holds for the lists behind it", "[http][lock]") {
    const auto field = parse("<http://x/a> (<t:1>)(<t:2>) </b>([\"e\"])");
    REQUIRE(field.has_value());
    REQUIRE(field->lists.size() == 3);
    CHECK(field->lists[1].tag == "http://x/a");
    CHECK(field->lists[2].tag == "/b");
    CHECK(field->lists[2].about == IfList::About::nothing);
}

TEST_CASE("If: what is not well-formed is refused", "[http][lock]") {
    for (const char* wrong :
         {"x", "(", "()", "(<t:1>", "(<>)", "(t:1)", "<t:1>", "</a> </b> (<t:1>)", "(<t:1>) </a> (<t:2>)", "(<t:1>) x",
          "([e])", "([\"e)", "(Not)", "(Not Not <t:1>)", "</a> (<t:1>) </b>", "(Notx <t:1>)"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse(wrong).has_value());
    }
    const support::ParsedRequest twice(support::head("PUT", "/a", "If: (<t:1>)\r\nIf: (<t:1>)\r\n"));
    CHECK_FALSE(http::parse_if(*twice).has_value());
    std::string many;
    for (std::size_t i = 0; i < http::kMostIfLists; ++i) many.append("(<t:1>)");
    CHECK(parse(many).has_value());
    CHECK_FALSE(parse(many + "(<t:1>)").has_value());
}

TEST_CASE("Timeout: the first time that is understood counts, and none is longer than the most", "[http][lock]") {
    CHECK(timeout("Second-60") == 60);
    CHECK(timeout("Infinite, Second-4100000000") == 3'600);
    CHECK(timeout("Extend, second-5, Second-7") == 5);
    CHECK(timeout("Second-99999999999999999999999") == 3'600);
    CHECK(timeout("Second-0") == 3'600);
    CHECK(timeout("Second-, Second-x") == 3'600);
    const support::ParsedRequest none(support::head("LOCK", "/a"));
    CHECK(http::parse_timeout(*none, 3'600) == 3'600);
}

TEST_CASE("Lock-Token: one token between brackets", "[http][lock]") {
    CHECK(token_of("<urn:uuid:1>") == "urn:uuid:1");
    CHECK(token_of("urn:uuid:1") == "none");
    CHECK(token_of("<>") == "none");
    const support::ParsedRequest none(support::head("UNLOCK", "/a"));
    CHECK_FALSE(http::parse_lock_token(*none).has_value());
}
