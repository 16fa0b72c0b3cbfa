// How long a peer may take to read what it was sent, before it has to show again that it reads. Kernels and HTTP/2
// clients take megabytes at once and give a sign of life when a large part of that is read, so a silent peer is not a
// slow one yet. Used for the bytes of a connection, and for the content of a stream of HTTP/2.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace server {

/// A reader at this rate, in bytes per second, is never late. It is a little less than what slow lines carry.
inline constexpr std::uint64_t kPatientRate = 16 * 1024;
/// Nobody reads for longer without a sign: receive buffers have 6 MiB by default.
inline constexpr base::MonotonicMs kMostPatienceMs = 600'000;

class Patience {
public:
    /// The peer took `bytes` more. `min_rate`: bytes per second that the operator asks for.
    void note_taken(std::uint64_t bytes, base::MonotonicMs now_ms, std::uint64_t min_rate) {
        const auto more_ms = static_cast<base::MonotonicMs>(bytes * 1000 / std::max(kPatientRate, min_rate));
        until_ms_ = std::min(std::max(until_ms_, now_ms) + more_ms, now_ms + kMostPatienceMs);
    }
    /// Until when it may read what it took so far.
    [[nodiscard]] base::MonotonicMs until_ms() const { return until_ms_; }
    void reset() { until_ms_ = 0; }

private:
    base::MonotonicMs until_ms_ = 0;
};

}  // namespace server
