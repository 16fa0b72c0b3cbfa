// Tokens of exchanges, and wakes that come too late.
#include "server/exchange_table.h"

#include <optional>

#include "server/exchange.h"
#include "support/catch.h"

using server::Exchange;
using server::ExchangeTable;

TEST_CASE("exchange table: a token finds its exchange until the entry is gone", "[server]") {
    ExchangeTable table;
    Exchange first;
    Exchange second;
    std::optional<ExchangeTable::Entry> entry = table.enter(first);
    const ExchangeTable::Entry other = table.enter(second);
    const net::Token token = entry->token();
    CHECK(table.find(token) == &first);
    CHECK(table.find(other.token()) == &second);
    CHECK(table.size() == 2);
    entry.reset();
    CHECK(table.find(token) == nullptr);
    CHECK(table.find(other.token()) == &second);
    CHECK(table.size() == 1);
}

TEST_CASE("exchange table: a late wake does not reach the exchange that has the place now", "[server]") {
    ExchangeTable table;
    Exchange first;
    Exchange second;
    ExchangeTable::Entry entry = table.enter(first);
    const net::Token old = entry.token();
    entry.reset();
    entry = table.enter(second);
    CHECK(entry.token().slot == old.slot);
    CHECK(table.find(old) == nullptr);
    CHECK(table.find(entry.token()) == &second);
    // Nothing was ever here.
    CHECK(table.find({99, 0}) == nullptr);
}
