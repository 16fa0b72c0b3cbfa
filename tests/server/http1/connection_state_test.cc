// The table of a connection's states against docs/state-machine.md, and what must hold of it.
#include "server/http1/connection_state.h"

#include "support/catch.h"
#include "support/state_table.h"

using server::http1::ConnectionEvent;
using server::http1::ConnectionState;
using server::http1::kConnectionEvents;
using server::http1::kConnectionStates;

TEST_CASE("connection state: the table and docs/state-machine.md say the same for every pair", "[server][state]") {
    support::check_documented<ConnectionState, ConnectionEvent, kConnectionStates, kConnectionEvents>(
        "## A connection of HTTP/1");
}

TEST_CASE("connection state: nothing leaves closed, and every other state can reach it", "[server][state]") {
    support::check_ends_in<ConnectionState, ConnectionEvent, kConnectionStates, kConnectionEvents>(
        ConnectionState::closed);
}
