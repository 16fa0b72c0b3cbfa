// The two fields, and what is wrong with them.
#include "uploads/upload_time.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/date.h"

namespace uploads {
namespace {

constexpr http::Refusal kBadSeconds{
    http::Status::bad_request,
    "X-OC-Mtime is the file's time in seconds since 1970, as in \"X-OC-Mtime: 1500000000\"."};
constexpr http::Refusal kBadDate{
    http::Status::bad_request,
    "Last-Modified is the file's time, from 1970 on, as in \"Last-Modified: Fri, 14 Jul 2017 02:40:00 GMT\"."};

/// Some programs add a fraction, which is left out.
std::optional<std::int64_t> parse_seconds(std::string_view value) {
    const std::size_t point = std::min(value.find('.'), value.size());
    const std::string_view fraction = value.substr(std::min(point + 1, value.size()));
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (point < value.size() && (fraction.empty() || !std::ranges::all_of(fraction, is_digit))) return std::nullopt;
    const auto seconds = base::parse_decimal(value.substr(0, point));
    if (!seconds || *seconds > static_cast<std::uint64_t>(http::kMaxDateSeconds)) return std::nullopt;
    return static_cast<std::int64_t>(*seconds);
}

std::optional<std::int64_t> parse_last_modified(std::string_view value, std::int64_t now) {
    const auto seconds = http::parse_date(value, now);
    return seconds && *seconds >= 0 ? seconds : std::nullopt;
}

/// Of one field. Two times would contradict each other.
struct Stated {
    std::size_t lines = 0;
    std::string_view value;
};

Stated find_stated(const http::Request& request, std::string_view name) {
    Stated stated;
    for (const http::Field& field : request.fields) {
        if (!base::equals_ignoring_case(field.name.of(request.text), name)) continue;
        ++stated.lines;
        stated.value = field.value.of(request.text);
    }
    return stated;
}

}  // namespace

std::expected<std::optional<std::int64_t>, http::Refusal> find_upload_time(const http::Request& request,
                                                                           LastModified last_modified,
                                                                           std::int64_t now) {
    if (const Stated stated = find_stated(request, kTimeField); stated.lines > 0) {
        const auto seconds = stated.lines == 1 ? parse_seconds(stated.value) : std::nullopt;
        if (!seconds) return std::unexpected(kBadSeconds);
        return seconds;
    }
    if (last_modified == LastModified::is_ignored) return std::nullopt;
    const Stated stated = find_stated(request, "Last-Modified");
    if (stated.lines == 0) return std::nullopt;
    const auto seconds = stated.lines == 1 ? parse_last_modified(stated.value, now) : std::nullopt;
    if (!seconds) return std::unexpected(kBadDate);
    return seconds;
}

}  // namespace uploads
