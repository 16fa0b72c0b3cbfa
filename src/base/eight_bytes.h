// Eight bytes of text, looked at all at once: what most heads and paths are made of needs no loop over their bytes.
// Used by the parser of heads and of targets, and for names that begin with a dot; pure.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace base {

/// The functions mark the bytes that they are asked for, each in its highest bit; the first byte is the lowest one. The
/// first mark is right, and no mark means no such byte; bytes behind a marked one may be marked without need.
class EightBytes {
public:
    using Marks = std::uint64_t;

    /// Eight bytes from `text` on can be read.
    explicit EightBytes(const char* text) {
        std::memcpy(&word_, text, sizeof word_);
        if constexpr (std::endian::native == std::endian::big) word_ = std::byteswap(word_);
    }
    /// The bytes that are `c`, which is ASCII.
    [[nodiscard]] Marks equal_to(char c) const {
        const std::uint64_t zero = word_ ^ (kOnes * static_cast<unsigned char>(c));
        return (zero - kOnes) & ~zero & kHighs;
    }
    /// The bytes below `limit`, which is at most 0x80.
    [[nodiscard]] Marks below(unsigned char limit) const { return (word_ - kOnes * limit) & ~word_ & kHighs; }

private:
    static constexpr std::uint64_t kOnes = 0x0101010101010101;
    static constexpr std::uint64_t kHighs = 0x8080808080808080;

    std::uint64_t word_;
};

/// False when `second` stands nowhere in `text` right behind `first`. Both are ASCII. May be true without need.
inline bool may_have_pair(std::string_view text, char first, char second) {
    if (text.size() < 8) return text.find(second) != std::string_view::npos;
    const auto has_pair = [&](std::size_t at) {
        const EightBytes eight(text.data() + at);
        return (eight.equal_to(first) << 8 & eight.equal_to(second)) != 0;
    };
    // Each look shares a byte with the next one.
    for (std::size_t at = 0; at + 8 < text.size(); at += 7) {
        if (has_pair(at)) return true;
    }
    return has_pair(text.size() - 8);
}

}  // namespace base
