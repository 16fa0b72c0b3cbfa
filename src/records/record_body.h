// A request's body as a record: a form in either encoding, or a JSON object. Called by records/records.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"
#include "records/record_line.h"

namespace records {

/// The media types that a record may come in, for Accept (RFC 9110 §12.5.1).
inline constexpr std::string_view kRecordMediaTypes =
    "application/x-www-form-urlencoded, multipart/form-data, application/json";

struct RecordMedia {
    enum class Kind : std::uint8_t { form, multipart, json };
    Kind kind = Kind::form;
    std::string boundary;  ///< of multipart
};

/// nullopt: another type, or none: 415.
[[nodiscard]] std::optional<RecordMedia> find_record_media(const http::Request& request);

/// All fields, "id" included, after the check that they can be stored. 400 for what is not in its format, 422 for what
/// cannot be stored.
[[nodiscard]] std::expected<Record, http::Refusal> parse_record_body(const RecordMedia& media, std::string_view body,
                                                                     const RecordLimits& limits);

}  // namespace records
