// What the reactor does when memory is short: first the cache goes, and connections that hold more than their part get
// no more; then those end that hold most for longest (docs/decisions/0038).
#include <algorithm>

#include "server/reactor.h"

namespace server {
namespace {

/// The part of a connection is at least this, however many there are: a request, and a block of its answer.
constexpr std::size_t kLeastPartBytes = 2 * kBlockBytes;
/// Connections that are closed in one turn, which takes a millisecond or two; more in the next one.
constexpr int kMostCutPerTurn = 128;
/// Connections that are closed for one that comes.
constexpr int kMostCutForOne = 32;

}  // namespace

/// Notes what the connection holds now, and how much more it may.
void Reactor::weigh(std::uint32_t number, Connection& connection) {
    const std::size_t held = connection.held_bytes();
    ranking_.note(number, held);
    if (relief_.is_under_way()) (void)connection.set_high_water(high_water_for(held));
}

std::size_t Reactor::high_water_for(std::size_t held) const {
    const std::size_t part = parts_.memory.tight_from() / std::max<std::size_t>(connections_.size(), 1);
    return held > std::max(part, kLeastPartBytes) ? kHeldBackBytes : kHighWaterBytes;
}

/// At the end of a turn, once memory is short and until there is enough again.
void Reactor::relieve() {
    if (parts_.memory.held() < parts_.memory.calm_below()) {
        end_relief();
        return;
    }
    if (!relief_.is_under_way()) {
        relief_.begin();
        for (std::uint32_t number = 0; number < connections_.slots(); ++number) {
            const ConnectionTable::Slot& slot = connections_.at(number);
            if (slot.connection != nullptr) weigh(number, *slot.connection);
        }
    }
    if (parts_.memory.held() > parts_.memory.tight_from()) {
        relief_.note_dropped(parts_.handler.free_memory(parts_.memory.held() - parts_.memory.tight_from()));
    }
    for (int cut = 0; cut < kMostCutPerTurn && parts_.memory.pressure() == base::Pressure::exhausted; ++cut) {
        if (!cut_least_deserving()) break;
    }
    relief_.tell(parts_.clock, parts_.error_log);
}

/// Connections that were held back go on.
void Reactor::end_relief() {
    relief_.end();
    for (std::uint32_t number = 0; number < connections_.slots(); ++number) {
        ConnectionTable::Slot& slot = connections_.at(number);
        if (slot.connection == nullptr) continue;
        if (slot.connection->set_high_water(kHighWaterBytes)) enlist(slot, again_);
    }
}

/// Closes the connection whose held bytes, times how long its peer lets it hold them, are the most. Never one whose
/// work goes on whatever its peer does. False when there is none.
bool Reactor::cut_least_deserving() {
    const base::MonotonicMs now_ms = parts_.clock.now_ms();
    const auto least = ranking_.find_highest([&](std::uint32_t number) -> std::uint64_t {
        const ConnectionTable::Slot& slot = connections_.at(number);
        if (slot.is_admin || slot.connection->has_pending_work()) return 0;
        const base::MonotonicMs stalled_ms =
            std::max<base::MonotonicMs>(now_ms - slot.connection->stalled_since_ms(), 0);
        return ranking_.bytes_of(number) * (static_cast<std::uint64_t>(stalled_ms) + 1);
    });
    if (!least) return false;
    ConnectionTable::Slot& slot = connections_.at(*least);
    relief_.note_cut();
    slot.connection->cut(turn_of(slot), "memory was short, and this held much of it");
    remove(slot.connection->token());
    return true;
}

/// Asked before a connection is let in.
bool Reactor::has_memory_for_one() {
    for (int cut = 0; cut < kMostCutForOne && parts_.memory.pressure() == base::Pressure::exhausted; ++cut) {
        if (!cut_least_deserving()) break;
    }
    return parts_.memory.pressure() != base::Pressure::exhausted;
}

}  // namespace server
