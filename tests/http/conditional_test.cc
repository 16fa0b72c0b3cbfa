// Entity tags and preconditions.
#include "http/conditional.h"

#include "http/date.h"
#include "http/field_section.h"
#include "support/catch.h"

namespace {

using http::Method;
using http::Precondition;
using http_test::FieldSection;

constexpr std::int64_t kModified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::int64_t kNow = kModified + 1000;
constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kEarlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view kLater = "Sun, 06 Nov 1994 08:49:38 GMT";

const http::Validators kFile{"\"v1\"", kModified, kModified, true};
const http::Validators kWeakFile{"W/\"v1\"", kModified, kModified, true};
const http::Validators kMissing{"", std::nullopt, std::nullopt, false};

Precondition evaluate(std::string lines, Method method = Method::get, const http::Validators& validators = kFile) {
    const FieldSection section(lines);
    return http::evaluate_preconditions(section.fields, section.text, method, validators, kNow);
}

std::string line(std::string_view name, std::string_view value) {
    return std::string(name) + ": " + std::string(value) + "\r\n";
}

Precondition if_match(std::string_view value, const http::Validators& validators = kFile) {
    return evaluate(line("If-Match", value), Method::put, validators);
}

Precondition if_none_match(std::string_view value, Method method = Method::get,
                           const http::Validators& validators = kFile) {
    return evaluate(line("If-None-Match", value), method, validators);
}

bool if_range(std::string_view value, const http::Validators& validators = kFile, std::int64_t now = kNow) {
    const FieldSection section(line("Range", "bytes=0-4") + line("If-Range", value));
    return http::range_applies(section.fields, section.text, validators, now);
}

}  // namespace

TEST_CASE("entity tags: the grammar of RFC 9110 is exact", "[http][conditional]") {
    for (const auto* tag : {"\"\"", "\"a\"", "W/\"a\"", "W/\"\"", "\"a,b\"", "\"\x80\xff\"", "\"!#\\\"", "\"W/\""}) {
        CHECK(http::is_entity_tag(tag));
    }
    for (const auto* tag : {"", "a", "\"", "\"a", "a\"", "w/\"a\"", "W\"a\"", "W/a", "W/", "\"a b\"", "\"a\tb\"",
                            "\"a\"b\"", "\"\x7f\"", "\"a\" ", " \"a\"", "W/ \"a\"", "*"}) {
        CHECK_FALSE(http::is_entity_tag(tag));
    }
}

TEST_CASE("entity tags: the table of RFC 9110 8.8.3.2", "[http][conditional]") {
    CHECK_FALSE(http::tags_match_strongly("W/\"1\"", "W/\"1\""));
    CHECK(http::tags_match_weakly("W/\"1\"", "W/\"1\""));
    CHECK_FALSE(http::tags_match_strongly("W/\"1\"", "W/\"2\""));
    CHECK_FALSE(http::tags_match_weakly("W/\"1\"", "W/\"2\""));
    CHECK_FALSE(http::tags_match_strongly("W/\"1\"", "\"1\""));
    CHECK(http::tags_match_weakly("W/\"1\"", "\"1\""));
    CHECK(http::tags_match_strongly("\"1\"", "\"1\""));
    CHECK(http::tags_match_weakly("\"1\"", "\"1\""));
}

TEST_CASE("preconditions: none costs nothing and proceeds", "[http][conditional]") {
    CHECK(evaluate("Host: a\r\nRange: bytes=0-1\r\n") == Precondition::proceed);
    CHECK_FALSE(http::has_precondition(FieldSection("Host: a\r\nIf-Range: \"v1\"\r\n").fields));
    for (const auto* name : {"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}) {
        CHECK(http::has_precondition(FieldSection(line(name, "x")).fields));
    }
}

TEST_CASE("preconditions: If-Match compares strongly", "[http][conditional]") {
    CHECK(if_match("\"v1\"") == Precondition::proceed);
    CHECK(if_match("\"x\",\"v1\"") == Precondition::proceed);
    CHECK(if_match("*") == Precondition::proceed);
    CHECK(if_match("W/\"v1\"") == Precondition::precondition_failed);
    CHECK(if_match("\"v2\"") == Precondition::precondition_failed);
    CHECK(if_match("v1") == Precondition::precondition_failed);
    CHECK(if_match("\"v1\"", kWeakFile) == Precondition::precondition_failed);
    CHECK(if_match("W/\"v1\"", kWeakFile) == Precondition::precondition_failed);
    CHECK(if_match("*", kMissing) == Precondition::precondition_failed);
    CHECK(if_match("\"v1\"", kMissing) == Precondition::precondition_failed);
    CHECK(if_match("\"\"", kMissing) == Precondition::precondition_failed);
}

TEST_CASE("preconditions: If-None-Match compares weakly, 304 for reads and 412 otherwise", "[http][conditional]") {
    CHECK(if_none_match("\"v1\"") == Precondition::not_modified);
    CHECK(if_none_match("W/\"v1\"") == Precondition::not_modified);
    CHECK(if_none_match("\"v1\"", Method::head, kWeakFile) == Precondition::not_modified);
    CHECK(if_none_match("*") == Precondition::not_modified);
    CHECK(if_none_match("\"v2\"") == Precondition::proceed);
    CHECK(if_none_match("*", Method::put) == Precondition::precondition_failed);
    CHECK(if_none_match("\"v1\"", Method::del) == Precondition::precondition_failed);
    CHECK(if_none_match("*", Method::put, kMissing) == Precondition::proceed);
    CHECK(if_none_match("\"v1\"", Method::put, kMissing) == Precondition::proceed);
}

TEST_CASE("preconditions: lists of tags", "[http][conditional]") {
    for (const auto* value :
         {"\"x,y\", \"v1\"", ",,\"v1\"", "\"v1\",", " , \"x\" ,\t\"v1\"", "nope, \"v1\"", "\"a b\", \"v1\"",
          "\"x\" junk, \"v1\"", "\"x\xff\", W/\"v1\"", "W/\"x\", W/\"v1\"", "*, \"v1\""}) {
        CAPTURE(value);
        CHECK(if_none_match(value) == Precondition::not_modified);
    }
    for (const auto* value : {"", ",", "nope", "v1", "\"v1", "v1\"", "\"v1\"x", "x\"v1\"", "\"x,\"v1\"", "\"x\"\"v1\"",
                              "*, *", "**", "w/\"v1\"", "W/ \"v1\"", "\"V1\"", "x, *"}) {
        CAPTURE(value);
        CHECK(if_none_match(value) == Precondition::proceed);
    }
    CHECK(evaluate("If-None-Match: \"a\"\r\nHost: b\r\nif-none-match: \"v1\"\r\n") == Precondition::not_modified);
    CHECK(evaluate("If-None-Match: *\r\nIf-None-Match: *\r\n") == Precondition::proceed);
}

TEST_CASE("preconditions: a tag that holds a comma is compared whole", "[http][conditional]") {
    const http::Validators comma{"\"a,b\"", kModified, kModified, true};
    CHECK(if_none_match("\"a,b\"", Method::get, comma) == Precondition::not_modified);
    CHECK(if_none_match("\"a\", \"b\"", Method::get, comma) == Precondition::proceed);
}

TEST_CASE("preconditions: the own tag behind hundreds of others is found, or a write would go through",
          "[http][conditional]") {
    std::string value;
    for (int i = 0; i < 500; ++i) value += "\"x\", ";
    value += "\"v1\"";
    CHECK(if_none_match(value) == Precondition::not_modified);
    CHECK(if_none_match(value, Method::put) == Precondition::precondition_failed);
    CHECK(if_none_match(value, Method::del) == Precondition::precondition_failed);
    CHECK(if_match(value) == Precondition::proceed);
}

TEST_CASE("preconditions: a write whose condition cannot be read is not carried out", "[http][conditional]") {
    for (const auto* value : {"nope", "\"x", "x\"", "\"x\" junk", "\"x\" \"y\"", "*, *", "*,", "\"x\", *", "*, \"x\"",
                              "**", "w/\"x\"", "W/ \"x\"", "\"v1\", nope", "nope, \"v1\""}) {
        CAPTURE(value);
        for (const Method method : {Method::put, Method::del, Method::post, Method::copy, Method::move}) {
            CHECK(if_none_match(value, method) == Precondition::precondition_failed);
            CHECK(if_none_match(value, method, kMissing) == Precondition::precondition_failed);
        }
        CHECK(if_match(value) == Precondition::precondition_failed);
    }
    CHECK(evaluate("If-None-Match: *\r\nIf-None-Match: *\r\n", Method::put) == Precondition::precondition_failed);
    CHECK(evaluate("If-None-Match: \"x\"\r\nIf-None-Match: *\r\n", Method::put) == Precondition::precondition_failed);
    // A list without members is within the grammar, and names nothing.
    CHECK(if_none_match(" , ,", Method::put) == Precondition::proceed);
}

TEST_CASE("preconditions: If-Modified-Since is for reads, and ignored beside If-None-Match", "[http][conditional]") {
    CHECK(evaluate(line("If-Modified-Since", kDate)) == Precondition::not_modified);
    CHECK(evaluate(line("If-Modified-Since", kDate), Method::head) == Precondition::not_modified);
    CHECK(evaluate(line("If-Modified-Since", kLater)) == Precondition::not_modified);
    CHECK(evaluate(line("If-Modified-Since", kEarlier)) == Precondition::proceed);
    CHECK(evaluate(line("If-Modified-Since", kDate), Method::put) == Precondition::proceed);
    CHECK(evaluate(line("If-Modified-Since", "yesterday")) == Precondition::proceed);
    CHECK(evaluate(line("If-Modified-Since", kDate) + line("If-Modified-Since", kDate)) == Precondition::proceed);
    CHECK(evaluate(line("If-Modified-Since", kDate), Method::get, {"\"v1\"", std::nullopt, std::nullopt, true}) ==
          Precondition::proceed);
    CHECK(evaluate(line("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT")) == Precondition::not_modified);
    CHECK(evaluate(line("If-Modified-Since", "Sun Nov  6 08:49:37 1994")) == Precondition::not_modified);
    CHECK(evaluate(line("If-None-Match", "\"x\"") + line("If-Modified-Since", kDate)) == Precondition::proceed);
    CHECK(evaluate(line("If-Modified-Since", kEarlier) + line("If-None-Match", "\"v1\"")) ==
          Precondition::not_modified);
}

TEST_CASE("preconditions: an If-Modified-Since in the future says nothing", "[http][conditional]") {
    CHECK(evaluate(line("If-Modified-Since", http::date_text(kNow))) == Precondition::not_modified);
    CHECK(evaluate(line("If-Modified-Since", http::date_text(kNow + 1))) == Precondition::proceed);
}

TEST_CASE("preconditions: If-Unmodified-Since, ignored beside If-Match", "[http][conditional]") {
    for (const Method method : {Method::get, Method::put}) {
        CHECK(evaluate(line("If-Unmodified-Since", kDate), method) == Precondition::proceed);
        CHECK(evaluate(line("If-Unmodified-Since", kLater), method) == Precondition::proceed);
        CHECK(evaluate(line("If-Unmodified-Since", kEarlier), method) == Precondition::precondition_failed);
        CHECK(evaluate(line("If-Unmodified-Since", "garbage"), method) == Precondition::proceed);
        CHECK(evaluate(line("If-Unmodified-Since", kEarlier), method, kMissing) == Precondition::proceed);
        CHECK(evaluate(line("If-Unmodified-Since", kEarlier) + line("If-Match", "\"v1\""), method) ==
              Precondition::proceed);
        CHECK(evaluate(line("If-Unmodified-Since", kLater) + line("If-Match", "\"x\""), method) ==
              Precondition::precondition_failed);
    }
}

TEST_CASE("preconditions: the order of RFC 9110 13.2.2", "[http][conditional]") {
    const std::string known = line("If-None-Match", "\"v1\"");
    CHECK(evaluate(known + line("If-Match", "\"v1\"")) == Precondition::not_modified);
    CHECK(evaluate(known + line("If-Match", "\"x\"")) == Precondition::precondition_failed);
    CHECK(evaluate(known + line("If-Unmodified-Since", kDate)) == Precondition::not_modified);
    CHECK(evaluate(known + line("If-Unmodified-Since", kEarlier)) == Precondition::precondition_failed);
    CHECK(evaluate(line("If-Match", "\"v1\"") + line("If-None-Match", "\"x\"")) == Precondition::proceed);
    CHECK(evaluate(line("If-Match", "\"v1\"") + line("If-Modified-Since", kDate)) == Precondition::not_modified);
}

TEST_CASE("If-Range: the same strong tag or the same strong date, nothing else", "[http][conditional]") {
    CHECK(http::range_applies(FieldSection("Range: bytes=0-1\r\n").fields, "", kFile, kNow));
    CHECK(if_range("\"v1\""));
    CHECK_FALSE(if_range("W/\"v1\""));
    CHECK_FALSE(if_range("W/\"v1\"", kWeakFile));
    CHECK_FALSE(if_range("\"v2\""));
    CHECK_FALSE(if_range("\"v1\", \"v1\""));
    CHECK_FALSE(if_range("*"));
    CHECK_FALSE(if_range("garbage"));
    CHECK_FALSE(if_range("\"\"", {"", kModified, kModified, true}));
    CHECK(if_range(kDate));
    CHECK(if_range("Sun Nov  6 08:49:37 1994"));
    CHECK_FALSE(if_range(kEarlier));
    CHECK_FALSE(if_range(kLater));
    CHECK_FALSE(if_range(kDate, {"\"v1\"", std::nullopt, kModified, true}));
    CHECK(if_range(kDate, kFile, kModified + 1));
    CHECK_FALSE(if_range(kDate, kFile, kModified));
    CHECK(if_range(kDate, {"\"v1\"", kModified, kModified + 1, true}));
    // Another file of the same time took the place of the one that the client knows, or may have.
    CHECK_FALSE(if_range(kDate, {"\"v1\"", kModified, kModified + 2, true}));
    CHECK_FALSE(if_range(kDate, {"\"v1\"", kModified, std::nullopt, true}));
    const FieldSection twice("If-Range: \"v1\"\r\nIf-Range: \"v1\"\r\n");
    CHECK_FALSE(http::range_applies(twice.fields, twice.text, kFile, kNow));
}
