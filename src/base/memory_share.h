// Memory that all work of one kind may hold together: each takes from the share and gives back. Called by listings and
// archives.
#pragma once

#include <cstddef>

namespace base {

class MemoryShare {
public:
    explicit MemoryShare(std::size_t max_bytes) : bytes_left_(max_bytes) {}
    MemoryShare(const MemoryShare&) = delete;
    MemoryShare& operator=(const MemoryShare&) = delete;

    [[nodiscard]] std::size_t bytes_left() const { return bytes_left_; }

private:
    friend class MemoryHold;

    std::size_t bytes_left_;
};

/// The bytes that one holder took; they are given back at the end of its scope. `share` must outlive it.
class MemoryHold {
public:
    explicit MemoryHold(MemoryShare& share) : share_(&share) {}
    MemoryHold(MemoryHold&& other) noexcept;
    MemoryHold& operator=(MemoryHold&&) = delete;
    MemoryHold(const MemoryHold&) = delete;
    MemoryHold& operator=(const MemoryHold&) = delete;
    ~MemoryHold() { share_->bytes_left_ += bytes_; }

    /// False when all holders together would have too much; nothing changes then.
    [[nodiscard]] bool grow(std::size_t bytes);
    /// `bytes`: at most what is held.
    void shrink(std::size_t bytes);
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    MemoryShare* share_;
    std::size_t bytes_ = 0;
};

}  // namespace base
