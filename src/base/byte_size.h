// A number of bytes for people to read. Called where sizes are written: options, and the refusal of a long upload.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace base {

struct ByteSize {
    std::uint64_t count;
    std::string_view prefix;  ///< "K" (2^10), "M", "G" or "T"; empty: bytes
};

/// In the largest unit that keeps the number whole.
constexpr ByteSize in_largest_unit(std::uint64_t bytes) {
    constexpr std::pair<unsigned, std::string_view> kUnits[] = {{40, "T"}, {30, "G"}, {20, "M"}, {10, "K"}};
    for (const auto& [bits, prefix] : kUnits) {
        const std::uint64_t size = std::uint64_t{1} << bits;
        if (bytes >= size && bytes % size == 0) return {bytes >> bits, prefix};
    }
    return {bytes, {}};
}

}  // namespace base
