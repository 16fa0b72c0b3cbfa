// Compresses a listing while it is sent: the names and rows of one directory are much alike, so about a tenth of the
// bytes is sent. Made by listings/listings, around the source of the plain form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "http/body.h"
#include "listings/listing_gathering.h"
#include "listings/listing_shares.h"
#include "media/deflate_encoder.h"

namespace listings {

/// A shorter text fits into one packet without compression.
inline constexpr std::size_t kCodedListingFrom = 1024;
/// The memory for coding one listing while it is sent: the encoder and a block of the plain form.
inline constexpr std::size_t kListingEncoderBytes = std::size_t{288} * 1024;

/// The parts of a text, one after the other.
class GatheredSource final : public http::BodySource {
public:
    explicit GatheredSource(std::shared_ptr<const GatheredText> text) : text_(std::move(text)) {}

    Pulled pull(std::span<std::byte> into) override;

private:
    std::shared_ptr<const GatheredText> text_;
    std::size_t part_ = 0;
    std::size_t offset_ = 0;  ///< in that part
};

class CodedListing final : public http::BodySource {
public:
    /// `plain`: at its beginning. `level`: 1 to 9. `hold`: kListingEncoderBytes, given back with this.
    CodedListing(std::unique_ptr<http::BodySource> plain, media::DeflateEncoder::Format format, int level,
                 ListingHold hold);

    /// The first block of the plain form is sent at once, as it would be without coding; later ones when the encoder
    /// gives them.
    Pulled pull(std::span<std::byte> into) override;
    [[nodiscard]] std::string_view lack() const override { return plain_->lack(); }

private:
    [[nodiscard]] bool fetch();

    std::unique_ptr<http::BodySource> plain_;
    media::DeflateEncoder::Format format_;
    int level_;
    ListingHold hold_;
    std::optional<media::DeflateEncoder> encoder_;  ///< from the first pull on: HEAD needs none
    std::vector<std::byte> block_;
    std::span<const std::byte> input_;  ///< of block_, not yet taken
    media::DeflateEncoder::Input kind_ = media::DeflateEncoder::Input::shown;
    enum class Next : std::uint8_t { plain, output } next_ = Next::plain;  ///< what the next pull has to get on with
};

}  // namespace listings
