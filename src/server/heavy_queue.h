// Heavy connections (Connection::weight()) that have work, in the order of their turns, and how much of a turn of the loop
// is theirs. A small GET so waits for a share of them at most, however many upload. Used by the reactor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include "base/clock.h"
#include "net/token.h"

namespace server {

/// What heavy connections take together before light ones are looked at again; one of them at least has its turn.
inline constexpr base::MonotonicUs kHeavyShareUs = 50;
/// The same when no light one is about: more syncs go to the disk together, and one flush of its journal serves them.
inline constexpr base::MonotonicUs kHeavyShareAloneUs = 2000;
/// Light connections are about for this time after one of them had something to send.
inline constexpr base::MonotonicMs kLightAboutMs = 100;

/// Goes round: whoever stands here when a round begins has one turn in it. A round may take several turns of the loop;
/// none of these goes beyond its end.
class HeavyQueue {
public:
    /// Not one that stands here already.
    void push(net::Token token) { waiting_.push_back(token); }
    [[nodiscard]] bool empty() const { return waiting_.empty(); }
    /// The next one; begins a round where none goes on. Not when empty().
    [[nodiscard]] net::Token pop() {
        if (left_ == 0) left_ = waiting_.size();
        --left_;
        const net::Token token = waiting_.front();
        waiting_.pop_front();
        return token;
    }
    /// True until the first pop() of a round, and after its last one.
    [[nodiscard]] bool is_between_rounds() const { return left_ == 0; }

    /// Light connections have something to send at `now_ms`.
    void note_light(base::MonotonicMs now_ms) { light_until_ms_ = now_ms + kLightAboutMs; }
    /// How long heavy ones may have in a turn in which light ones took `light_us`: as long as these at least, so that
    /// neither side starves the other.
    [[nodiscard]] base::MonotonicUs share_us(base::MonotonicMs now_ms, base::MonotonicUs light_us) const {
        return std::max(now_ms < light_until_ms_ ? kHeavyShareUs : kHeavyShareAloneUs, light_us);
    }

private:
    std::deque<net::Token> waiting_;
    std::size_t left_ = 0;  ///< of this round
    base::MonotonicMs light_until_ms_ = 0;
};

}  // namespace server
