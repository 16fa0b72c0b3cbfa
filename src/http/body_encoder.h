// The chunked coding (RFC 9112 §7.1) around bytes that a source writes in place: room for the size line is kept in
// front of them and for the CRLF behind, so nothing is moved. Called by the connection for sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace http {

/// What follows the chunk.
enum class ChunkEnd : std::uint8_t {
    more_follows,
    last,  ///< the body ends: the last chunk and an empty trailer section are added
};

/// Room in front of the content: eight hexadecimal digits and CRLF.
inline constexpr std::size_t kChunkFrontBytes = 10;
/// Room behind it: CRLF, then "0 CRLF CRLF".
inline constexpr std::size_t kChunkBackBytes = 7;

/// The part of `block` where the content of one chunk goes. `block`: more than kChunkFrontBytes + kChunkBackBytes and
/// less than 4 GiB.
[[nodiscard]] std::span<std::byte> chunk_content(std::span<std::byte> block);

/// Puts the coding around the first `content_bytes` of chunk_content(block). Returns what is to be sent: a part of
/// `block`; empty for no content with more to follow (a chunk of size 0 would end the body).
[[nodiscard]] std::span<const std::byte> enclose_chunk(std::span<std::byte> block, std::size_t content_bytes,
                                                       ChunkEnd end);

}  // namespace http
