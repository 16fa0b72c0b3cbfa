// The queue of heavy connections (Connection::weight()) and of those whose share of a turn did not suffice: whose turn
// is next, and how much of a turn of the loop they have together. So a small GET waits for at most one share, however
// many uploads, listings and compressions run. Used by the reactor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <unordered_map>

#include "base/clock.h"
#include "http/client.h"
#include "net/token.h"

namespace server {

/// The time of all heavy connections together before light ones have their turn again; at least one heavy connection is
/// advanced.
inline constexpr base::MonotonicUs kHeavyShareUs = 50;
/// The same while no light connection is busy: more syncs then go to the disk together, and one flush of its journal
/// serves them.
inline constexpr base::MonotonicUs kHeavyShareAloneUs = 2000;
/// How long light connections count as busy after one of them had something to send.
inline constexpr base::MonotonicMs kLightAboutMs = 100;

/// How many clients keep their place in memory while none of their connections waits.
inline constexpr std::size_t kKeptLines = 64;

/// Clients take turns, and so do the connections of each client among themselves: a client with many connections gets
/// no more than others. A round has as many pops as there are connections when it begins. It may take several turns of
/// the loop, and each of these turns ends with the round at the latest.
class HeavyQueue {
public:
    /// `token` is not in the queue yet.
    void push(net::Token token, const http::ClientKey& client) {
        Line& line = lines_[client];
        if (line.waiting.empty()) {
            line.client = client;
            order_.push_back(&line);
        }
        line.waiting.push_back(token);
        ++size_;
    }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    /// The next one; begins a round when none is under way. Not when empty().
    [[nodiscard]] net::Token pop() {
        if (left_ == 0) left_ = size_;
        --left_;
        --size_;
        Line* const line = order_.front();
        order_.pop_front();
        const net::Token token = line->waiting.front();
        line->waiting.pop_front();
        if (!line->waiting.empty()) {
            order_.push_back(line);
        } else if (lines_.size() > kKeptLines) {
            lines_.erase(http::ClientKey(line->client));
        }
        return token;
    }
    /// True until the first pop() of a round, and after its last one.
    [[nodiscard]] bool is_between_rounds() const { return left_ == 0; }

    /// Light connections have something to send at `now_ms`.
    void note_light(base::MonotonicMs now_ms) { light_until_ms_ = now_ms + kLightAboutMs; }
    [[nodiscard]] bool is_light_about(base::MonotonicMs now_ms) const { return now_ms < light_until_ms_; }
    /// How long heavy connections may work in a turn in which light ones took `light_us`: at least as long, so that
    /// neither side starves the other.
    [[nodiscard]] base::MonotonicUs share_us(base::MonotonicMs now_ms, base::MonotonicUs light_us) const {
        return std::max(is_light_about(now_ms) ? kHeavyShareUs : kHeavyShareAloneUs, light_us);
    }

private:
    struct Line {
        http::ClientKey client;
        std::deque<net::Token> waiting;
    };

    std::unordered_map<http::ClientKey, Line, http::ClientKeyHash> lines_;  ///< which never moves its elements
    std::deque<Line*> order_;                                               ///< of clients with connections that wait
    std::size_t size_ = 0;
    std::size_t left_ = 0;  ///< of this round
    base::MonotonicMs light_until_ms_ = 0;
};

}  // namespace server
