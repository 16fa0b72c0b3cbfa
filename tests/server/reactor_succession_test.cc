// A reactor that is replaced by another process: what it leaves to that one, and when.
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "support/reactor_bench.h"

using support::ReactorBench;

namespace {

using Told = std::vector<std::string>;

constexpr int kAfterClosingMs = 150;  // connections without a request are told to close after 100 ms

}  // namespace

TEST_CASE("reactor: SIGUSR2 orders an upgrade, and nothing else changes", "[server][upgrade]") {
    ReactorBench bench;
    REQUIRE(::kill(::getpid(), SIGUSR2) == 0);
    bench.turns(0);
    CHECK(bench.upkeep.told == Told{"upgrade"});
    const base::Fd client = bench.connect();
    ReactorBench::send(client, ReactorBench::get("/light"));
    bench.turns(0);
    CHECK(ReactorBench::receive(client).starts_with("HTTP/1.1 200 "));
}

TEST_CASE("reactor: what waits in the backlog is left to the successor", "[server][upgrade]") {
    ReactorBench bench;
    const base::Fd same_socket(::dup(bench.listeners.front().descriptor()));
    bench.upkeep.next = 77;
    bench.reactor->turn();
    CHECK(bench.upkeep.told == Told{"sockets"});
    const base::Fd client = bench.connect();
    bench.turns(0);
    auto successor = net::Listener::take_over(base::Fd(::dup(same_socket.get())), net::Scheme::http);
    REQUIRE(successor);
    CHECK(successor->accept().outcome == net::Accepted::accepted);
}

TEST_CASE("reactor: the successor may write when no change is under way", "[server][upgrade]") {
    ReactorBench bench;
    bench.handler.disk_done = false;
    const base::Fd writer = bench.connect();
    ReactorBench::send(writer, ReactorBench::put("/slow"));
    bench.turns(1);
    const base::Fd same_socket(::dup(bench.listeners.front().descriptor()));
    bench.upkeep.next = 77;
    bench.turns(1);
    bench.clock.advance_ms(kAfterClosingMs);
    bench.turns(5);
    CHECK(bench.upkeep.told == Told{"sockets"});
    bench.handler.disk_done = true;
    REQUIRE_FALSE(bench.handler.waiting.empty());
    bench.wakes.wake(bench.handler.waiting.front());
    bench.turns(3);
    CHECK(ReactorBench::receive(writer).starts_with("HTTP/1.1 201 "));
    CHECK(bench.upkeep.told == Told{"sockets", "writing"});
}

TEST_CASE("reactor: what arrived before the end is asked before the successor may write", "[server][upgrade]") {
    ReactorBench bench;
    std::vector<base::Fd> writers = bench.connect_uploaders(support::kMany);
    const base::Fd same_socket(::dup(bench.listeners.front().descriptor()));
    bench.upkeep.next = 77;
    bench.turns(1);
    for (const base::Fd& writer : writers) ReactorBench::send(writer, ReactorBench::put("/late"));
    bench.clock.advance_ms(kAfterClosingMs);
    while (bench.upkeep.told.size() < 2) bench.reactor->turn();
    CHECK(bench.asked("/late") == support::kMany);
}
