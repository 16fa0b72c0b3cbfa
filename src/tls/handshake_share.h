// How much time handshakes take in one turn of the loop: a signature of RSA 4096 costs three milliseconds, and other
// clients must not wait for two hundred of them. Called by TLS streams before and after each step of a handshake.
#pragma once

#include "base/clock.h"

namespace tls {

/// The time in one turn. At least one handshake goes on in each turn.
inline constexpr base::MonotonicUs kHandshakeShareUs = 1'000;

class HandshakeShare {
public:
    explicit HandshakeShare(const base::Clock& clock) : clock_(clock) {}

    /// False when the handshakes of this turn have used their time: the caller tries again in the next one.
    [[nodiscard]] bool begin() {
        // The clock does not move within a turn: when it moves, a new turn has begun.
        if (clock_.now_ms() != turn_ms_) {
            turn_ms_ = clock_.now_ms();
            used_us_ = 0;
        }
        begun_us_ = clock_.read_us();
        return used_us_ < kHandshakeShareUs;
    }
    void end() { used_us_ += clock_.read_us() - begun_us_; }

private:
    const base::Clock& clock_;
    base::MonotonicMs turn_ms_ = 0;
    base::MonotonicUs begun_us_ = 0;
    base::MonotonicUs used_us_ = 0;
};

}  // namespace tls
