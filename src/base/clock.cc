// Reads the kernel's clocks through the vDSO; no system call in the common case.
#include "base/clock.h"

#include <ctime>

namespace base {

void SystemClock::update() {
    timespec monotonic{};
    timespec realtime{};
    ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
    ::clock_gettime(CLOCK_REALTIME, &realtime);
    now_ms_ = monotonic.tv_sec * 1000 + monotonic.tv_nsec / 1'000'000;
    unix_ns_ = realtime.tv_sec * kNsPerSecond + realtime.tv_nsec;
}

MonotonicUs SystemClock::read_us() const {
    timespec monotonic{};
    ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
    return monotonic.tv_sec * 1'000'000 + monotonic.tv_nsec / 1000;
}

}  // namespace base
