// Taking and giving back.
#include "base/memory_share.h"

#include <cassert>
#include <utility>

namespace base {

MemoryHold::MemoryHold(MemoryHold&& other) noexcept : share_(other.share_), bytes_(std::exchange(other.bytes_, 0)) {}

bool MemoryHold::grow(std::size_t bytes) {
    if (bytes > share_->bytes_left_) return false;
    share_->bytes_left_ -= bytes;
    bytes_ += bytes;
    return true;
}

void MemoryHold::shrink(std::size_t bytes) {
    assert(bytes <= bytes_);
    share_->bytes_left_ += bytes;
    bytes_ -= bytes;
}

}  // namespace base
