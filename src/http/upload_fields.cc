// Reading and writing the fields of resumable uploads.
#include "http/upload_fields.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/structured_field.h"

namespace http {
namespace {

/// The largest integer of a structured field (RFC 8941 §3.3.1).
constexpr std::uint64_t kMaxFieldInteger = 999'999'999'999'999;

std::optional<std::uint64_t> find_count(const Request& request, FieldName name) {
    if (!request.fields.has(name)) return std::nullopt;
    std::string storage;
    const auto number = parse_integer_item(*request.find_list(name, storage));
    if (!number || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

std::string_view problem_name(UploadProblem problem) {
    switch (problem) {
        case UploadProblem::mismatching_offset: return "mismatching-upload-offset";
        case UploadProblem::completed_upload: return "completed-upload";
        case UploadProblem::inconsistent_length: return "inconsistent-upload-length";
    }
    return {};
}

std::string_view problem_title(UploadProblem problem) {
    switch (problem) {
        case UploadProblem::mismatching_offset:
            return "Upload-Offset is not the offset of the upload; go on at expected-offset";
        case UploadProblem::completed_upload: return "the upload is complete; nothing can be appended";
        case UploadProblem::inconsistent_length: return "the upload's length was stated differently";
    }
    return {};
}

}  // namespace

UploadFields UploadFields::of(const Request& request) {
    UploadFields fields;
    if (request.fields.has(FieldName::upload_complete)) {
        std::string storage;
        fields.complete = parse_boolean_item(*request.find_list(FieldName::upload_complete, storage));
    }
    fields.offset = find_count(request, FieldName::upload_offset);
    fields.length = find_count(request, FieldName::upload_length);
    fields.version = find_count(request, FieldName::upload_draft_interop_version);
    return fields;
}

bool is_partial_upload(std::string_view content_type) {
    return base::equals_ignoring_case(base::trim_blanks(content_type.substr(0, content_type.find(';'))),
                                      kPartialUploadType);
}

std::string upload_limit_value(std::uint64_t max_size, std::int64_t max_age_seconds) {
    std::string value;
    if (max_size > 0) value.append("max-size=").append(std::to_string(std::min(max_size, kMaxFieldInteger))) += ", ";
    return value.append("max-age=").append(std::to_string(max_age_seconds));
}

std::string upload_problem_json(UploadProblem problem, std::uint64_t expected, std::uint64_t provided) {
    std::string json = R"({"type":"https://iana.org/assignments/http-problem-types#)";
    json.append(problem_name(problem)).append(R"(","title":")").append(problem_title(problem)).append("\"");
    if (problem == UploadProblem::mismatching_offset) {
        json.append(R"(,"expected-offset":)").append(std::to_string(expected));
        json.append(R"(,"provided-offset":)").append(std::to_string(provided));
    }
    return json.append("}\n");
}

}  // namespace http
