// What the lines of the logs are made of. Text that came from a peer is escaped, so that it cannot end a line. Called
// by AccessLog, AuditLog and ErrorLog.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace server {

void append_number(std::string& out, std::uint64_t value);
/// A comma, the name and the value as a JSON string.
void append_json_member(std::string& out, std::string_view name, std::string_view value);
/// A comma, the name and the number.
void append_json_number(std::string& out, std::string_view name, std::uint64_t value);
/// In UTC, by strftime's `format`; at most 40 bytes.
[[nodiscard]] std::string format_log_time(std::int64_t unix_seconds, const char* format);
/// For the error log and the JSON forms: "2026-11-21T04:32:10Z".
inline constexpr const char* kIsoTime = "%Y-%m-%dT%H:%M:%SZ";

}  // namespace server
