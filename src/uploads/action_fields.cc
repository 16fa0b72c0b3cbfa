// Both formats of the fields, and the segments of a typed path.
#include "uploads/action_fields.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "http/form.h"
#include "http/multipart.h"
#include "uploads/upload_name.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

constexpr std::string_view kFieldName = "name";
/// The name, percent-encoded, because browsers change line breaks and bytes that are not UTF-8 in a field's value.
constexpr std::string_view kSegmentFieldName = "segment";
/// Where an entry moves to: a name or a path, as a person types it.
constexpr std::string_view kDestinationFieldName = "to";
/// "infinity": a directory is deleted with all that it holds.
constexpr std::string_view kDepthFieldName = "depth";
constexpr std::size_t kMaxActionFields = 10;
constexpr Refusal kNoName{Status::unprocessable_content, "the form has to have one field \"name\"."};
constexpr Refusal kNoDestination{Status::unprocessable_content,
                                 "the form has to have one field \"to\": the new name, or a path."};
constexpr Refusal kEmptyPart{Status::unprocessable_content,
                             "the path in \"to\" has two slashes one after the other; leave one out."};

using Fields = std::expected<ActionFields, Refusal>;

/// Where the field of this name belongs; null for others.
std::optional<std::string>* find_value(ActionFields& fields, std::string_view field) {
    if (field == kFieldName || field == kSegmentFieldName) return &fields.name;
    if (field == kDepthFieldName) return &fields.depth;
    return field == kDestinationFieldName ? &fields.destination : nullptr;
}

/// Of a field that is there twice.
Fields repeated(std::string_view field) {
    return Fields(std::unexpect, field == kDestinationFieldName ? kNoDestination : kNoName);
}

Fields read_urlencoded(std::string_view body) {
    const auto fields = http::parse_form(body, {.fields = kMaxActionFields});
    if (!fields) return Fields(std::unexpect, kNoName);
    ActionFields read;
    for (const http::FormField& field : *fields) {
        std::optional<std::string>* const value = find_value(read, field.name);
        if (value == nullptr) continue;
        if (*value) return repeated(field.name);
        value->emplace();
        if (field.name == kSegmentFieldName) {
            http::append_form_decoded(**value, field.value);
        } else {
            **value = field.value;
        }
    }
    return read;
}

Fields read_multipart(std::string_view body, std::string_view boundary) {
    using Event = http::MultipartParser::Event;
    http::MultipartParser parser(boundary, kMaxActionFields);
    std::span<const std::byte> rest = std::as_bytes(std::span(body));
    ActionFields read;
    std::optional<std::string>* value = nullptr;
    while (true) {
        const http::MultipartParser::Step step = parser.next(rest);
        rest = rest.subspan(step.consumed);
        switch (step.event) {
            case Event::part_begin:
                value = parser.part().filename || parser.part().name == kSegmentFieldName
                            ? nullptr
                            : find_value(read, parser.part().name);
                if (value != nullptr && *value) return repeated(parser.part().name);
                if (value != nullptr) value->emplace();
                break;
            case Event::part_bytes:
                if (value != nullptr)
                    (*value)->append(reinterpret_cast<const char*>(step.bytes.data()), step.bytes.size());
                break;
            case Event::part_end: value = nullptr; break;
            case Event::error: return Fields(std::unexpect, Refusal{Status::bad_request, parser.error_text()});
            case Event::end:
            case Event::need_more:
                if (!parser.complete()) {
                    return Fields(std::unexpect,
                                  Refusal{Status::bad_request, "the form ends before its closing boundary."});
                }
                return read;
        }
    }
}

}  // namespace

std::expected<ActionFields, Refusal> read_action_fields(std::string_view body,
                                                        const std::optional<std::string>& boundary) {
    Fields fields = boundary ? read_multipart(body, *boundary) : read_urlencoded(body);
    if (fields && !fields->name) fields = std::unexpected(kNoName);
    return fields;
}

std::expected<std::string, Refusal> find_typed_path(std::string_view directory, std::string_view name,
                                                    const std::optional<std::string>& typed,
                                                    storage::DotFiles dot_files) {
    if (!typed || typed->empty()) return std::unexpected(kNoDestination);
    std::string path(typed->starts_with('/') ? std::string_view("/") : directory);
    std::string_view rest = *typed;
    if (rest.starts_with('/')) rest.remove_prefix(1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        if (segment.empty()) return std::unexpected(kEmptyPart);
        if (const auto fault = find_name_fault(segment, dot_files)) return std::unexpected(*fault);
        path.append(segment);
        const bool ends_in_slash = end + 1 == rest.size();
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!rest.empty() || ends_in_slash) path.push_back('/');
    }
    if (path.ends_with('/')) path.append(name);
    return path;
}

}  // namespace uploads
