// Appends; the few loops look at a name byte by byte.
#include "listings/page_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "base/ascii.h"
#include "base/escape.h"

namespace listings {
namespace {

constexpr std::int64_t kEarliest = -62'167'219'200;        // the beginning of the year 0
constexpr std::int64_t kLatest = 253'402'300'799;          // the end of the year 9999
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

bool is_unreserved(char c) {
    return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// U+2400 to U+241F are the pictures of 0x00 to 0x1f, U+2421 that of DEL.
void append_control_picture(std::string& out, unsigned char control) {
    const unsigned picture = control == 0x7f ? 0x21 : control;
    out.append("\xe2\x90").push_back(static_cast<char>(0x80U + picture));
}

constexpr std::array<std::string_view, 12> kArchiveTypes = {"application/zip",
                                                            "application/gzip",
                                                            "application/x-gzip",
                                                            "application/x-tar",
                                                            "application/x-7z-compressed",
                                                            "application/x-bzip2",
                                                            "application/x-xz",
                                                            "application/zstd",
                                                            "application/vnd.rar",
                                                            "application/java-archive",
                                                            "application/vnd.debian.binary-package",
                                                            "application/x-iso9660-image"};
constexpr std::array<std::string_view, 6> kTextTypes = {"application/json", "application/xml", "application/javascript",
                                                        "application/pdf",  "application/rtf", "application/yaml"};

bool is_one_of(std::string_view type, std::span<const std::string_view> types) {
    return std::ranges::find(types, type) != types.end();
}

}  // namespace

void append_shown_name(std::string& out, std::string_view name) {
    while (!name.empty()) {
        const std::size_t length = base::find_utf8_sequence(name);
        const std::string_view sequence = name.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0 || base::is_c1_control(sequence)) {
            out.append(kReplacement);
        } else if (base::is_control(name.front())) {
            append_control_picture(out, static_cast<unsigned char>(name.front()));
        } else {
            base::append_html_escaped(out, sequence);
        }
        name.remove_prefix(sequence.size());
    }
}

void append_encoded_segment(std::string& out, std::string_view name) {
    for (const char c : name) {
        if (is_unreserved(c)) {
            out.push_back(c);
        } else {
            base::append_percent_encoded(out, c);
        }
    }
}

void append_encoded_path(std::string& out, std::string_view path) {
    while (true) {
        const std::size_t end = std::min(path.find('/'), path.size());
        append_encoded_segment(out, path.substr(0, end));
        if (end == path.size()) return;
        out.push_back('/');
        path.remove_prefix(end + 1);
    }
}

void append_size(std::string& out, std::uint64_t bytes) {
    static constexpr std::array<std::string_view, 7> kUnits = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    std::uint64_t whole = bytes;
    std::uint64_t rest = 0;  // of 1024
    std::size_t unit = 0;
    while (whole >= 1024) {
        rest = whole % 1024;
        whole /= 1024;
        ++unit;
    }
    base::append_decimal(out, whole);
    if (unit > 0) {
        out.push_back('.');
        base::append_decimal(out, rest * 10 / 1024);
    }
    out.append(kUnits[unit]);
}

void append_exact_size(std::string& out, std::uint64_t bytes) {
    constexpr std::uint64_t kGroup = 1000;
    std::array<std::uint64_t, 7> groups{};  // of three digits, the least first
    std::size_t count = 0;
    std::uint64_t rest = bytes;
    do {
        groups[count++] = rest % kGroup;
        rest /= kGroup;
    } while (rest > 0);
    base::append_decimal(out, groups[count - 1]);
    for (std::size_t i = count - 1; i-- > 0;) {
        out.push_back(',');
        append_padded(out, groups[i], 3);
    }
    out.append(bytes == 1 ? " byte" : " bytes");
}

void append_padded(std::string& out, std::uint64_t number, std::size_t digits) {
    for (std::size_t missing = digits - std::min(digits, base::count_decimal_digits(number)); missing > 0; --missing) {
        out.push_back('0');
    }
    base::append_decimal(out, number);
}

bool has_four_digit_year(std::int64_t unix_seconds) { return unix_seconds >= kEarliest && unix_seconds <= kLatest; }

void append_date_time(std::string& out, std::int64_t unix_seconds) {
    const std::chrono::sys_seconds time{std::chrono::seconds(unix_seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const auto seconds = static_cast<std::uint64_t>((time - day).count());
    append_padded(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
    out.push_back('-');
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out.push_back('-');
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out.push_back('T');
    append_padded(out, seconds / 3600, 2);
    out.push_back(':');
    append_padded(out, seconds / 60 % 60, 2);
    out.push_back(':');
    append_padded(out, seconds % 60, 2);
}

void append_time_element(std::string& out, std::int64_t unix_seconds) {
    out.append("<time datetime=\"");
    const std::size_t begin = out.size();
    append_date_time(out, std::clamp(unix_seconds, kEarliest, kLatest));
    // The same again to the minute, for people: "2024-03-01 12:30".
    constexpr std::size_t kDateBytes = 10;
    constexpr std::size_t kMinuteBytes = 16;
    out.append("Z\">").append(out, begin, kDateBytes).push_back(' ');
    out.append(out, begin + kDateBytes + 1, kMinuteBytes - kDateBytes - 1).append("</time>");
}

std::string_view icon_of(std::string_view media_type) {
    const std::string_view type = media_type.substr(0, media_type.find(';'));
    if (type.starts_with("image/")) return "image";
    if (type.starts_with("video/")) return "video";
    if (type.starts_with("audio/")) return "audio";
    if (type.starts_with("text/") || is_one_of(type, kTextTypes)) return "text";
    if (is_one_of(type, kArchiveTypes)) return "archive";
    return "";
}

}  // namespace listings
