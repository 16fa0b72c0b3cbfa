// Compresses a listing while it is sent: the names and rows of one directory are much alike, so about a tenth of the
// bytes is sent. Made by listings/sent_listing, around the source of the plain form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "http/body.h"
#include "listings/listing_gathering.h"
#include "listings/listing_shares.h"
#include "media/encoding_source.h"

namespace listings {

/// A shorter text fits into one packet without compression.
inline constexpr std::size_t kCodedListingFrom = 1024;

/// The parts of a text, one after the other.
class GatheredSource final : public http::BodySource {
public:
    explicit GatheredSource(std::shared_ptr<const GatheredText> text) : text_(std::move(text)) {}

    Pulled pull(std::span<std::byte> into) override;
    [[nodiscard]] std::size_t memory_bytes() const override { return text_->hold.bytes(); }

private:
    std::shared_ptr<const GatheredText> text_;
    std::size_t part_ = 0;
    std::size_t offset_ = 0;  ///< in that part
};

class CodedListing final : public media::EncodingSource {
public:
    /// `plain`: at its beginning. `level`: 1 to 9. `hold`: kEncodingSourceBytes, given back with this.
    CodedListing(std::unique_ptr<http::BodySource> plain, media::DeflateEncoder::Format format, int level,
                 ListingHold hold)
        : EncodingSource(std::move(plain), format, level), hold_(std::move(hold)) {}

private:
    ListingHold hold_;
};

}  // namespace listings
