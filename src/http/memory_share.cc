// Taking and giving back.
#include "http/memory_share.h"

#include <cassert>
#include <utility>

namespace http {

MemoryHold::MemoryHold(MemoryHold&& other) noexcept
    : share_(other.share_), held_(std::move(other.held_)), bytes_(std::exchange(other.bytes_, 0)) {}

bool MemoryHold::grow(std::size_t bytes) {
    if (bytes == 0) return true;
    if (bytes > share_->bytes_left_) return false;
    if (held_ && share_->held_by_.bytes_of(held_.client()) + bytes > share_->bytes_left_ - bytes) {
        ++share_->over_share_;
        return false;
    }
    share_->bytes_left_ -= bytes;
    bytes_ += bytes;
    held_.set_bytes(bytes_);
    return true;
}

void MemoryHold::shrink(std::size_t bytes) {
    assert(bytes <= bytes_);
    share_->bytes_left_ += bytes;
    bytes_ -= bytes;
    held_.set_bytes(bytes_);
}

}  // namespace http
