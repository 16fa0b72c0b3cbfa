// Bytes received and not yet consumed, in one borrowed block: readable ones in front, room behind.
// Empty means no block is held. Called by the connection.
#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/block_pool.h"

namespace base {

class ByteBuffer {
public:
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    [[nodiscard]] std::size_t size() const { return end_ - begin_; }
    /// Of the block that is held.
    [[nodiscard]] std::size_t memory_bytes() const { return block_ ? capacity_ : 0; }
    [[nodiscard]] std::span<const std::byte> readable() const { return {block_.data() + begin_, size()}; }
    [[nodiscard]] std::string_view text() const {
        return empty() ? std::string_view()
                       : std::string_view(reinterpret_cast<const char*>(block_.data()) + begin_, size());
    }

    /// Room for more, after what is readable was moved to the front; empty when the block is full.
    /// Borrows a block when none is held. Views of the readable bytes are invalid afterwards.
    [[nodiscard]] std::span<std::byte> writable(BlockPool& pool) {
        if (!block_) {
            block_ = pool.take();
            capacity_ = static_cast<std::uint32_t>(pool.block_bytes());
        }
        if (begin_ > 0) {
            std::memmove(block_.data(), block_.data() + begin_, size());
            end_ -= begin_;
            begin_ = 0;
        }
        return {block_.data() + end_, capacity_ - end_};
    }

    /// `count` bytes of the room were filled.
    void commit(std::size_t count) {
        assert(end_ + count <= capacity_);
        end_ += static_cast<std::uint32_t>(count);
        release_if_empty();
    }

    /// Drops `count` bytes in front. The bytes stay where they are in memory until release_if_empty() or writable().
    void consume(std::size_t count) {
        assert(count <= size());
        begin_ += static_cast<std::uint32_t>(count);
    }

    /// Returns the block when nothing is left in it.
    void release_if_empty() {
        if (!empty()) return;
        block_.reset();
        begin_ = end_ = 0;
    }

private:
    Block block_;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t capacity_ = 0;
};

}  // namespace base
