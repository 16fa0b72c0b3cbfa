// How long things took, counted in fixed ranges: what a histogram of /metrics shows. An owner of counters keeps one
// beside its other numbers and registers it (base/counters.h).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace base {

class Durations {
public:
    /// Range N holds what took less than 2^N milliseconds and no less than the range before; the last one has no end.
    static constexpr std::size_t kRanges = 17;

    void add(MonotonicMs duration_ms) {
        const auto ms = static_cast<std::uint64_t>(std::max<MonotonicMs>(duration_ms, 0));
        ++in_range_[std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(ms)), kRanges - 1)];
        sum_ms_ += ms;
    }

    [[nodiscard]] std::uint64_t in_range(std::size_t range) const { return in_range_[range]; }
    /// Where the range ends; of the last one it means nothing.
    [[nodiscard]] static constexpr std::uint64_t end_ms(std::size_t range) { return std::uint64_t{1} << range; }
    [[nodiscard]] std::uint64_t sum_ms() const { return sum_ms_; }
    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t count = 0;
        for (const std::uint64_t in_one : in_range_) count += in_one;
        return count;
    }

private:
    std::array<std::uint64_t, kRanges> in_range_{};
    std::uint64_t sum_ms_ = 0;
};

}  // namespace base
