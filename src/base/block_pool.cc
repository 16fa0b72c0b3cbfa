// The pool's free list, last in first out.
#include "base/block_pool.h"

#include <cassert>

namespace base {

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
