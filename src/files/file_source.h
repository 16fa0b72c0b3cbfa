// A source that compresses a file, or bytes in memory, while it is sent. Made by the representation cache.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "http/body.h"
#include "http/read_ahead.h"
#include "media/deflate_encoder.h"

namespace files {

/// Compresses a file, or bytes in memory, slice by slice while it is sent. Fails when the file turns out shorter, or
/// was changed: the client then sees an incomplete answer.
class CompressingSource final : public http::BodySource {
public:
    /// Receives what was compressed, so that it can be kept. Used by one source at a time.
    class Keeper {
    public:
        virtual ~Keeper() = default;
        /// The next coded bytes.
        virtual void append(std::span<const std::byte> coded) = 0;
        /// Everything was given, and the file is still the same version.
        virtual void complete() = 0;
    };

    /// `file` or `bytes` is the input, `length` bytes long; `owner` keeps `bytes` alive. `keeper` may be null.
    CompressingSource(std::shared_ptr<const http::BodyFile> file, http::Blob bytes, std::uint64_t length,
                      media::DeflateEncoder::Format format, int level, std::unique_ptr<Keeper> keeper);

    void wake_with(http::Wake wake) override { wake_ = wake; }
    Pulled pull(std::span<std::byte> into) override;
    [[nodiscard]] std::size_t memory_bytes() const override {
        return (encoder_ == nullptr ? 0 : media::kDeflateEncoderBytes) + buffer_.capacity();
    }

private:
    enum class Fill : std::uint8_t { filled, waiting, failed };
    [[nodiscard]] Fill fill();

    std::shared_ptr<const http::BodyFile> file_;
    http::Blob bytes_;
    std::uint64_t length_;
    std::uint64_t offset_ = 0;  ///< of the input that was read so far
    media::DeflateEncoder::Format format_;
    int level_;
    std::unique_ptr<Keeper> keeper_;
    std::unique_ptr<media::DeflateEncoder> encoder_;  ///< made by the first pull: a HEAD never needs it
    std::vector<std::byte> buffer_;
    std::span<const std::byte> input_;  ///< read and not yet compressed
    http::ReadAhead ahead_;
    std::optional<http::Wake> wake_;
};

}  // namespace files
