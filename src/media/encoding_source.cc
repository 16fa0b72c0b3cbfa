// Compresses one block of the plain form in each pull.
#include "media/encoding_source.h"

#include <utility>

namespace media {
namespace {

/// Less than a tenth of a millisecond at level 6.
constexpr std::size_t kBlockBytes = 4 * 1024;

}  // namespace

EncodingSource::EncodingSource(std::unique_ptr<http::BodySource> plain, DeflateEncoder::Format format, int level)
    : plain_(std::move(plain)), format_(format), level_(level) {}

/// Waits only where there is nothing to encode.
http::BodySource::Outcome EncodingSource::fetch() {
    const Pulled pulled = plain_->pull(block_);
    input_ = std::span(block_).first(pulled.bytes);
    if (pulled.outcome == Outcome::finished) kind_ = DeflateEncoder::Input::last;
    return pulled.outcome == Outcome::waiting && !input_.empty() ? Outcome::produced : pulled.outcome;
}

http::BodySource::Pulled EncodingSource::pull(std::span<std::byte> into) {
    if (!encoder_) {
        encoder_.emplace(format_, level_);
        block_.resize(kBlockBytes);
    }
    if (next_ == Next::plain) {
        const Outcome fetched = fetch();
        if (fetched == Outcome::failed || fetched == Outcome::waiting) return {fetched};
    }
    const auto step = encoder_->encode(input_, kind_, into);
    input_ = input_.subspan(step.consumed);
    // The encoder stops before the end of its input only when the output is full.
    next_ = step.produced == into.size() ? Next::output : Next::plain;
    if (next_ == Next::plain && kind_ == DeflateEncoder::Input::shown) kind_ = DeflateEncoder::Input::more;
    switch (step.outcome) {
        case DeflateEncoder::Outcome::progress: return {Outcome::produced, step.produced};
        case DeflateEncoder::Outcome::finished: return {Outcome::finished, step.produced};
        case DeflateEncoder::Outcome::failed: break;
    }
    return {Outcome::failed};
}

}  // namespace media
