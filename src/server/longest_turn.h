// The longest turn of the loop in the last minute or two; an older one says nothing about now. Owned by the reactor,
// which measures turns where somebody can ask for this.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace server {

class LongestTurn {
public:
    void note(base::MonotonicUs took_us, base::MonotonicMs now_ms) {
        begin_minute(now_ms);
        in_this_minute_us_ = std::max(in_this_minute_us_, took_us);
    }
    /// Of the minute that is under way and of the one before it.
    [[nodiscard]] std::uint64_t longest_us(base::MonotonicMs now_ms) {
        begin_minute(now_ms);
        return static_cast<std::uint64_t>(std::max(in_this_minute_us_, in_last_minute_us_));
    }

private:
    static constexpr base::MonotonicMs kMinuteMs = 60'000;

    void begin_minute(base::MonotonicMs now_ms) {
        if (now_ms < minute_ends_ms_) return;
        const bool is_next = now_ms < minute_ends_ms_ + kMinuteMs;
        in_last_minute_us_ = is_next ? in_this_minute_us_ : 0;
        in_this_minute_us_ = 0;
        minute_ends_ms_ = now_ms + kMinuteMs;
    }

    base::MonotonicMs minute_ends_ms_ = 0;
    base::MonotonicUs in_this_minute_us_ = 0;
    base::MonotonicUs in_last_minute_us_ = 0;
};

}  // namespace server
