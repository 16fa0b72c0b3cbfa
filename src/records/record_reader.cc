// Cutting blocks into lines.
#include "records/record_reader.h"

#include <algorithm>
#include <span>

#include "base/file_io.h"

namespace records {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{16} * 1024;

}  // namespace

RecordReader::Step RecordReader::next() {
    std::size_t searched = at_;
    while (true) {
        const std::size_t newline = block_.find('\n', searched);
        const bool last = newline == std::string::npos && read_ == length_;
        if (newline == std::string::npos && !last) {
            if (block_.size() - at_ > max_line_bytes_) skipping_ = true;
            if (skipping_) at_ = block_.size();
            searched = block_.size() - at_;
            if (!fill()) return Step::failed;
            if (skipping_) return Step::skipped;
            continue;
        }
        if (last && at_ == block_.size() && !skipping_) return Step::end;
        const std::size_t end = last ? block_.size() : newline;
        line_ = std::string_view(block_).substr(at_, end - at_);
        offset_ = read_ - (block_.size() - at_);
        newline_last_ = !last;
        at_ = last ? end : end + 1;
        searched = at_;
        const bool usable = !skipping_ && line_.size() <= max_line_bytes_;
        skipping_ = false;
        if (usable) return Step::line;
    }
}

/// Moves the rest to the front and reads the next block behind it.
bool RecordReader::fill() {
    block_.erase(0, at_);
    at_ = 0;
    const std::size_t kept = block_.size();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, length_ - read_));
    block_.resize(kept + wanted);
    const auto room = std::as_writable_bytes(std::span(block_)).subspan(kept);
    const auto got = base::read_or_fail(file_, read_, room);
    error_ = got ? 0 : got.error();
    if (!got || *got != wanted) return false;
    read_ += wanted;
    return true;
}

}  // namespace records
