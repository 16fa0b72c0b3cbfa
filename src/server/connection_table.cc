// Slots, generations and the free list.
#include "server/connection_table.h"

#include <cassert>
#include <utility>

namespace server {

net::Token ConnectionTable::next_token() {
    if (free_.empty()) {
        free_.push_back(slots());
        slots_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    return {slot, slots_[slot].generation};
}

ConnectionTable::Slot& ConnectionTable::add(std::unique_ptr<Connection> connection, int descriptor) {
    const net::Token token = connection->token();
    assert(!free_.empty() && free_.back() == token.slot);
    free_.pop_back();
    Slot& slot = slots_[token.slot];
    slot.connection = std::move(connection);
    slot.descriptor = descriptor;
    slot.watched = false;
    slot.interest = net::Interest::none;
    slot.turn = 0;
    slot.queued = false;
    slot.is_admin = false;
    ++used_;
    return slot;
}

ConnectionTable::Slot* ConnectionTable::find(net::Token token) {
    if (token.slot >= slots_.size()) return nullptr;
    Slot& slot = slots_[token.slot];
    return slot.connection && slot.generation == token.generation ? &slot : nullptr;
}

void ConnectionTable::erase(net::Token token) {
    Slot* slot = find(token);
    if (slot == nullptr) return;
    slot->connection.reset();
    slot->share.reset();
    slot->descriptor = -1;
    ++slot->generation;
    free_.push_back(token.slot);
    --used_;
}

}  // namespace server
