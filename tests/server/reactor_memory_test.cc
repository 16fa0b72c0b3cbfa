// What the loop does when memory is short: who gets no more, who is closed, and who is let in.
#include <string>
#include <vector>

#include "server/reactor.h"
#include "support/reactor_bench.h"

namespace {

using support::ReactorBench;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = kKiB * 1024;

/// A bench whose memory other holders can have, so that little is left for connections.
struct ShortBench : ReactorBench {
    /// So much is held all in all.
    void hold(std::size_t bytes) { others.set(others.bytes() + bytes - memory.held()); }
    /// Asks for what its client does not read, on a new connection.
    base::Fd connect_silent(std::size_t bytes) {
        handler.big_bytes = bytes;
        base::Fd client = connect();
        send(client, get("/big"));
        turns(1);
        return client;
    }
    /// Reads what is there; true when the server has ended the connection behind it.
    static bool is_over(const base::Fd& client) {
        std::string room(kMiB, '\0');
        ssize_t got = 1;
        while (got > 0) got = ::recv(client.get(), room.data(), room.size(), 0);
        return got == 0 || errno == ECONNRESET;
    }
    [[nodiscard]] bool shows(std::string_view counter) const {
        return (base::counters_line(counters) + " ").find(" " + std::string(counter) + " ") != std::string::npos;
    }

    base::MemoryCharge others{memory};
};

}  // namespace

TEST_CASE("reactor: what waits for a client is charged until it is read", "[server][reactor]") {
    ShortBench bench;
    CHECK(bench.memory.held() == 0);
    const base::Fd idle = bench.connect();
    bench.send(idle, bench.get("/small"));
    bench.turns(1);
    CHECK(bench.memory.held() == server::kConnectionOwnBytes);
    const base::Fd slow = bench.connect_silent(4 * kMiB);
    // The kernel has taken some of it.
    CHECK(bench.memory.held() > 3 * kMiB);
    CHECK(bench.memory.held() < 4 * kMiB + 64 * kKiB);
    for (int i = 0; i < 100 && bench.memory.held() > 2 * server::kConnectionOwnBytes; ++i) {
        (void)bench.receive(slow);
        bench.reactor->turn();
    }
    CHECK(bench.memory.held() == 2 * server::kConnectionOwnBytes);
    bench.reactor.reset();
    CHECK(bench.memory.held() == 0);
}

TEST_CASE("reactor: while memory is calm nothing is dropped and nobody is closed", "[server][reactor]") {
    ShortBench bench;
    const base::Fd slow = bench.connect_silent(kMiB);
    bench.hold(bench.memory.tight_from() - 1);
    bench.clock.advance_ms(1000);
    bench.turns(2);
    CHECK(bench.handler.asked_to_free.empty());
    CHECK(bench.shows("memory_shortages=0"));
    CHECK_FALSE(bench.is_over(slow));
}

TEST_CASE("reactor: in a shortage the handler drops what is not needed, as much as is too much", "[server][reactor]") {
    ShortBench bench;
    bench.handler.on_free = [&](std::size_t bytes) {
        bench.others.set(bench.others.bytes() - bytes);
        return bytes;
    };
    bench.hold(bench.memory.tight_from() + kMiB);
    bench.reactor->turn();
    CHECK(bench.handler.asked_to_free == std::vector<std::size_t>{kMiB});
    CHECK(bench.shows("memory_shortages=1"));
    CHECK(bench.shows("memory_dropped_bytes=1048576"));
    bench.turns(2);
    CHECK(bench.handler.asked_to_free.size() == 1);
    CHECK(bench.shows("memory_connections_cut=0"));
}

TEST_CASE("reactor: in a shortage nothing is read from who holds more than its part, until it is over",
          "[server][reactor]") {
    ShortBench bench;
    // What waits is less than what stops reading at other times.
    constexpr std::size_t kAnswer = 320 * kKiB;
    bench.hold(bench.memory.tight_from());
    const base::Fd small = bench.connect();
    std::vector<base::Fd> others;
    for (int i = 0; i < 400; ++i) {
        others.push_back(bench.connect());
        if (i % 50 == 0) bench.reactor->turn();
    }
    bench.turns(8);
    const base::Fd heavy = bench.connect_silent(kAnswer);
    bench.send(heavy, bench.get("/later"));
    bench.send(small, bench.get("/small"));
    bench.turns(3);
    CHECK(bench.asked("/small") == 1);
    CHECK(bench.receive(small).starts_with("HTTP/1.1 200 "));
    CHECK(bench.asked("/later") == 0);
    CHECK(bench.shows("memory_connections_cut=0"));

    bench.others.set(0);
    bench.turns(3);
    CHECK(bench.asked("/later") == 1);
    // And at other times it is read at once.
    const base::Fd calm = bench.connect_silent(kAnswer);
    bench.send(calm, bench.get("/later"));
    bench.turns(1);
    CHECK(bench.asked("/later") == 2);
}

TEST_CASE("reactor: without memory those end that held most for longest, and no more of them than needed",
          "[server][reactor]") {
    ShortBench bench;
    const base::Fd idle = bench.connect();
    const base::Fd oldest = bench.connect_silent(kMiB);
    bench.clock.advance_ms(1'000);
    const base::Fd second = bench.connect_silent(kMiB);
    bench.clock.advance_ms(1'000);
    const base::Fd latest = bench.connect_silent(kMiB);
    bench.hold(bench.memory.exhausted_from() + kMiB);
    bench.reactor->turn();
    CHECK(bench.shows("memory_connections_cut=2"));
    CHECK(bench.is_over(oldest));
    CHECK(bench.is_over(second));
    CHECK_FALSE(bench.is_over(latest));
    CHECK_FALSE(bench.is_over(idle));
    CHECK(bench.memory.pressure() == base::Pressure::tight);
}

TEST_CASE("reactor: who reads well stays, though it holds as much for as long", "[server][reactor]") {
    ShortBench bench;
    // Each has asked for more than the kernel takes at once.
    const base::Fd reader = bench.connect_silent(kMiB);
    const base::Fd silent = bench.connect_silent(kMiB);
    bench.clock.advance_ms(10'000);
    for (int i = 0; i < 50; ++i) {
        (void)bench.receive(reader);
        bench.reactor->turn();
    }
    bench.handler.big_bytes = kMiB;
    bench.send(reader, bench.get("/big"));
    bench.turns(1);
    bench.hold(bench.memory.exhausted_from());
    bench.reactor->turn();
    CHECK(bench.shows("memory_connections_cut=1"));
    CHECK(bench.is_over(silent));
    CHECK_FALSE(bench.is_over(reader));
}

TEST_CASE("reactor: a commit is not cut for want of memory", "[server][reactor]") {
    ShortBench bench;
    bench.handler.disk_done = false;
    const base::Fd writer = bench.connect();
    bench.send(writer, bench.put("/up"));
    bench.turns(2);
    const base::Fd idle = bench.connect();
    bench.turns(1);
    bench.clock.advance_ms(1'000);
    bench.others.set(bench.memory.limit());
    bench.turns(2);
    CHECK(bench.is_over(idle));
    bench.others.set(0);
    bench.handler.disk_done = true;
    for (const http::Wake wake : bench.handler.waiting) bench.wakes.wake(wake);
    bench.turns(2);
    CHECK(bench.receive(writer).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: without memory new connections are answered 503, unless one makes room", "[server][reactor]") {
    ShortBench bench;
    bench.others.set(bench.memory.limit());
    const base::Fd refused = bench.connect();
    bench.send(refused, bench.get("/small"));
    bench.turns(1);
    const std::string answer = bench.receive(refused);
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    CHECK(answer.find("\r\nRetry-After: ") != std::string::npos);
    CHECK(bench.shows("memory_connections_refused=1"));
    CHECK(bench.asked("/small") == 0);

    bench.others.set(0);
    const base::Fd silent = bench.connect_silent(kMiB);
    bench.hold(bench.memory.exhausted_from());
    bench.clock.advance_ms(10);
    const base::Fd taken = bench.connect();
    bench.send(taken, bench.get("/small"));
    bench.turns(1);
    CHECK(bench.receive(taken).starts_with("HTTP/1.1 200 "));
    CHECK(bench.is_over(silent));
    CHECK(bench.shows("memory_connections_refused=1"));
}
