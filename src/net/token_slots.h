// Values by token. The generation of a place grows when the place is given back, so that a token from before finds
// nothing. Used by the tables of connections and of exchanges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/token.h"

namespace net {

/// `Value` is default-constructible and movable. A value moves when another one is taken.
template <typename Value>
class TokenSlots {
public:
    /// The token of the value that take() gives next.
    [[nodiscard]] Token next() {
        if (free_.empty()) {
            free_.push_back(places());
            slots_.emplace_back();
        }
        return {free_.back(), slots_[free_.back()].generation};
    }
    /// Takes the place of next(), with a value that is made anew.
    Value& take() {
        Slot& slot = slots_[next().slot];
        free_.pop_back();
        slot.is_taken = true;
        return slot.value;
    }
    /// Null for a token whose value was given back, or not taken yet.
    [[nodiscard]] Value* find(Token token) {
        if (token.slot >= slots_.size()) return nullptr;
        Slot& slot = slots_[token.slot];
        return slot.is_taken && slot.generation == token.generation ? &slot.value : nullptr;
    }
    /// Destroys the value; its token finds nothing from now on. A stale token changes nothing.
    void give_back(Token token) {
        if (find(token) == nullptr) return;
        Slot& slot = slots_[token.slot];
        slot.value = Value();
        slot.is_taken = false;
        ++slot.generation;
        free_.push_back(token.slot);
    }

    /// Values that are taken.
    [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }
    /// Places ever used; at(0 … places()-1) may be asked. The value of a free place is as made anew.
    [[nodiscard]] std::uint32_t places() const { return static_cast<std::uint32_t>(slots_.size()); }
    [[nodiscard]] Value& at(std::uint32_t place) { return slots_[place].value; }

private:
    struct Slot {
        Value value{};
        std::uint32_t generation = 0;
        bool is_taken = false;
    };

    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
};

}  // namespace net
