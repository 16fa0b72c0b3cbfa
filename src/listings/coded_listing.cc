// Compresses one block of the plain form in each pull.
#include "listings/coded_listing.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace listings {
namespace {

/// Less than a tenth of a millisecond at level 6.
constexpr std::size_t kBlockBytes = 4 * 1024;

}  // namespace

http::BodySource::Pulled GatheredSource::pull(std::span<std::byte> into) {
    std::size_t produced = 0;
    while (part_ < text_->parts.size() && produced < into.size()) {
        const std::string& part = text_->parts[part_];
        const std::size_t count = std::min(part.size() - offset_, into.size() - produced);
        std::memcpy(into.data() + produced, part.data() + offset_, count);
        produced += count;
        offset_ += count;
        if (offset_ < part.size()) break;
        ++part_;
        offset_ = 0;
    }
    return {part_ == text_->parts.size() ? Outcome::finished : Outcome::produced, produced};
}

CodedListing::CodedListing(std::unique_ptr<http::BodySource> plain, media::DeflateEncoder::Format format, int level,
                           ListingHold hold)
    : plain_(std::move(plain)), format_(format), level_(level), hold_(std::move(hold)) {}

/// False when the plain form cannot be made to its end.
bool CodedListing::fetch() {
    const Pulled pulled = plain_->pull(block_);
    input_ = std::span(block_).first(pulled.bytes);
    if (pulled.outcome == Outcome::finished) kind_ = media::DeflateEncoder::Input::last;
    return pulled.outcome != Outcome::failed;
}

http::BodySource::Pulled CodedListing::pull(std::span<std::byte> into) {
    if (!encoder_) {
        encoder_.emplace(format_, level_);
        block_.resize(kBlockBytes);
    }
    if (next_ == Next::plain && !fetch()) return {Outcome::failed};
    const auto step = encoder_->encode(input_, kind_, into);
    input_ = input_.subspan(step.consumed);
    // The encoder stops before the end of its input only when the output is full.
    next_ = step.produced == into.size() ? Next::output : Next::plain;
    if (next_ == Next::plain && kind_ == media::DeflateEncoder::Input::shown)
        kind_ = media::DeflateEncoder::Input::more;
    switch (step.outcome) {
        case media::DeflateEncoder::Outcome::progress: return {Outcome::produced, step.produced};
        case media::DeflateEncoder::Outcome::finished: return {Outcome::finished, step.produced};
        case media::DeflateEncoder::Outcome::failed: break;
    }
    return {Outcome::failed};
}

}  // namespace listings
