// Slots, generations and the free list.
#include "server/exchange_table.h"

namespace server {

ExchangeTable::Entry ExchangeTable::enter(Exchange& exchange) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot].exchange = &exchange;
    return {*this, {slot, slots_[slot].generation}};
}

Exchange* ExchangeTable::find(net::Token token) const {
    if (token.slot >= slots_.size() || slots_[token.slot].generation != token.generation) return nullptr;
    return slots_[token.slot].exchange;
}

void ExchangeTable::leave(net::Token token) {
    Slot& slot = slots_[token.slot];
    slot.exchange = nullptr;
    ++slot.generation;
    free_.push_back(token.slot);
}

}  // namespace server
