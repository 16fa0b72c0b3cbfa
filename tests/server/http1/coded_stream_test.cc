// Connections over streams that code their bytes: what such a stream waits for, what waits inside it, and files.
#include "server/http1/connection.h"
#include "support/catch.h"
#include "support/connection_bench.h"

using server::http1::ConnectionState;
using Verdict = server::Connection::Verdict;

namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
using Codes = std::vector<int>;

}  // namespace

TEST_CASE("connection: waits for what its stream needs besides its own interest", "[server][stream]") {
    ConnectionBench bench;
    CHECK(bench.step() == Verdict::wait);
    CHECK(bench.connection->interest() == net::Interest::read);
    CHECK_FALSE(bench.connection->receives_at_any_event());
    bench.stream->set_wants(net::Interest::write);
    CHECK(bench.connection->interest() == net::Interest::read_write);
    CHECK(bench.connection->receives_at_any_event());
}

TEST_CASE("connection: bytes that wait inside the stream are received in the next turn without an event",
          "[server][stream]") {
    ConnectionBench bench;
    const auto advance = [&] { return bench.connection->advance(bench.turn); };
    bench.stream->incoming(kGet).incoming(kGet).incoming("GET /b");
    bench.stream->set_has_buffered();
    bench.connection->receive(bench.turn);
    // The second request was received by advance() itself; the third one is here in part.
    CHECK(advance() == Verdict::again);
    CHECK(statuses(bench.stream->take_sent()) == Codes{200, 200});
    CHECK(advance() == Verdict::again);
    CHECK(bench.connection->state() == ConnectionState::reading);
    CHECK(advance() == Verdict::wait);
    CHECK(bench.stream->script_done());
}

TEST_CASE("connection: bytes inside the stream are left alone where the state does not read", "[server][stream]") {
    ConnectionBench bench;
    bench.handler.disk_done = false;
    bench.stream->incoming("DELETE /b HTTP/1.1\r\nHost: x\r\n\r\n");
    bench.step();
    REQUIRE(bench.connection->state() == ConnectionState::answering);
    bench.stream->incoming(kGet);
    bench.stream->set_has_buffered();
    CHECK(bench.connection->advance(bench.turn) == Verdict::wait);
    CHECK_FALSE(bench.stream->script_done());
    bench.handler.disk_done = true;
    CHECK(bench.connection->advance(bench.turn) == Verdict::again);
    CHECK(bench.connection->advance(bench.turn) == Verdict::again);
    CHECK(bench.connection->advance(bench.turn) == Verdict::wait);
}
