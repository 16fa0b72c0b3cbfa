// Text inside a page. Called by listings and error pages.
#pragma once

#include <string>
#include <string_view>

namespace content {

/// Appends the text with '&', '<', '>', '"' and '\'' as character references, and control bytes as '?'.
inline void append_html(std::string& page, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': page.append("&amp;"); break;
            case '<': page.append("&lt;"); break;
            case '>': page.append("&gt;"); break;
            case '"': page.append("&quot;"); break;
            case '\'': page.append("&#39;"); break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                page.push_back(byte < 0x20 || byte == 0x7f ? '?' : c);
            }
        }
    }
}

[[nodiscard]] inline std::string escape_html(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size() + text.size() / 8);
    append_html(escaped, text);
    return escaped;
}

}  // namespace content
