// The "name value" lines of small state files. Called by access_control/share_link and storage/lock_text. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace base {

/// `value` holds no line feed.
inline void append_named_line(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(" ").append(value).push_back('\n');
}

/// The value of the next line, which has to have this name; nullopt for another one, and for a line that is cut off.
inline std::optional<std::string_view> take_named_value(std::string_view& text, std::string_view name) {
    if (text.find('\n') == std::string_view::npos) return std::nullopt;
    std::string_view line = take_line(text);
    if (!line.starts_with(name) || line.substr(name.size(), 1) != " ") return std::nullopt;
    line.remove_prefix(name.size() + 1);
    return line;
}

/// At least `digits` digits, zeros in front: it can be written over a former one.
inline std::string with_zeros(std::uint64_t number, std::size_t digits) {
    std::string text = std::to_string(number);
    return text.insert(0, digits - std::min(digits, text.size()), '0');
}

}  // namespace base
