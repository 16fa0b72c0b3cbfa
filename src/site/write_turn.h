// Which of two processes of the server changes what is on the disk, while one takes over from the other: the older one
// first, until nothing of it is under way, and then the newer one, whose requests wait for that
// (docs/decisions/0049-a-server-starts-its-successor.md). Owned by SiteState; asked by Site for every request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/wake_queue.h"

namespace site {

/// Who changes what is on the disk when this process begins to serve.
enum class Writer : std::uint8_t {
    ourselves,
    predecessor,  ///< an earlier process of this server, which will end
};

class WriteTurn {
public:
    /// Requests that wait at once; more are refused.
    static constexpr std::size_t kMostWaiting = 65'536;
    /// A predecessor gives its turn up within its --shutdown-grace, 10 s by default. What waits for longer is refused.
    static constexpr base::MonotonicMs kLongestWaitMs = 30'000;

    explicit WriteTurn(Writer writer) : phase_(writer == Writer::ourselves ? Phase::ours : Phase::awaited) {}

    /// True when requests may change something here.
    [[nodiscard]] bool is_ours() const { return phase_ == Phase::ours; }
    /// True when they may do so later.
    [[nodiscard]] bool is_awaited() const { return phase_ == Phase::awaited; }

    /// `wake` comes when the turn begins. False: too many wait.
    [[nodiscard]] bool wait(base::Wake wake) {
        if (waiting_.size() >= kMostWaiting) return false;
        waiting_.push_back(wake);
        return true;
    }
    void begin(base::WakeQueue& wakes) {
        phase_ = Phase::ours;
        for (const base::Wake wake : waiting_) wakes.wake(wake);
        waiting_ = {};
    }
    /// A successor has the turn: what comes here from now on is refused.
    void give_up() { phase_ = Phase::given_up; }

private:
    enum class Phase : std::uint8_t { awaited, ours, given_up };
    Phase phase_;
    std::vector<base::Wake> waiting_;
};

}  // namespace site
