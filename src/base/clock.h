// Where time comes from. The reactor reads it once per turn; tests replace it by a clock that they set.
#pragma once

#include <cstdint>

namespace base {

/// A time that only grows, in milliseconds from an arbitrary start (CLOCK_MONOTONIC). For deadlines.
using MonotonicMs = std::int64_t;
/// The same, in microseconds. For what is measured within one turn of the loop.
using MonotonicUs = std::int64_t;
/// Nanoseconds since 1970-01-01 UTC (CLOCK_REALTIME). For Date, logs and file times.
using UnixNs = std::int64_t;

inline constexpr UnixNs kNsPerSecond = 1'000'000'000;

/// What the clocks showed at the last update().
class Clock {
public:
    virtual ~Clock() = default;
    /// Reads the clocks anew; called once after every wait of the loop.
    virtual void update() = 0;
    /// Reads the clock at once, whatever update() saw.
    [[nodiscard]] virtual MonotonicUs read_us() const = 0;

    [[nodiscard]] MonotonicMs now_ms() const { return now_ms_; }
    [[nodiscard]] UnixNs unix_ns() const { return unix_ns_; }
    [[nodiscard]] std::int64_t unix_seconds() const { return unix_ns_ / kNsPerSecond; }

protected:
    MonotonicMs now_ms_ = 0;
    UnixNs unix_ns_ = 0;
};

/// The kernel's clocks.
class SystemClock final : public Clock {
public:
    SystemClock() { SystemClock::update(); }
    void update() override;
    [[nodiscard]] MonotonicUs read_us() const override;
};

}  // namespace base
