// Writing texts one behind the other into room that is large enough. Called by field_list and head_writer.
#pragma once

#include <cstring>
#include <string_view>

namespace http {

/// Copies `text` to `out`, which has room for it. Returns the position behind the copy.
[[nodiscard]] inline char* put(char* out, std::string_view text) {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

}  // namespace http
