// Feeds a text to a parser in every way it can be cut, right in front of a page that cannot be read: what looks one
// byte too far crashes. For the tests of everything that takes bytes from the network.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <vector>

namespace support {

/// Memory whose last byte is followed by an unreadable page.
class GuardedText {
public:
    /// Holds at most `capacity_bytes` at once.
    explicit GuardedText(std::size_t capacity_bytes) {
        const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        readable_bytes_ = std::max<std::size_t>(1, (capacity_bytes + page - 1) / page) * page;
        mapped_bytes_ = readable_bytes_ + page;
        void* mapped = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) throw std::bad_alloc();
        begin_ = static_cast<char*>(mapped);
        if (::mprotect(begin_ + readable_bytes_, page, PROT_NONE) != 0) throw std::bad_alloc();
    }
    GuardedText(const GuardedText&) = delete;
    GuardedText& operator=(const GuardedText&) = delete;
    ~GuardedText() { ::munmap(begin_, mapped_bytes_); }

    /// A copy of `text` that ends at the guard. Valid until the next call; what was there before is overwritten.
    [[nodiscard]] std::string_view hold(std::string_view text) {
        std::memset(begin_, '\n', readable_bytes_);
        char* const at = begin_ + readable_bytes_ - text.size();
        if (!text.empty()) std::memcpy(at, text.data(), text.size());
        return {at, text.size()};
    }
    [[nodiscard]] std::span<const std::byte> hold_bytes(std::string_view text) {
        return std::as_bytes(std::span<const char>(hold(text)));
    }

private:
    char* begin_ = nullptr;
    std::size_t readable_bytes_ = 0;
    std::size_t mapped_bytes_ = 0;
};

/// How many bytes have arrived, receive after receive; the last is the text's size.
using Arrivals = std::vector<std::size_t>;

inline Arrivals whole(std::string_view text) { return {text.size()}; }

inline Arrivals byte_by_byte(std::string_view text) {
    Arrivals arrivals;
    for (std::size_t bytes = 1; bytes <= text.size(); ++bytes) arrivals.push_back(bytes);
    return arrivals;
}

/// The whole, byte by byte, and every cut into two.
inline std::vector<Arrivals> every_way(std::string_view text) {
    std::vector<Arrivals> ways{whole(text), byte_by_byte(text)};
    for (std::size_t cut = 1; cut < text.size(); ++cut) ways.push_back({cut, text.size()});
    return ways;
}

}  // namespace support
