// Knows which work is called again, and when: in the next turn of the loop, not before some time, or when something off
// the loop is done. There is one queue with one descriptor for all; the reactor empties it once per turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"

namespace base {

/// Names the exchange whose work goes on. The reactor gives it out and understands it; all others only pass it along.
using Wake = std::uint64_t;

class WakeQueue {
public:
    WakeQueue();
    WakeQueue(const WakeQueue&) = delete;
    WakeQueue& operator=(const WakeQueue&) = delete;

    /// `wake` comes in the next turn. Costs no system call.
    void wake(Wake wake) { ready_.push_back(wake); }
    /// `wake` comes in the first turn that begins at `time` or later, on the reactor's clock.
    void wake_at(Wake wake, MonotonicMs time) { later_.emplace(time, wake); }

    /// True when a turn must not wait for anything.
    [[nodiscard]] bool has_ready() const { return !ready_.empty(); }
    /// When the next wake of wake_at() is due; nullopt when there is none.
    [[nodiscard]] std::optional<MonotonicMs> due() const {
        if (later_.empty()) return std::nullopt;
        return later_.begin()->first;
    }
    /// Appends to `wakes` what is ready or due at `now`. Wakes that are added meanwhile come the next time.
    void take(std::vector<Wake>& wakes, MonotonicMs now) {
        if (!ready_.empty() || !later_.empty()) take_due(wakes, now);
    }

    /// An eventfd, readable after ring(), or when a producer off the loop (io_uring) wrote to it; -1 when the process
    /// is out of descriptors.
    [[nodiscard]] int descriptor() const { return event_.get(); }
    /// Ends the loop's wait: a producer has something to collect.
    void ring() const;
    /// Makes the descriptor unreadable again, and lets the producer of collect_with() collect.
    void silence() const;
    /// `collect` is called whenever the descriptor rang, until this is called with nullptr. There can be one such
    /// producer. The disk queue is another one, but the loop calls its reap() directly.
    void collect_with(std::function<void()> collect) { collect_ = std::move(collect); }

private:
    void take_due(std::vector<Wake>& wakes, MonotonicMs now);

    Fd event_;
    std::function<void()> collect_;
    std::vector<Wake> ready_;
    std::multimap<MonotonicMs, Wake> later_;
};

}  // namespace base
