// Fixed blocks of memory that connections borrow while bytes wait in them: an idle connection owns none.
// The last block returned is the next one lent, so that a busy loop works in memory that is warm.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace base {

class BlockPool;

/// One borrowed block; returns itself to its pool. The pool must outlive it.
class Block {
public:
    Block() = default;
    Block(Block&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, nullptr)) {}
    Block& operator=(Block&& other) noexcept;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() { reset(); }

    [[nodiscard]] std::byte* data() const { return bytes_; }
    [[nodiscard]] explicit operator bool() const { return bytes_ != nullptr; }
    /// Of the memory that is borrowed; 0 without a block.
    [[nodiscard]] std::size_t size() const;
    void reset();

private:
    friend class BlockPool;
    Block(BlockPool* pool, std::byte* bytes) : pool_(pool), bytes_(bytes) {}

    BlockPool* pool_ = nullptr;
    std::byte* bytes_ = nullptr;
};

class BlockPool {
public:
    /// `block_bytes`: the size of every block. `keep`: how many unused blocks stay allocated for the next borrower.
    BlockPool(std::size_t block_bytes, std::size_t keep) : block_bytes_(block_bytes), keep_(keep) {}
    BlockPool(const BlockPool&) = delete;
    BlockPool& operator=(const BlockPool&) = delete;
    ~BlockPool();

    [[nodiscard]] Block take();
    [[nodiscard]] std::size_t block_bytes() const { return block_bytes_; }
    /// Blocks lent out now.
    [[nodiscard]] std::size_t lent() const { return lent_; }

private:
    friend class Block;
    void give_back(std::byte* bytes);

    std::size_t block_bytes_;
    std::size_t keep_;
    std::size_t lent_ = 0;
    std::vector<std::byte*> unused_;
};

inline Block& Block::operator=(Block&& other) noexcept {
    if (this != &other) {
        reset();
        pool_ = std::exchange(other.pool_, nullptr);
        bytes_ = std::exchange(other.bytes_, nullptr);
    }
    return *this;
}

inline std::size_t Block::size() const { return pool_ == nullptr ? 0 : pool_->block_bytes(); }

// Inline: most blocks that are destroyed are empty, left behind by a move.
inline void Block::reset() {
    if (bytes_ != nullptr) pool_->give_back(std::exchange(bytes_, nullptr));
}

}  // namespace base
