// A clock that stands still until a test moves it.
#pragma once

#include "base/clock.h"

class FakeClock final : public base::Clock {
public:
    /// Starts at an arbitrary monotonic time and at `unix_seconds` (by default the date of RFC 9110's examples:
    /// Sun, 06 Nov 1994 08:49:37 GMT).
    explicit FakeClock(std::int64_t unix_seconds = 784'111'777) {
        now_ms_ = 1'000'000;
        unix_ns_ = unix_seconds * base::kNsPerSecond;
    }

    /// Time moves only by advance_ms() and advance_us().
    void update() override {}
    [[nodiscard]] base::MonotonicUs read_us() const override { return now_ms_ * 1000 + within_turn_us_; }

    void advance_ms(std::int64_t milliseconds) {
        now_ms_ += milliseconds;
        unix_ns_ += milliseconds * 1'000'000;
    }
    /// What passes within a turn: only read_us() sees it.
    void advance_us(std::int64_t microseconds) { within_turn_us_ += microseconds; }
    /// The wall clock alone, as an administrator sets it: deadlines must not move.
    void set_unix_seconds(std::int64_t seconds) { unix_ns_ = seconds * base::kNsPerSecond; }

private:
    std::int64_t within_turn_us_ = 0;
};
