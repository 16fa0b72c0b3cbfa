// Percent-decoding of text that need not be well-formed. Called where state files are read and log lines are made; a
// request's target is decoded by http/target, which is strict. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace base {

/// Each "%XX" (RFC 3986 §2.1) is the byte that it stands for; a "%" before anything else stays.
inline std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const int high = text[at] == '%' && at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
        const int low = high >= 0 ? hex_value(text[at + 2]) : -1;
        decoded.push_back(low >= 0 ? static_cast<char>(high * 16 + low) : text[at]);
        if (low >= 0) at += 2;
    }
    return decoded;
}

}  // namespace base
