// Bodies of the three media types that a record may come in.
#include "records/record_body.h"

#include <string>

#include "support/catch.h"
#include "support/parsed_request.h"

using records::RecordMedia;

namespace {

std::optional<RecordMedia> media_of(std::string_view lines) {
    const ParsedRequest request("POST", "/r", lines);
    return records::find_record_media(request.get());
}

/// "name=value|…", or the status of the refusal.
std::string parsed(RecordMedia::Kind kind, std::string_view body, const records::RecordLimits& limits = {}) {
    const auto record = records::parse_record_body({kind, "B"}, body, limits);
    if (!record) return std::to_string(http::code(record.error().status));
    std::string text;
    for (const auto& field : *record) text.append(field.name).append("=").append(field.value).append("|");
    return text;
}

std::string part(std::string_view name, std::string_view value) {
    return std::string("--B\r\nContent-Disposition: form-data; name=\"")
        .append(name)
        .append("\"\r\n\r\n")
        .append(value)
        .append("\r\n");
}

}  // namespace

TEST_CASE("record body: the media type decides, in any case and with parameters", "[records]") {
    using Kind = RecordMedia::Kind;
    CHECK(media_of("Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n")->kind == Kind::form);
    CHECK(media_of("Content-Type: Application/JSON\r\n")->kind == Kind::json);
    const auto multipart = media_of("Content-Type: multipart/form-data; boundary=\"x y\"\r\n");
    REQUIRE(multipart);
    CHECK(multipart->kind == Kind::multipart);
    CHECK(multipart->boundary == "x y");
    CHECK_FALSE(media_of("Content-Type: text/plain\r\n"));
    CHECK_FALSE(media_of("Content-Type: multipart/form-data\r\n"));
    CHECK_FALSE(media_of(""));
}

TEST_CASE("record body: a coded body is of no type that is taken", "[records]") {}

TEST_CASE("record body: a form gives its fields in their order, with the newline of a line left out", "[records]") {
    CHECK(parsed(RecordMedia::Kind::form, "b=1&a=x+y%21") == "b=1|a=x y!|");
    CHECK(parsed(RecordMedia::Kind::form, "id=7&a=1\r\n") == "id=7|a=1|");
    CHECK(parsed(RecordMedia::Kind::form, "a=%0A") == "a=\n|");
}

TEST_CASE("record body: a multipart form gives its parts, and takes no files", "[records]") {
    const std::string form = part("a", "1\n2") + part("b", "");
    CHECK(parsed(RecordMedia::Kind::multipart, form + "--B--\r\n") == "a=1\n2|b=|");
    CHECK(parsed(RecordMedia::Kind::multipart, form) == "400");
    CHECK(parsed(RecordMedia::Kind::multipart,
                 "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nx\r\n--B--\r\n") == "422");
}

TEST_CASE("record body: a JSON object of plain values is a record, anything else is none", "[records]") {
    CHECK(parsed(RecordMedia::Kind::json, R"({"a": "x", "n": 1.5, "t": true})") == "a=x|n=1.5|t=true|");
    CHECK(parsed(RecordMedia::Kind::json, R"({"a": )") == "400");
    for (const auto* body : {"[1]", "\"x\"", R"({"a": [1]})", R"({"a": null})"}) {
        CAPTURE(body);
        CHECK(parsed(RecordMedia::Kind::json, body) == "422");
    }
}

TEST_CASE("record body: the bounds of a record hold in every format", "[records]") {
    records::RecordLimits limits;
    limits.max_fields = 2;
    limits.max_value_bytes = 3;
    CHECK(parsed(RecordMedia::Kind::form, "a=1&b=123", limits) == "a=1|b=123|");
    CHECK(parsed(RecordMedia::Kind::form, "a=1&b=1234", limits) == "422");
    CHECK(parsed(RecordMedia::Kind::json, R"({"a":"1","b":"1234"})", limits) == "422");
    CHECK(parsed(RecordMedia::Kind::multipart, part("a", "1234") + "--B--\r\n", limits) == "422");
    for (const auto kind : {RecordMedia::Kind::form, RecordMedia::Kind::json, RecordMedia::Kind::multipart}) {
        const std::string body = kind == RecordMedia::Kind::form ? "a=1&b=1&c=1&d=1"
                                 : kind == RecordMedia::Kind::json
                                     ? R"({"a":1,"b":1,"c":1,"d":1})"
                                     : part("a", "1") + part("b", "1") + part("c", "1") + part("d", "1") + "--B--\r\n";
        CHECK(parsed(kind, body, limits) == "422");
    }
}
