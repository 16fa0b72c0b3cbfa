// HTTP dates (RFC 9110 §5.6.7). Formatting is for Date and Last-Modified, parsing for conditional requests.
// Pure; called by head_writer, storage/validators and the conditions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace http {

/// The length of an IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT".
inline constexpr std::size_t kDateBytes = 29;

/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of a year can say.
inline constexpr std::int64_t kMinDateSeconds = -62'167'219'200;
inline constexpr std::int64_t kMaxDateSeconds = 253'402'300'799;

/// Writes the IMF-fixdate of `unix_seconds`, which is clamped to kMinDateSeconds … kMaxDateSeconds first.
void format_date(std::int64_t unix_seconds, std::span<char, kDateBytes> into);
[[nodiscard]] std::string date_text(std::int64_t unix_seconds);

/// Seconds since 1970 of an IMF-fixdate, an rfc850-date or an asctime-date; nullopt when it is none of these, exactly.
/// Case matters. `now` (seconds since 1970) decides the century of an rfc850-date: more than 50 years ahead of it
/// means the past. A wrong day of the week is ignored; 23:59:60 counts as the second after 23:59:59.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now);

}  // namespace http
