// The fields of resumable uploads (draft-ietf-httpbis-resumable-upload, interop version 8): what a request says, and
// the values that answers carry. Called by uploads/resumable_uploads. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace http {

/// The version of the draft that is spoken. Only to clients of this version may a 104 be sent (its appendix B).
inline constexpr std::uint64_t kUploadInteropVersion = 8;
/// The media type of what a PATCH appends (§6).
inline constexpr std::string_view kPartialUploadType = "application/partial-upload";

/// A field that is absent, malformed, negative or repeated is ignored, as the draft wants it: nullopt.
struct UploadFields {
    std::optional<bool> complete;          ///< Upload-Complete (§4.1.2)
    std::optional<std::uint64_t> offset;   ///< Upload-Offset (§4.1.1)
    std::optional<std::uint64_t> length;   ///< Upload-Length (§4.1.3)
    std::optional<std::uint64_t> version;  ///< Upload-Draft-Interop-Version

    [[nodiscard]] static UploadFields of(const Request& request);
    [[nodiscard]] bool takes_interim() const { return version == kUploadInteropVersion; }
};

/// True for application/partial-upload, with or without parameters.
[[nodiscard]] bool is_partial_upload(std::string_view content_type);

/// "max-size=…, max-age=…" (§4.1.4). `max_size` 0: no bound, and not said. Seconds are 0 or more.
[[nodiscard]] std::string upload_limit_value(std::uint64_t max_size, std::int64_t max_age_seconds);

/// The problem types of §7, as JSON (RFC 9457).
enum class UploadProblem : std::uint8_t { mismatching_offset, completed_upload, inconsistent_length };
/// `expected` and `provided` are told for mismatching_offset only.
[[nodiscard]] std::string upload_problem_json(UploadProblem problem, std::uint64_t expected, std::uint64_t provided);

}  // namespace http
