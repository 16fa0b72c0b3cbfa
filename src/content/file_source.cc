// Reading and compressing files, a slice per call.
#include "content/file_source.h"

#include <algorithm>
#include <utility>

#include "content/file_io.h"
#include "content/validators.h"

namespace content {
namespace {

/// Input of one pull: about a millisecond of work at level 6.
constexpr std::size_t kSliceBytes = 64 * 1024;

bool rests(const timespec& time, std::int64_t now_seconds) {
    return time.tv_sec < now_seconds - kRestNs / base::kNsPerSecond;
}

}  // namespace

OpenFile::OpenFile(base::Fd descriptor, const struct stat& status, const base::Clock& clock, DiskQueue* disk)
    : descriptor_(std::move(descriptor)),
      status_(status),
      told_by_mtime_(!is_young_stamp(status.st_mtim, clock.unix_ns())),
      clock_(clock),
      disk_(disk) {}

OpenFile::~OpenFile() {
    struct stat now{};
    if (disk_ == nullptr || ::fstat(descriptor_.get(), &now) != 0 || now.st_nlink > 0) return;
    disk_->close_later(std::move(descriptor_));
}

bool OpenFile::unchanged() const {
    struct stat now;
    if (::fstat(descriptor_.get(), &now) != 0) return false;
    if (is_same_version(now, status_)) return true;
    // A file that another one replaces loses a link, which changes its ctime; its bytes are still those promised.
    return told_by_mtime_ && now.st_nlink != status_.st_nlink && now.st_size == status_.st_size &&
           now.st_mtim.tv_sec == status_.st_mtim.tv_sec && now.st_mtim.tv_nsec == status_.st_mtim.tv_nsec;
}

bool OpenFile::at_rest() const {
    const std::int64_t now = clock_.unix_seconds();
    return rests(status_.st_mtim, now) && rests(status_.st_ctim, now);
}

CompressingSource::CompressingSource(std::shared_ptr<const OpenFile> file, http::Blob bytes, std::uint64_t length,
                                     DeflateEncoder::Format format, int level, std::unique_ptr<Keeper> keeper)
    : file_(std::move(file)),
      bytes_(std::move(bytes)),
      length_(length),
      format_(format),
      level_(level),
      keeper_(std::move(keeper)) {}

bool CompressingSource::fill() {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kSliceBytes, length_ - offset_));
    if (file_ == nullptr) {
        input_ = bytes_.bytes.subspan(static_cast<std::size_t>(offset_), wanted);
    } else {
        buffer_.resize(std::max(buffer_.size(), wanted));
        if (read_at(file_->descriptor(), offset_, std::span(buffer_).first(wanted)) != wanted) return false;
        input_ = std::span(buffer_).first(wanted);
    }
    offset_ += wanted;
    return true;
}

http::BodySource::Pulled CompressingSource::pull(std::span<std::byte> into) {
    if (encoder_ == nullptr) encoder_ = std::make_unique<DeflateEncoder>(format_, level_);
    if (input_.empty() && offset_ < length_ && !fill()) return {Outcome::failed};
    std::size_t produced = 0;
    auto outcome = DeflateEncoder::Outcome::progress;
    const auto kind = offset_ == length_ ? DeflateEncoder::Input::last : DeflateEncoder::Input::more;
    // One slice of input, or as much of it as fills the output.
    do {
        const auto step = encoder_->encode(input_, kind, into.subspan(produced));
        input_ = input_.subspan(step.consumed);
        produced += step.produced;
        outcome = step.outcome;
        if (step.consumed == 0 && step.produced == 0) break;
    } while (outcome == DeflateEncoder::Outcome::progress && !input_.empty() && produced < into.size());

    if (outcome == DeflateEncoder::Outcome::failed) return {Outcome::failed};
    if (keeper_ != nullptr) keeper_->append(std::span<const std::byte>(into).first(produced));
    if (outcome == DeflateEncoder::Outcome::progress) return {Outcome::produced, produced};
    if (file_ != nullptr && !file_->unchanged()) return {Outcome::failed};
    if (keeper_ != nullptr) keeper_->complete();
    return {Outcome::finished, produced};
}

}  // namespace content
