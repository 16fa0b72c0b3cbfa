// What an event carries: a slot and its generation. A stale event finds another generation and so nothing.
#pragma once

#include <cstdint>

namespace net {

struct Token {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;

    [[nodiscard]] constexpr std::uint64_t packed() const {
        return (static_cast<std::uint64_t>(generation) << 32) | slot;
    }
    static constexpr Token unpack(std::uint64_t packed) {
        return {static_cast<std::uint32_t>(packed), static_cast<std::uint32_t>(packed >> 32)};
    }
    friend constexpr bool operator==(Token, Token) = default;
};

}  // namespace net
