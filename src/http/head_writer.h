// Response heads as bytes (RFC 9112 §4): a handful of copies into room that the caller owns.
// Called by server/response_producer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "http/response.h"
#include "http/status.h"

namespace http {

/// "Date: Sat, 21 Nov 2026 04:32:10 GMT\r\n", built once per second.
class DateLine {
public:
    /// Builds the line anew when the second changed.
    void update(std::int64_t unix_seconds);
    [[nodiscard]] std::string_view text() const { return {text_, length_}; }

private:
    std::int64_t second_ = -1;
    std::size_t length_ = 0;
    char text_[64] = {};
};

/// How the content is delimited, and what becomes of the connection.
struct HeadFraming {
    enum class Length : std::uint8_t { none, content_length, chunked };
    enum class Persistence : std::uint8_t { implied, keep_alive, close };

    Length length = Length::none;
    std::uint64_t content_length = 0;
    Persistence persistence = Persistence::implied;  ///< `implied` sends no Connection field
};

/// An upper bound of what write_head() writes for this response.
[[nodiscard]] std::size_t head_bytes_bound(const Response& response);

/// Writes status line, Date, Server, the prepared lines, the response's own lines, framing, Connection and the empty
/// line. `into` holds at least head_bytes_bound(response) bytes. Returns how many were written.
std::size_t write_head(const Response& response, const HeadFraming& framing, std::string_view date_line,
                       std::span<std::byte> into);

}  // namespace http
