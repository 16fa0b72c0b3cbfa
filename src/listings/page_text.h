// The words of a listing's page: names, links, sizes and times as HTML. Called by the formats of a listing, a few times
// for each row, so all of it appends and nothing allocates; and by what shows share links. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace listings {

/// The name as text between tags, always valid UTF-8: other bytes become U+FFFD, and a control character becomes its
/// picture (U+2400 …), so that no name breaks a line or hides.
void append_shown_name(std::string& out, std::string_view name);

/// One path segment, every byte percent-encoded that is not unreserved (RFC 3986 §2.3): leads to any name, and is safe
/// in an attribute.
void append_encoded_segment(std::string& out, std::string_view name);
/// The same for segments with slashes between them, which stay.
void append_encoded_path(std::string& out, std::string_view path);

/// "1.5 MiB"; in bytes below 1 KiB. Rounds down, so that no file seems larger than it is.
void append_size(std::string& out, std::uint64_t bytes);
/// "1,234,567 bytes".
void append_exact_size(std::string& out, std::uint64_t bytes);

/// "2024-03-01T12:30:59" (RFC 3339 without its zone), in UTC, of a time for which has_four_digit_year() is true.
void append_date_time(std::string& out, std::int64_t unix_seconds);
/// True from the beginning of the year 0 to the end of 9999.
[[nodiscard]] bool has_four_digit_year(std::int64_t unix_seconds);
/// With zeros in front up to `digits`.
void append_padded(std::string& out, std::uint64_t number, std::size_t digits);

/// `<time datetime="2024-03-01T12:30:59Z">2024-03-01 12:30</time>`, in UTC. Times before the year 0 and after 9999 are
/// clamped.
void append_time_element(std::string& out, std::int64_t unix_seconds);

/// The class of the style that gives a file's row its icon: "image", "archive" …; empty for a plain sheet.
[[nodiscard]] std::string_view icon_of(std::string_view media_type);

}  // namespace listings
