// Taking and giving back.
#include "http/memory_share.h"

#include <cassert>
#include <utility>

namespace http {

MemoryHold::MemoryHold(MemoryHold&& other) noexcept
    : share_(other.share_), client_(other.client_), bytes_(std::exchange(other.bytes_, 0)) {}

bool MemoryHold::grow(std::size_t bytes) {
    if (bytes == 0) return true;
    if (bytes > share_->bytes_left_) return false;
    if (client_ != ClientKey()) {
        const auto found = share_->held_by_.find(client_);
        const std::size_t held = found == share_->held_by_.end() ? 0 : found->second;
        if (held + bytes > share_->bytes_left_ - bytes) {
            ++share_->over_share_;
            return false;
        }
        share_->held_by_[client_] = held + bytes;
    }
    share_->bytes_left_ -= bytes;
    bytes_ += bytes;
    return true;
}

void MemoryHold::shrink(std::size_t bytes) {
    assert(bytes <= bytes_);
    if (bytes == 0) return;
    share_->bytes_left_ += bytes;
    bytes_ -= bytes;
    if (client_ == ClientKey()) return;
    const auto found = share_->held_by_.find(client_);
    found->second -= bytes;
    if (found->second == 0) share_->held_by_.erase(found);
}

}  // namespace http
