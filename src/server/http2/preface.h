// What a client of HTTP/2 sends first, as HTTP/1 sees it. Pure; called by http1::Connection.
#pragma once

#include <cstdint>
#include <string_view>

namespace server::http2 {

/// RFC 9113 §3.4. Chosen so that no HTTP/1 request begins with it.
inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum class PrefaceMatch : std::uint8_t {
    none,   ///< these bytes are something else
    begun,  ///< all of them belong to the preface, and it is not whole
    whole,  ///< the preface, and perhaps more behind it
};

/// `first`: all bytes of a connection so far.
[[nodiscard]] constexpr PrefaceMatch match_preface(std::string_view first) {
    const std::string_view seen = first.substr(0, kPreface.size());
    if (!kPreface.starts_with(seen)) return PrefaceMatch::none;
    return seen.size() == kPreface.size() ? PrefaceMatch::whole : PrefaceMatch::begun;
}

}  // namespace server::http2
