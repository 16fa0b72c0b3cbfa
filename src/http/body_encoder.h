// Chunked coding of response content (RFC 9112 §7.1), around bytes that are produced in place.
// Called by server/response_producer.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace http {

/// Room to keep free in front of the content of one chunk, and behind it.
inline constexpr std::size_t kChunkFrontBytes = 10;  // up to 8 hexadecimal digits and CRLF
inline constexpr std::size_t kChunkBackBytes = 2;

/// The last chunk, without trailers.
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

/// `room` holds kChunkFrontBytes free bytes, then `content` (> 0) bytes, then kChunkBackBytes free ones. Writes the
/// chunk's framing around the content. The size is padded with zeros to fill the front, so nothing moves.
/// Returns the chunk's length in `room`, from its first byte.
std::size_t frame_chunk(std::span<std::byte> room, std::size_t content);

}  // namespace http
