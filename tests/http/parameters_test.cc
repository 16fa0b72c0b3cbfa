// Parameters and weights.
#include "http/parameters.h"

#include "support/catch.h"

namespace {

std::string read(std::string_view text) {
    http::ParameterReader reader(text);
    http::Parameter parameter;
    std::string out;
    while (reader.next(parameter)) {
        out.append(parameter.name).append(parameter.quoted ? "=q:" : "=").append(parameter.value).append("|");
    }
    return out + (reader.malformed() ? "malformed" : "");
}

std::string members(std::string_view line) {
    http::WeightedList list(line);
    http::WeightedMember member;
    std::string out;
    while (list.next(member)) {
        out.append(member.value).append("[").append(member.parameters).append("]");
        out += std::to_string(member.weight) + "|";
    }
    return out;
}

}  // namespace

TEST_CASE("parameters: plain, quoted and empty ones", "[http][parameters]") {
    CHECK(read("") == "");
    CHECK(read("; a=1;b=\"x;y\" ; c=\"\\\"\"") == "a=1|b=q:x;y|c=q:\\\"|");
    CHECK(read(";;a=1;") == "a=1|");
    CHECK(read(";a=") == "a=|");
    CHECK(read(";a=1 ;b=2") == "a=1|b=2|");
}

TEST_CASE("parameters: reading stops at a malformed one", "[http][parameters]") {
    CHECK(read("x") == "malformed");
    CHECK(read(";a=1;b") == "a=1|malformed");
    CHECK(read(";a=1;b=\"x") == "a=1|malformed");
    CHECK(read(";b=\"x\\") == "malformed");
    CHECK(read(";b=\"x\\\"") == "malformed");
    CHECK(read(";b=\"x\"y") == "malformed");
    CHECK(read(";=x") == "malformed");
    CHECK(read(";a =1") == "malformed");
}

TEST_CASE("parameters: only quotes and backslashes are escaped", "[http][parameters]") {
    CHECK(http::unescape_quoted("a\\\"b\\\\c") == "a\"b\\c");
    CHECK(http::unescape_quoted("C:\\dir\\x") == "C:\\dir\\x");
    CHECK(http::unescape_quoted("x\\") == "x\\");
}

TEST_CASE("weights: the grammar of qvalue is exact", "[http][parameters]") {
    CHECK(http::parse_weight("0") == 0);
    CHECK(http::parse_weight("0.") == 0);
    CHECK(http::parse_weight("0.5") == 500);
    CHECK(http::parse_weight("0.001") == 1);
    CHECK(http::parse_weight("0.999") == 999);
    CHECK(http::parse_weight("1") == 1000);
    CHECK(http::parse_weight("1.000") == 1000);
    for (const auto* text :
         {"", "1.001", "1.1", "2", ".5", "0.1234", "-0", "+1", "0,5", "0x1", "1.0000", "00", "0.5a", " 1"}) {
        CAPTURE(text);
        CHECK_FALSE(http::parse_weight(text).has_value());
    }
}

TEST_CASE("weights: lists", "[http][parameters]") {
    CHECK(members("gzip, br;q=0.5 , *;Q=0") == "gzip[]1000|br[]500|*[]0|");
    CHECK(members(",, a ,,") == "a[]1000|");
    CHECK(members("a/b;x=\"1,2;q=0\";q=0.2;ext=1, c") == "a/b[;x=\"1,2;q=0\"]200|c[]1000|");
    CHECK(members("a;q=x, b;q=1.5, c;q=, d") == "d[]1000|");
    CHECK(members("a ; q=0.5") == "a[]500|");
    CHECK(members(";q=1") == "");
}
