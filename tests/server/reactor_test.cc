// The loop turn by turn.
#include "server/reactor.h"

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "support/reactor_bench.h"

namespace {

using support::kMany;
using support::kUploadUs;
using support::ReactorBench;

}  // namespace

TEST_CASE("reactor: a small GET is answered before the uploads that were ready with it", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(50);
    const base::Fd reader = bench.connect();
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.send(reader, bench.get("/small"));
    bench.reactor->turn();
    REQUIRE_FALSE(bench.handler.order.empty());
    CHECK(bench.handler.order.front() == "/small");
    CHECK(bench.receive(reader).starts_with("HTTP/1.1 200 "));
    // And the next one waits for no more than the share of the uploads.
    CHECK(bench.asked("/up") == server::kHeavyShareUs / kUploadUs);
    bench.send(reader, bench.get("/small"));
    bench.reactor->turn();
    CHECK(bench.asked("/small") == 2);
    CHECK(bench.asked("/up") == 2 * server::kHeavyShareUs / kUploadUs);
    bench.turns(50);
    CHECK(bench.asked("/up") == 50);
    for (const base::Fd& client : uploaders) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: uploads of new connections wait for their turn like others", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd reader = bench.connect();
    bench.send(reader, bench.get("/small"));
    bench.reactor->turn();
    std::vector<base::Fd> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(bench.connect());
        bench.send(clients.back(), bench.put("/up"));
    }
    bench.reactor->turn();
    CHECK(bench.asked("/up") == server::kHeavyShareUs / kUploadUs);
    bench.turns(50);
    CHECK(bench.asked("/up") == 50);
}

TEST_CASE("reactor: what becomes an upload in this turn has its turn", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd client = bench.connect();
    bench.send(client, bench.get("/small") + bench.put("/up"));
    bench.reactor->turn();
    CHECK(bench.handler.order == std::vector<std::string>{"/small", "/up"});
    CHECK(bench.receive(client).find("HTTP/1.1 201 ") != std::string::npos);
    // And is light again with its next request.
    bench.send(client, bench.get("/a") + bench.put("/b") + bench.get("/c"));
    bench.turns(0);
    CHECK(bench.handler.order == std::vector<std::string>{"/small", "/up", "/a", "/b", "/c"});
}

TEST_CASE("reactor: uploads go on while light requests never end", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(30);
    const base::Fd reader = bench.connect();
    bench.handler.light_us = 10 * kUploadUs;
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    for (int turn = 1; turn <= 4; ++turn) {
        bench.send(reader, bench.get("/slow"));
        bench.reactor->turn();
        CHECK(bench.asked("/slow") == turn);
        // As long as the others took, which is more than their share would be.
        CHECK(bench.asked("/up") == std::min(10 * turn, 30));
    }
}

TEST_CASE("reactor: uploads alone have a longer share", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(kMany);
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.reactor->turn();
    CHECK(bench.asked("/up") == server::kHeavyShareAloneUs / kUploadUs);
}

TEST_CASE("reactor: answers that are worked for share a turn, whatever their number", "[server][reactor]") {
    ReactorBench bench;
    std::vector<base::Fd> clients;
    for (int i = 0; i < 50; ++i) clients.push_back(bench.connect());
    const base::Fd reader = bench.connect();
    for (const base::Fd& client : clients) bench.send(client, bench.get("/work"));
    bench.send(reader, bench.get("/small"));
    bench.reactor->turn();
    CHECK(bench.receive(reader).starts_with("HTTP/1.1 200 "));
    // One step of one of them, and the next ones of others.
    CHECK(bench.handler.pulls == 1);
    for (int turn = 2; turn <= 50; ++turn) {
        const int before = bench.handler.pulls;
        bench.send(reader, bench.get("/small"));
        bench.reactor->turn();
        CHECK(bench.handler.pulls - before <= 1);
        CHECK(bench.receive(reader).starts_with("HTTP/1.1 200 "));
    }
    CHECK(bench.handler.pulls == 50);
    for (const base::Fd& client : clients) CHECK(bench.receive(client).find("\r\nw\r\n") != std::string::npos);
}

TEST_CASE("reactor: an answer that is worked for alone has several steps in a turn", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd client = bench.connect();
    bench.send(client, bench.get("/work"));
    bench.reactor->turn();
    bench.clock.advance_ms(server::kLightAboutMs);
    const int before = bench.handler.pulls;
    bench.reactor->turn();
    CHECK(bench.handler.pulls - before == static_cast<int>(server::kTurnPulls));
}

TEST_CASE("reactor: who asks for more than its share waits behind who asks for little", "[server][reactor]") {
    ReactorBench bench;
    std::vector<base::Fd> greedy;
    std::string many;
    for (int i = 0; i < 64; ++i) many += bench.get("/many");
    for (int i = 0; i < 50; ++i) greedy.push_back(bench.connect());
    const base::Fd reader = bench.connect();
    for (const base::Fd& client : greedy) bench.send(client, many);
    bench.reactor->turn();
    for (int turn = 0; turn < 20; ++turn) {
        bench.handler.order.clear();
        bench.send(reader, bench.get("/small"));
        bench.reactor->turn();
        REQUIRE_FALSE(bench.handler.order.empty());
        CHECK(bench.handler.order.front() == "/small");
        // The others together have their share of time.
        const auto most = server::kHeavyShareUs / bench.handler.light_us + server::kHeavyTurnRequests;
        CHECK(bench.asked("/many") <= static_cast<int>(most));
    }
}

TEST_CASE("reactor: what a round of uploads has for the disk is submitted together", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(51);
    const base::Fd reader = bench.connect();
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.send(reader, bench.get("/small"));
    bench.disk.submissions = 0;
    for (int i = 0; i < 40; ++i) bench.reactor->turn();
    CHECK(bench.asked("/up") == 40);
    CHECK(bench.disk.submissions == 0);
    SECTION("at its end, which ends the turn as well") {
        // Of those who had their turn the first have their next upload here already.
        for (std::size_t i = 0; i < 10; ++i) bench.send(uploaders[i], bench.put("/up"));
        for (int i = 0; i < 11; ++i) bench.reactor->turn();
        CHECK(bench.asked("/up") == 51);
        CHECK(bench.disk.submissions == 1);
    }
    SECTION("or when it takes long") {
        bench.clock.advance_ms(10);
        bench.reactor->turn();
        CHECK(bench.asked("/up") == 41);
        CHECK(bench.disk.submissions == 1);
        bench.reactor->turn();
        CHECK(bench.disk.submissions == 1);
    }
}

TEST_CASE("reactor: a connection that closes while it waits for its turn is forgotten", "[server][reactor]") {
    ReactorBench bench;
    auto uploaders = bench.connect_uploaders(kMany);
    const std::string upload = bench.put("/up");
    for (const base::Fd& client : uploaders) bench.send(client, upload.substr(0, upload.size() - 1));
    bench.reactor->turn();
    const int begun = bench.asked("/up");
    REQUIRE(begun < kMany);
    for (base::Fd& client : uploaders) client.reset();
    bench.turns(200);
    // Of each the head was received before it closed: the handler is asked, and every sink is given up.
    CHECK(bench.asked("/up") == kMany);
    CHECK(bench.handler.sinks_aborted == kMany);
    // Whoever takes the slots has a clean start.
    const base::Fd reader = bench.connect();
    bench.send(reader, bench.put("/new"));
    bench.reactor->turn();
    CHECK(bench.receive(reader).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: a connection that waits for its turn is not late by its own fault", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(kMany);
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up").substr(0, 20));
    bench.turns(60);
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up").substr(20));
    bench.reactor->turn();
    REQUIRE(bench.asked("/up") < kMany);
    bench.clock.advance_ms(bench.config.header_timeout_ms);
    bench.turns(60);
    CHECK(bench.asked("/up") == kMany);
    for (const base::Fd& client : uploaders) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: a wake from the disk finds a connection that waits for its turn", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(kMany);
    bench.handler.disk_done = false;
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.turns(60);
    REQUIRE(bench.handler.waiting.size() == kMany);
    bench.handler.disk_done = true;
    // Two for each, as of an operation that waited for another one.
    for (const http::Wake wake : bench.handler.waiting) bench.wakes.wake(wake);
    bench.reactor->turn();
    for (const http::Wake wake : bench.handler.waiting) bench.wakes.wake(wake);
    bench.turns(60);
    for (const base::Fd& client : uploaders) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: a wake at a time does not come before it", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd client = bench.connect();
    bench.handler.disk_done = false;
    bench.send(client, bench.put("/up"));
    bench.turns(8);
    REQUIRE(bench.handler.waiting.size() == 1);
    bench.handler.disk_done = true;
    bench.wakes.wake_at(bench.handler.waiting.front(), bench.clock.now_ms() + 100);
    bench.turns(8);
    CHECK(bench.receive(client).empty());
    bench.clock.advance_ms(100);
    bench.turns(2);
    CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: a commit goes on, and is answered, when the poller refuses its connection", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd client = bench.connect();
    bench.send(client, bench.get("/watched"));
    bench.turns(1);
    REQUIRE(bench.receive(client).starts_with("HTTP/1.1 200 "));
    bench.handler.disk_done = false;
    int gone = 0;
    bench.handler.on_pending_gone = [&] { ++gone; };
    // No change is possible for a descriptor that the kernel does not watch.
    bench.handler.on_asked = [&] { bench.forget_connections(); };
    bench.send(client, bench.put("/up"));
    bench.turns(8);
    REQUIRE(bench.asked("/up") == 1);
    REQUIRE_FALSE(bench.handler.waiting.empty());
    CHECK(gone == 0);
    bench.handler.on_asked = [] {};
    bench.handler.disk_done = true;
    bench.wakes.wake(bench.handler.waiting.front());
    bench.turns(2);
    CHECK(gone == 1);
    CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
    bench.send(client, bench.get("/after"));
    bench.turns(2);
    CHECK(bench.receive(client).starts_with("HTTP/1.1 200 "));
}

TEST_CASE("reactor: when the server stops, uploads whose heads wait for their turn are still answered",
          "[server][reactor]") {
    ReactorBench bench;
    const auto idle = bench.connect_uploaders(3);
    std::vector<base::Fd> clients;
    for (int i = 0; i < kMany; ++i) {
        clients.push_back(bench.connect());
        bench.send(clients.back(), bench.put("/up"));
    }
    bench.reactor->turn();
    REQUIRE(bench.asked("/up") < kMany);
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    bench.turns(60);
    CHECK(bench.asked("/up") == kMany);
    for (const base::Fd& client : clients) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
    // These have nothing to wait for: the server ends them after a moment, and so this is over at once.
    bench.clock.advance_ms(100);
    bench.turns(3);
    for (const base::Fd& client : idle) CHECK(bench.is_ended(client));
    bench.reactor->run();
}

TEST_CASE("reactor: nothing goes to the disk for uploads that were given up when the server stopped",
          "[server][reactor]") {
    ReactorBench bench;
    const auto clients = bench.connect_uploaders(3);
    bench.handler.disk_done = false;
    for (const base::Fd& client : clients) bench.send(client, bench.put("/up"));
    bench.turns(3);
    REQUIRE(bench.handler.waiting.size() == 3);
    int submitted = -1;
    bench.handler.on_pending_gone = [&] { submitted = bench.disk.submissions; };
    // Two different ones: of one kind the kernel keeps one.
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    REQUIRE(::kill(::getpid(), SIGINT) == 0);
    bench.reactor->run();
    CHECK(submitted >= 0);
    CHECK(bench.disk.submissions == submitted);
}

TEST_CASE("reactor: who has connected before the server stops, and what comes a moment later, is answered",
          "[server][reactor]") {
    ReactorBench bench;
    const base::Fd kept = bench.connect();
    bench.send(kept, bench.get("/kept"));
    bench.turns(3);
    REQUIRE(bench.receive(kept).starts_with("HTTP/1.1 200 "));
    // Neither of these has been seen by the loop when the signal is.
    const base::Fd late = bench.connect();
    bench.send(late, bench.get("/late"));
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    bench.turns(5);
    CHECK(bench.receive(late).find("Connection: close\r\n") != std::string::npos);
    bench.send(kept, bench.get("/again"));
    bench.turns(5);
    CHECK(bench.receive(kept).find("Connection: close\r\n") != std::string::npos);
    bench.reactor->run();
}

TEST_CASE("reactor: at the limit the connection that is unused longest makes room", "[server][reactor]") {
    ReactorBench bench;
    bench.config.max_connections = 3;
    const base::Fd silent = bench.connect();
    bench.turns(2);
    const base::Fd kept = bench.connect();
    bench.send(kept, bench.get("/kept"));
    bench.turns(3);
    const base::Fd third = bench.connect();
    bench.turns(2);
    bench.receive(kept);
    const base::Fd fourth = bench.connect();
    bench.send(fourth, bench.get("/fourth"));
    bench.turns(3);
    CHECK(bench.receive(fourth).starts_with("HTTP/1.1 200 "));
    CHECK(bench.is_ended(silent));
    CHECK_FALSE(bench.is_ended(kept));
    CHECK_FALSE(bench.is_ended(third));
}

TEST_CASE("reactor: connections with a request under way are not closed for others", "[server][reactor]") {
    ReactorBench bench;
    bench.config.max_connections = 2;
    bench.handler.disk_done = false;
    const base::Fd one = bench.connect();
    const base::Fd other = bench.connect();
    bench.send(one, bench.put("/up"));
    bench.send(other, bench.put("/up"));
    bench.turns(10);
    const base::Fd third = bench.connect();
    bench.turns(3);
    CHECK(bench.receive(third).starts_with("HTTP/1.1 503 "));
    CHECK_FALSE(bench.is_ended(one));
    CHECK_FALSE(bench.is_ended(other));
}
