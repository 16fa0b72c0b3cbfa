// Slots, generations, and the two hazards of a batch of events.
#include "server/connection_table.h"

#include "support/catch.h"
#include "support/connection_bench.h"

namespace {

net::Token add(server::ConnectionTable& table, ConnectionBench& bench, int descriptor) {
    const net::Token token = table.next_token();
    server::Transport transport(std::make_unique<ScriptedStream>(), net::PeerAddress{}, bench.clock.now_ms());
    table.add(std::make_unique<server::http1::Connection>(std::move(transport), token, bench.clock.now_ms()),
              descriptor);
    return token;
}

}  // namespace

TEST_CASE("connection table: an event for a connection closed earlier in the batch finds nothing", "[server]") {
    ConnectionBench bench;
    server::ConnectionTable table;
    const net::Token a = add(table, bench, 10);
    const net::Token b = add(table, bench, 11);
    table.erase(b);
    CHECK(table.find(b) == nullptr);
    REQUIRE(table.find(a) != nullptr);
    CHECK(table.find(a)->descriptor == 10);
    CHECK(table.size() == 1);
}

TEST_CASE("connection table: a stale event does not reach the connection that reuses slot and descriptor", "[server]") {
    ConnectionBench bench;
    server::ConnectionTable table;
    const net::Token old = add(table, bench, 10);
    table.erase(old);
    const net::Token fresh = add(table, bench, 10);
    CHECK(fresh.slot == old.slot);
    CHECK(table.find(old) == nullptr);
    CHECK(table.find(fresh) != nullptr);
    table.erase(old);
    CHECK(table.find(fresh) != nullptr);
}

TEST_CASE("connection table: erasing twice counts once", "[server]") {
    ConnectionBench bench;
    server::ConnectionTable table;
    const net::Token token = add(table, bench, 10);
    table.erase(token);
    table.erase(token);
    CHECK(table.size() == 0);
    CHECK(table.next_token().slot == token.slot);
}
