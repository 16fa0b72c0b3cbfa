// Numbers, members of JSON objects, and times.
#include "server/log_line.h"

#include <charconv>
#include <ctime>
#include <iterator>

#include "base/escape.h"

namespace server {

void append_number(std::string& out, std::uint64_t value) {
    char digits[20];
    const auto result = std::to_chars(std::begin(digits), std::end(digits), value);
    out.append(digits, result.ptr);
}

void append_json_member(std::string& out, std::string_view name, std::string_view value) {
    out.append(",\"").append(name).append("\":\"");
    base::append_json_escaped(out, value);
    out.push_back('"');
}

void append_json_number(std::string& out, std::string_view name, std::uint64_t value) {
    out.append(",\"").append(name).append("\":");
    append_number(out, value);
}

std::string format_log_time(std::int64_t unix_seconds, const char* format) {
    const time_t seconds = unix_seconds;
    tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[40];
    return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace server
