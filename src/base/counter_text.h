// How a counter stands in the error log. Used by what counts: the server's metrics and the cache.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

/// Appends " name=value".
inline void append_counter(std::string& text, std::string_view name, std::uint64_t value) {
    text.append(" ").append(name).append("=").append(std::to_string(value));
}

}  // namespace base
