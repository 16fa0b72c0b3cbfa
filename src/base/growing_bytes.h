// Bytes to which more are appended. Where there are many, more room is made by mapping their pages elsewhere and not by
// copying them, which would take milliseconds for some MiB. Called by files/representation_cache for coded forms.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace base {

class GrowingBytes {
public:
    GrowingBytes() = default;
    GrowingBytes(GrowingBytes&& other) noexcept
        : bytes_(std::move(other.bytes_)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    GrowingBytes& operator=(GrowingBytes&& other) noexcept {
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }

    /// `more` is none of these bytes.
    void append(std::span<const std::byte> more) {
        if (more.empty()) return;
        if (size_ + more.size() > capacity_) resize_room(std::max(size_ + more.size(), capacity_ * 2));
        std::memcpy(bytes_.get() + size_, more.data(), more.size());
        size_ += more.size();
    }
    /// Gives back the room behind the bytes.
    void trim() {
        if (size_ < capacity_ && size_ > 0) resize_room(size_);
    }

private:
    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };

    /// The C library moves large blocks by mremap(2); the C++ containers cannot ask for that.
    void resize_room(std::size_t capacity) {
        std::byte* const old = bytes_.release();
        auto* const moved = static_cast<std::byte*>(std::realloc(old, capacity));
        if (moved == nullptr) std::abort();  // as operator new ends here, too
        bytes_.reset(moved);
        capacity_ = capacity;
    }

    std::unique_ptr<std::byte, Free> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace base
