// The exchanges that something off the loop may wake, by token. A wake for an exchange that has ended finds nothing,
// because its token is stale. Owned by the reactor, which looks up wakes here.
#pragma once

#include <cstddef>
#include <utility>

#include "net/token.h"
#include "net/token_slots.h"

namespace server {

class Exchange;

class ExchangeTable {
public:
    /// A place in the table, given back by the destructor. The table outlives it.
    class Entry {
    public:
        Entry() = default;
        Entry(Entry&& other) noexcept : table_(std::exchange(other.table_, nullptr)), token_(other.token_) {}
        Entry& operator=(Entry&& other) noexcept {
            reset();
            table_ = std::exchange(other.table_, nullptr);
            token_ = other.token_;
            return *this;
        }
        ~Entry() { reset(); }
        void reset() {
            if (table_ != nullptr) std::exchange(table_, nullptr)->slots_.give_back(token_);
        }
        [[nodiscard]] explicit operator bool() const { return table_ != nullptr; }
        [[nodiscard]] net::Token token() const { return token_; }

    private:
        friend class ExchangeTable;
        Entry(ExchangeTable& table, net::Token token) : table_(&table), token_(token) {}

        ExchangeTable* table_ = nullptr;
        net::Token token_;
    };

    /// `exchange` stays where it is while the entry lives.
    [[nodiscard]] Entry enter(Exchange& exchange) {
        const net::Token token = slots_.next();
        slots_.take() = &exchange;
        return {*this, token};
    }
    /// Null for the token of an exchange that has left.
    [[nodiscard]] Exchange* find(net::Token token) {
        Exchange* const* const found = slots_.find(token);
        return found == nullptr ? nullptr : *found;
    }
    [[nodiscard]] std::size_t size() const { return slots_.size(); }

private:
    net::TokenSlots<Exchange*> slots_;
};

}  // namespace server
