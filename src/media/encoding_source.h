// Compresses what another source makes, while it is sent. Called by listings and archives.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "http/body.h"
#include "media/deflate_encoder.h"

namespace media {

/// The memory for encoding one source: the encoder and a block of the plain form.
inline constexpr std::size_t kEncodingSourceBytes = std::size_t{288} * 1024;

class EncodingSource : public http::BodySource {
public:
    /// `plain`: at its beginning. `level`: 1 to 9.
    EncodingSource(std::unique_ptr<http::BodySource> plain, DeflateEncoder::Format format, int level);

    /// The first block of the plain form is sent at once, as it would be without coding; later ones when the encoder
    /// gives them. Fails when the plain form does.
    Pulled pull(std::span<std::byte> into) override;
    void wake_with(http::Wake wake) override { plain_->wake_with(wake); }
    [[nodiscard]] std::string_view lack() const override { return plain_->lack(); }
    [[nodiscard]] std::size_t memory_bytes() const override {
        return (encoder_ ? kEncodingSourceBytes : 0) + plain_->memory_bytes();
    }

private:
    [[nodiscard]] Outcome fetch();

    std::unique_ptr<http::BodySource> plain_;
    DeflateEncoder::Format format_;
    int level_;
    std::optional<DeflateEncoder> encoder_;  ///< from the first pull on: HEAD needs none
    std::vector<std::byte> block_;
    std::span<const std::byte> input_;  ///< of block_, not yet taken
    DeflateEncoder::Input kind_ = DeflateEncoder::Input::shown;
    enum class Next : std::uint8_t { plain, output } next_ = Next::plain;  ///< what the next pull has to get on with
};

}  // namespace media
