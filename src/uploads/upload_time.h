// The modification time that a client states for the file that it uploads: X-OC-Mtime, which programs that synchronise
// send (ownCloud, Nextcloud, rclone), or Last-Modified. Called by everything that stores files or makes directories.
// Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "handler/write_rules.h"
#include "http/request.h"

namespace uploads {

inline constexpr std::string_view kTimeField = "X-OC-Mtime";

/// Whether Last-Modified of an upload counts.
enum class LastModified : std::uint8_t { is_ignored, is_kept };

/// Seconds since 1970, whole ones, from 0 to the end of the year 9999; nullopt when the request states no time.
/// X-OC-Mtime counts before Last-Modified. 400 for a value that is not understood. `now` is in seconds since 1970.
[[nodiscard]] std::expected<std::optional<std::int64_t>, http::Refusal> find_upload_time(const http::Request& request,
                                                                                         LastModified last_modified,
                                                                                         std::int64_t now);

/// The same by the rules of the site.
[[nodiscard]] inline std::expected<std::optional<std::int64_t>, http::Refusal> find_upload_time(
    const http::Request& request, const handler::WriteRules& rules, std::int64_t now) {
    return find_upload_time(request, rules.keep_mtime ? LastModified::is_kept : LastModified::is_ignored, now);
}

}  // namespace uploads
