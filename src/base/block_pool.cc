// The pool's free list, last in first out.
#include "base/block_pool.h"

#include <cassert>
#include <utility>

namespace base {

Block::Block(Block&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, nullptr)) {}

Block& Block::operator=(Block&& other) noexcept {
    if (this != &other) {
        reset();
        pool_ = std::exchange(other.pool_, nullptr);
        bytes_ = std::exchange(other.bytes_, nullptr);
    }
    return *this;
}

void Block::reset() {
    if (bytes_ != nullptr) pool_->give_back(std::exchange(bytes_, nullptr));
}

BlockPool::~BlockPool() {
    assert(lent_ == 0);
    for (std::byte* bytes : unused_) delete[] bytes;
}

Block BlockPool::take() {
    ++lent_;
    if (unused_.empty()) return {this, new std::byte[block_bytes_]};
    std::byte* bytes = unused_.back();
    unused_.pop_back();
    return {this, bytes};
}

void BlockPool::give_back(std::byte* bytes) {
    --lent_;
    if (unused_.size() < keep_) {
        unused_.push_back(bytes);
    } else {
        delete[] bytes;
    }
}

}  // namespace base
