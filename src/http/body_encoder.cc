// Size lines without leading zeros, written backwards from the content.
#include "http/body_encoder.h"

#include <cassert>
#include <cstring>
#include <string_view>

namespace http {

namespace {

constexpr std::string_view kLastChunk = "0\r\n\r\n";
static_assert(kChunkBackBytes == 2 + kLastChunk.size());

}  // namespace

std::span<std::byte> chunk_content(std::span<std::byte> block) {
    assert(block.size() > kChunkFrontBytes + kChunkBackBytes);
    assert(block.size() - kChunkFrontBytes - kChunkBackBytes <= UINT32_MAX);
    return block.subspan(kChunkFrontBytes, block.size() - kChunkFrontBytes - kChunkBackBytes);
}

std::span<const std::byte> enclose_chunk(std::span<std::byte> block, std::size_t content_bytes, ChunkEnd end) {
    assert(content_bytes + kChunkFrontBytes + kChunkBackBytes <= block.size());
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::size_t first = kChunkFrontBytes;
    std::size_t last = kChunkFrontBytes;
    if (content_bytes > 0) {
        block[--first] = std::byte{'\n'};
        block[--first] = std::byte{'\r'};
        for (std::size_t size = content_bytes; size > 0; size /= 16) {
            block[--first] = static_cast<std::byte>(kDigits[size % 16]);
        }
        last += content_bytes;
        block[last++] = std::byte{'\r'};
        block[last++] = std::byte{'\n'};
    }
    if (end == ChunkEnd::last) {
        std::memcpy(block.data() + last, kLastChunk.data(), kLastChunk.size());
        last += kLastChunk.size();
    }
    return block.subspan(first, last - first);
}

}  // namespace http
