// The table of an exchange's states against docs/state-machine.md, and what must hold of it.
#include "server/exchange_state.h"

#include "support/catch.h"
#include "support/state_table.h"

using server::ExchangeEvent;
using server::ExchangeState;
using server::kExchangeEvents;
using server::kExchangeStates;

TEST_CASE("exchange state: the table and docs/state-machine.md say the same for every pair", "[server][state]") {
    support::check_documented<ExchangeState, ExchangeEvent, kExchangeStates, kExchangeEvents>("## An exchange");
}

TEST_CASE("exchange state: nothing leaves done, and every other state can reach it", "[server][state]") {
    support::check_ends_in<ExchangeState, ExchangeEvent, kExchangeStates, kExchangeEvents>(ExchangeState::done);
}

TEST_CASE("exchange state: nothing of the peer's ends work that is pending", "[server][state]") {
    CHECK_FALSE(server::next_state(ExchangeState::pending, ExchangeEvent::aborted).has_value());
    CHECK(server::next_state(ExchangeState::deciding, ExchangeEvent::aborted) == ExchangeState::done);
}
