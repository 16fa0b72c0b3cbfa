// Reading and compressing files, a slice per call.
#include "files/file_source.h"

#include <algorithm>
#include <utility>

#include "base/file_io.h"

namespace files {
namespace {

/// Read from the file at once.
constexpr std::size_t kBlockBytes = 64 * 1024;
/// Input of one pull: less than a tenth of a millisecond of work at level 6.
constexpr std::size_t kSliceBytes = 4 * 1024;

}  // namespace

CompressingSource::CompressingSource(std::shared_ptr<const http::BodyFile> file, http::Blob bytes, std::uint64_t length,
                                     media::DeflateEncoder::Format format, int level, std::unique_ptr<Keeper> keeper)
    : file_(std::move(file)),
      bytes_(std::move(bytes)),
      length_(length),
      format_(format),
      level_(level),
      keeper_(std::move(keeper)) {}

CompressingSource::Fill CompressingSource::fill() {
    std::uint64_t ready = length_ - offset_;
    if (file_ != nullptr && wake_) ready = ahead_.ready(*file_, offset_, ready, *wake_);
    if (ready == 0) return Fill::waiting;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, ready));
    if (file_ == nullptr) {
        input_ = bytes_.bytes.subspan(static_cast<std::size_t>(offset_), wanted);
    } else {
        buffer_.resize(std::max(buffer_.size(), wanted));
        if (!base::read_exactly(file_->descriptor(), offset_, std::span(buffer_).first(wanted))) return Fill::failed;
        input_ = std::span(buffer_).first(wanted);
    }
    offset_ += wanted;
    return Fill::filled;
}

http::BodySource::Pulled CompressingSource::pull(std::span<std::byte> into) {
    if (encoder_ == nullptr) encoder_ = std::make_unique<media::DeflateEncoder>(format_, level_);
    if (input_.empty() && offset_ < length_) {
        switch (fill()) {
            case Fill::filled: break;
            case Fill::waiting: return {Outcome::waiting};
            case Fill::failed: return {Outcome::failed};
        }
    }
    std::size_t produced = 0;
    auto outcome = media::DeflateEncoder::Outcome::progress;
    std::span<const std::byte> slice = input_.first(std::min(input_.size(), kSliceBytes));
    const bool is_last = offset_ == length_ && slice.size() == input_.size();
    const auto kind = is_last ? media::DeflateEncoder::Input::last : media::DeflateEncoder::Input::more;
    // One slice of input, or as much of it as fills the output.
    do {
        const auto step = encoder_->encode(slice, kind, into.subspan(produced));
        slice = slice.subspan(step.consumed);
        input_ = input_.subspan(step.consumed);
        produced += step.produced;
        outcome = step.outcome;
        if (step.consumed == 0 && step.produced == 0) break;
    } while (outcome == media::DeflateEncoder::Outcome::progress && !slice.empty() && produced < into.size());

    if (outcome == media::DeflateEncoder::Outcome::failed) return {Outcome::failed};
    if (keeper_ != nullptr) keeper_->append(std::span<const std::byte>(into).first(produced));
    if (outcome == media::DeflateEncoder::Outcome::progress) return {Outcome::produced, produced};
    if (file_ != nullptr && !file_->unchanged()) return {Outcome::failed};
    if (keeper_ != nullptr) keeper_->complete();
    return {Outcome::finished, produced};
}

}  // namespace files
