// The deadlines of all connections: at most one per slot. Set by the reactor after each turn of a connection, asked
// before every wait. Moving a deadline later, which every request does, is one store.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace net {

/// A four-ary heap of slots by the time each is filed under. A slot is filed under its deadline or an earlier time:
/// a deadline that moves later is only noted, and the slot is filed anew when its old time comes up.
/// 24 bytes per slot.
class DeadlineQueue {
public:
    /// Constant time when `deadline` is not earlier than what the slot is filed under.
    void set(std::uint32_t slot, base::MonotonicMs deadline);
    /// The slot has no deadline any more. Constant time; unknown slots are ignored.
    void clear(std::uint32_t slot);

    /// A time at or before the earliest deadline: waiting until then misses none. nullopt when there is none.
    [[nodiscard]] std::optional<base::MonotonicMs> earliest() const;
    /// One slot whose deadline is `now` or earlier; its deadline is cleared. nullopt when there is none (left).
    /// Earlier deadlines come first.
    [[nodiscard]] std::optional<std::uint32_t> pop_expired(base::MonotonicMs now);

private:
    static constexpr base::MonotonicMs kNone = std::numeric_limits<base::MonotonicMs>::max();
    static constexpr std::uint32_t kNotFiled = std::numeric_limits<std::uint32_t>::max();

    void place(std::size_t position, base::MonotonicMs filed, std::uint32_t slot);
    void sift_up(std::size_t position, base::MonotonicMs filed, std::uint32_t slot);
    void sift_down(std::size_t position, base::MonotonicMs filed, std::uint32_t slot);
    void remove_first();

    // By slot.
    std::vector<base::MonotonicMs> deadlines_;
    std::vector<std::uint32_t> positions_;
    // By position in the heap.
    std::vector<base::MonotonicMs> filed_;
    std::vector<std::uint32_t> slots_;
};

}  // namespace net
