// Finds a number that is free where the lower ones are taken, most often without a gap: in a number of looks that grows
// with its digits, whatever somebody took in advance. Called by FileCommit. Pure.
#pragma once

#include <algorithm>
#include <optional>

namespace storage {

/// Where the numbers have gaps, so many are tried in no order. With one of ten free, 64 all miss once in a thousand.
inline constexpr unsigned kGapLooks = 64;

/// A number from 1 to `most` for which `is_taken(number)` is false: the first one when the lower ones are all taken and
/// the higher ones free. nullopt: all that were looked at are taken. `spread`: any number, which changes from call to
/// call.
template <typename IsTaken>
[[nodiscard]] std::optional<unsigned> find_free_number(unsigned most, unsigned spread, IsTaken is_taken) {
    unsigned taken = 0;
    for (unsigned step = 1; taken < most; step *= 2) {
        unsigned next = std::min(taken + step, most);
        if (is_taken(next)) {
            taken = next;
            continue;
        }
        // The number below a free one that stays taken in all looks makes the free one the next.
        while (next - taken > 1) {
            const unsigned middle = taken + (next - taken) / 2;
            (is_taken(middle) ? taken : next) = middle;
        }
        return next;
    }
    constexpr unsigned kStride = 617;  // a prime
    for (unsigned look = 0; look < std::min(kGapLooks, most); ++look) {
        const unsigned number = (spread % most + look * kStride) % most + 1;
        if (!is_taken(number)) return number;
    }
    return std::nullopt;
}

}  // namespace storage
