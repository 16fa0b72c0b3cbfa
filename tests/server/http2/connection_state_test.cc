// The table of an HTTP/2 connection's states against docs/state-machine.md, and what must hold of it.
#include "server/http2/connection_state.h"

#include "support/catch.h"
#include "support/state_table.h"

using server::http2::ConnectionEvent;
using server::http2::ConnectionState;
using server::http2::kConnectionEvents;
using server::http2::kConnectionStates;

TEST_CASE("http2 state: the table and docs/state-machine.md say the same for every pair", "[server][http2][state]") {
    support::check_documented<ConnectionState, ConnectionEvent, kConnectionStates, kConnectionEvents>(
        "## A connection of HTTP/2");
}

TEST_CASE("http2 state: nothing leaves closed, and every other state can reach it", "[server][http2][state]") {
    support::check_ends_in<ConnectionState, ConnectionEvent, kConnectionStates, kConnectionEvents>(
        ConnectionState::closed);
}
