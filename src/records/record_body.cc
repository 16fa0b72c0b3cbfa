// The three formats.
#include "records/record_body.h"

#include <algorithm>
#include <span>

#include "base/ascii.h"
#include "http/form.h"
#include "http/multipart.h"
#include "records/flat_json.h"

namespace records {
namespace {

using http::Status;
using Parsed = std::expected<Record, http::Refusal>;

Parsed refuse(Status status, std::string_view reason) { return Parsed(std::unexpect, http::Refusal{status, reason}); }

Parsed parse_form_body(std::string_view body, const RecordLimits& limits) {
    // A line of the file that a client sends back with its newline.
    while (body.ends_with('\n') || body.ends_with('\r')) body.remove_suffix(1);
    auto fields = http::parse_form(
        body,
        {.fields = limits.max_fields + 1, .name_bytes = limits.max_name_bytes, .value_bytes = limits.max_value_bytes});
    if (!fields) return refuse(Status::unprocessable_content, http::form_error_text(fields.error()));
    return std::move(*fields);
}

Parsed parse_multipart_body(const RecordMedia& media, std::string_view body, const RecordLimits& limits) {
    http::MultipartParser parser(media.boundary, limits.max_fields + 1);
    Record record;
    std::span<const std::byte> rest = std::as_bytes(std::span(body));
    while (true) {
        const http::MultipartParser::Step step = parser.next(rest);
        rest = rest.subspan(step.consumed);
        switch (step.event) {
            case http::MultipartParser::Event::part_begin:
                if (parser.part().filename) {
                    return refuse(Status::unprocessable_content, "a record holds no files; send them to a directory.");
                }
                record.push_back({parser.part().name, {}});
                break;
            case http::MultipartParser::Event::part_bytes:
                record.back().value.append(reinterpret_cast<const char*>(step.bytes.data()), step.bytes.size());
                break;
            case http::MultipartParser::Event::part_end: break;
            case http::MultipartParser::Event::error:
                return refuse(parser.over_limit() ? Status::unprocessable_content : Status::bad_request,
                              parser.error_text());
            case http::MultipartParser::Event::end: return record;
            case http::MultipartParser::Event::need_more:
                if (parser.complete()) return record;
                return refuse(Status::bad_request, "the form ends before its closing boundary.");
        }
    }
}

Parsed parse_json_body(std::string_view body, const RecordLimits& limits) {
    auto fields = parse_flat_json(body, limits.max_fields + 1);
    if (fields) return std::move(*fields);
    switch (fields.error()) {
        case JsonError::malformed: return refuse(Status::bad_request, "the body is not valid JSON.");
        case JsonError::not_an_object:
            return refuse(Status::unprocessable_content, "a record is a JSON object, like {\"name\": \"Ada\"}.");
        case JsonError::nested:
            return refuse(
                Status::unprocessable_content,
                "the values of a record are strings, numbers and booleans; arrays, objects and null cannot be "
                "stored.");
        case JsonError::too_many_fields: break;
    }
    return refuse(Status::unprocessable_content, "the record has more fields than one may have.");
}

}  // namespace

std::optional<RecordMedia> find_record_media(const http::Request& request) {
    const std::string_view value = request.find(http::FieldName::content_type).value_or("");
    const std::string_view type = base::trim_blanks(value.substr(0, std::min(value.find(';'), value.size())));
    if (base::equals_ignoring_case(type, "application/x-www-form-urlencoded")) {
        return RecordMedia{RecordMedia::Kind::form, {}};
    }
    if (base::equals_ignoring_case(type, "application/json")) return RecordMedia{RecordMedia::Kind::json, {}};
    auto boundary = http::find_form_boundary(value);
    if (!boundary) return std::nullopt;
    return RecordMedia{RecordMedia::Kind::multipart, std::move(*boundary)};
}

std::expected<Record, http::Refusal> parse_record_body(const RecordMedia& media, std::string_view body,
                                                       const RecordLimits& limits) {
    Parsed parsed;
    switch (media.kind) {
        case RecordMedia::Kind::form: parsed = parse_form_body(body, limits); break;
        case RecordMedia::Kind::multipart: parsed = parse_multipart_body(media, body, limits); break;
        case RecordMedia::Kind::json: parsed = parse_json_body(body, limits); break;
    }
    if (!parsed) return parsed;
    if (const auto fault = find_record_fault(*parsed, limits)) return std::unexpected(*fault);
    return parsed;
}

}  // namespace records
