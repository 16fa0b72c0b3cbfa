// gzip (RFC 1952) and deflate (zlib, RFC 1950) from slices of input into slices of output, by zlib. Called by the
// compressing sources, and for small files by the representation cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace media {

/// The memory of one encoder, about.
inline constexpr std::size_t kDeflateEncoderBytes = std::size_t{270} * 1024;

class DeflateEncoder {
public:
    enum class Format : std::uint8_t {
        gzip,  ///< without name and time: the same input gives the same bytes
        zlib,  ///< what HTTP calls "deflate" (RFC 9110 §8.4.1.2)
    };
    enum class Outcome : std::uint8_t {
        progress,  ///< all input was taken, or the output is full; call again
        finished,  ///< the last byte was written
        failed,    ///< no memory, or used after the end
    };
    /// What follows the input.
    enum class Input : std::uint8_t {
        more,   ///< further input: the encoder keeps what it likes
        shown,  ///< further input, later: what was taken so far is put out, so that the decoder can show it
        last,   ///< nothing
    };
    struct Step {
        Outcome outcome;
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };

    /// `level`: 1 (fast) to 9 (small). Allocates kDeflateEncoderBytes.
    DeflateEncoder(Format format, int level);
    ~DeflateEncoder();
    DeflateEncoder(DeflateEncoder&&) noexcept;
    DeflateEncoder& operator=(DeflateEncoder&&) noexcept;

    /// Keep calling with what was not consumed and the same `kind` while the output comes back full, and with the last
    /// input until finished.
    Step encode(std::span<const std::byte> input, Input kind, std::span<std::byte> output);

private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

/// All of `input` at once; nullopt when there is no memory, or the result would be longer than `limit_bytes`.
[[nodiscard]] std::optional<std::vector<std::byte>> encode_whole(DeflateEncoder::Format format, int level,
                                                                 std::span<const std::byte> input,
                                                                 std::size_t limit_bytes);

}  // namespace media
