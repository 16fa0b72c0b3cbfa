// The exchanges that something off the loop may wake, by token. A wake for an exchange that has ended finds nothing,
// because the generation of its slot has grown. Owned by the reactor, which looks up wakes here.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "net/token.h"

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
            if (table_ != nullptr) std::exchange(table_, nullptr)->leave(token_);
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
    [[nodiscard]] Entry enter(Exchange& exchange);
    /// Null for the token of an exchange that has left.
    [[nodiscard]] Exchange* find(net::Token token) const;
    [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

private:
    struct Slot {
        Exchange* exchange = nullptr;
        std::uint32_t generation = 0;
    };

    void leave(net::Token token);

    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
};

}  // namespace server
