// When a connection has waited long enough, in each of its states.
#include "server/http1/connection.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/connection_bench.h"

using server::http1::ConnectionState;
using Verdict = server::Connection::Verdict;

namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
using Codes = std::vector<int>;

http::Response answer_of(std::size_t bytes) {
    http::Response response;
    response.body = http::Piece(std::string(bytes, 'a'));
    return response;
}

}  // namespace

TEST_CASE("connection: deadlines end each state in its own way", "[server]") {
    SECTION("a connection without a first byte closes silently after the time for a head") {
        ConnectionBench bench;
        bench.step();
        CHECK(bench.expire_after(bench.config.header_timeout_ms - 1) == Verdict::wait);
        CHECK(bench.expire_after(1) == Verdict::close);
        CHECK(bench.stream->sent().empty());
    }
    SECTION("idle closes silently after the keep-alive time") {
        ConnectionBench bench;
        bench.stream->incoming(kGet);
        bench.step();
        bench.stream->take_sent();
        CHECK(bench.expire_after(bench.config.keep_alive_ms - 1) == Verdict::wait);
        CHECK(bench.expire_after(1) == Verdict::close);
        CHECK(bench.stream->sent().empty());
    }
    SECTION("a trickled head is answered 408, however steadily it trickles") {
        ConnectionBench bench;
        for (int i = 0; i < 9; ++i) {
            bench.stream->incoming("G");
            bench.step();
            bench.clock.advance_ms(bench.config.header_timeout_ms / 10);
        }
        bench.expire_after(bench.config.header_timeout_ms / 10);
        CHECK(statuses(bench.stream->sent()) == Codes{408});
    }
    SECTION("a body at the minimum rate goes on, a stalled one is answered 408") {
        ConnectionBench bench;
        bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n");
        bench.step();
        for (int i = 0; i < 20; ++i) {
            bench.clock.advance_ms(10'000);
            bench.stream->incoming(std::string(bench.config.min_rate * 10, 'b'));
            bench.step();
            CHECK(bench.connection->expire(bench.turn) == Verdict::wait);
        }
        CHECK(bench.connection->state() == ConnectionState::reading);
        bench.expire_after(bench.config.body_timeout_ms);
        CHECK(statuses(bench.stream->sent()) == Codes{408});
        CHECK(bench.handler.sinks_aborted == 1);
    }
    SECTION("a peer that does not read its answer is cut off") {
        ConnectionBench bench;
        bench.stream->set_send_room(10);
        bench.stream->incoming(kGet);
        bench.step();
        CHECK(bench.expire_after(bench.config.write_timeout_ms) == Verdict::close);
    }
}

TEST_CASE("connection: a byte every five seconds ends a request in either direction", "[server]") {
    ConnectionBench bench;
    constexpr int kBoundS = 60;
    int seconds = 0;
    SECTION("of a head, with 408") {
        for (; seconds < kBoundS && statuses(bench.stream->sent()).empty(); seconds += 5) {
            bench.stream->incoming("G");
            bench.step();
            bench.expire_after(5'000);
        }
        CHECK(statuses(bench.stream->sent()) == Codes{408});
    }
    SECTION("of a body, with 408") {
        bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        bench.step();
        for (; seconds < kBoundS && statuses(bench.stream->sent()).empty(); seconds += 5) {
            bench.stream->incoming("1\r\nx\r\n");
            bench.step();
            bench.expire_after(5'000);
        }
        CHECK(statuses(bench.stream->sent()) == Codes{408});
        CHECK(bench.handler.sinks_aborted == 1);
    }
    SECTION("of an answer, though the kernel takes each byte") {
        bench.stream->set_send_room(10);
        bench.stream->incoming(kGet);
        bench.step();
        Verdict verdict = Verdict::wait;
        for (; seconds < kBoundS && verdict != Verdict::close; seconds += 5) {
            bench.stream->add_send_room(1);
            bench.step();
            verdict = bench.expire_after(5'000);
        }
        CHECK(verdict == Verdict::close);
    }
    CHECK(seconds < kBoundS);
}

TEST_CASE("connection: an answer at the least rate goes on, in whatever pieces it leaves", "[server]") {
    ConnectionBench bench;
    bench.handler.answers["/a"] = [] { return answer_of(100'000); };
    bench.stream->set_send_room(10);
    bench.stream->incoming(kGet);
    bench.step();
    for (int seconds = 0; seconds < 300; ++seconds) {
        bench.stream->add_send_room(bench.config.min_rate);
        bench.step();
        REQUIRE(bench.expire_after(1'000) == Verdict::wait);
    }
    CHECK_FALSE(bench.stream->aborted());
}

TEST_CASE("connection: the time to read begins with the answer, not with the one before", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming(kGet);
    bench.step();
    bench.clock.advance_ms(bench.config.write_timeout_ms - 1'000);
    bench.stream->set_send_room(0);
    bench.stream->incoming(kGet);
    bench.step();
    CHECK(bench.expire_after(1'000) == Verdict::wait);
    CHECK(bench.expire_after(bench.config.write_timeout_ms - 1'000) == Verdict::close);
}

TEST_CASE("connection: a peer that reads steadily is not cut while the kernel's buffer empties", "[server]") {
    ConnectionBench bench;
    bench.handler.answers["/a"] = [] { return answer_of(300'000); };
    bench.stream->set_send_room(200'000);
    bench.stream->set_unacknowledged(200'000);
    bench.stream->incoming(kGet);
    bench.run();
    SECTION("at the lowest rate or above it has as long again, and again") {
        bench.stream->set_unacknowledged(150'000);
        CHECK(bench.expire_after(bench.config.write_timeout_ms) == Verdict::wait);
        bench.stream->set_unacknowledged(140'000);
        CHECK(bench.expire_after(bench.config.write_timeout_ms) == Verdict::wait);
        CHECK(bench.expire_after(bench.config.write_timeout_ms) == Verdict::close);
    }
    SECTION("a byte now and then is not enough") {
        bench.stream->set_unacknowledged(200'000 - 100);
        CHECK(bench.expire_after(bench.config.write_timeout_ms) == Verdict::close);
    }
}

TEST_CASE("connection: an answer that was cut is logged with the bytes that reached the peer", "[server]") {
    ConnectionBench bench;
    bench.error_log = server::ErrorLog(*server::LogFile::open("/dev/null", 2));
    bench.handler.answers["/a"] = [] {
        http::Response response;  // longer than what may wait for the stream
        response.body = std::vector<http::Piece>(10, http::Piece(std::string(100'000, 'a')));
        return response;
    };
    bench.stream->set_send_room(200'000);
    bench.stream->set_unacknowledged(150'000);
    bench.stream->incoming(kGet);
    bench.run();
    bench.connection->abandon(bench.turn, "it was cut");
    const std::string errors(bench.error_log.file().pending());
    INFO(errors);
    const std::size_t at = errors.find(", after 49");  // the head was among the first 50,000
    REQUIRE(at != std::string::npos);
    CHECK(errors.find(" bytes of it", at) == at + std::string_view(", after 49xxx").size());
}

TEST_CASE("connection: a peer that took much at once has the time to read it", "[server]") {
    ConnectionBench bench;
    constexpr std::size_t kTaken = 2'000'000;
    bench.handler.answers["/a"] = [] { return answer_of(2 * kTaken); };
    bench.stream->set_send_room(kTaken);
    bench.stream->incoming(kGet);
    bench.run();
    const auto patience_ms = static_cast<base::MonotonicMs>(kTaken * 1000 / server::kPatientRate);
    CHECK(bench.expire_after(patience_ms - 1'000) == Verdict::wait);
    CHECK(bench.expire_after(2'000) == Verdict::close);
}

TEST_CASE("connection: the time between requests begins when the answer has left", "[server]") {
    ConnectionBench bench;
    bench.stream->set_send_room(10);
    bench.stream->incoming(kGet);
    bench.step();
    bench.clock.advance_ms(bench.config.write_timeout_ms - 1'000);
    bench.stream->set_send_room(ScriptedStream::kUnlimited);
    bench.step();
    CHECK(bench.expire_after(bench.config.keep_alive_ms - 1) == Verdict::wait);
    CHECK(bench.expire_after(1) == Verdict::close);
}

TEST_CASE("connection: what it holds is that of input, output, its exchange and its content", "[server]") {
    ConnectionBench bench;
    bench.step();
    CHECK(bench.connection->held_bytes() == server::kConnectionOwnBytes);
    bench.stream->incoming("GET /a HTTP/1.1\r\nHost: x\r\nX-Begun: ");
    bench.step();
    const std::size_t reading = bench.connection->held_bytes();
    CHECK(reading > server::kConnectionOwnBytes + server::kBlockBytes);
    CHECK(reading < server::kConnectionOwnBytes + server::kBlockBytes + 8'000);
    bench.handler.answers["/a"] = [] { return answer_of(1'000'000); };
    bench.stream->set_send_room(1'000);
    bench.stream->incoming("y\r\n\r\n");
    bench.step();
    CHECK(bench.connection->held_bytes() > 1'000'000);
    CHECK(bench.connection->held_bytes() < 1'000'000 + 3 * server::kBlockBytes);
}

TEST_CASE("connection: the peer stalls it since its output waits, or since its request makes no progress", "[server]") {
    ConnectionBench bench;
    const auto begun = bench.clock.now_ms();
    bench.step();
    bench.clock.advance_ms(100);
    CHECK(bench.connection->stalled_since_ms() == begun);
    bench.stream->incoming("GET /a HT");
    bench.step();
    bench.clock.advance_ms(100);
    bench.stream->incoming("TP/1.1\r\n");
    bench.step();
    CHECK(bench.connection->stalled_since_ms() == begun + 100);

    bench.handler.answers["/a"] = [] { return answer_of(1'000'000); };
    bench.stream->set_send_room(1'000);
    bench.stream->incoming("Host: x\r\n\r\n");
    bench.step();
    for (int i = 0; i < 10; ++i) {
        bench.clock.advance_ms(1'000);
        bench.stream->add_send_room(1'000);
        bench.step();
    }
    // It reads, but never all.
    CHECK(bench.connection->stalled_since_ms() == begun + 200);
    bench.stream->set_send_room(ScriptedStream::kUnlimited);
    while (bench.connection->state() != ConnectionState::idle || bench.connection->interest() != net::Interest::read) {
        bench.step();
    }
    CHECK(bench.connection->stalled_since_ms() == bench.clock.now_ms());
}

TEST_CASE("connection: with a lower mark it makes less output before some has left", "[server]") {
    for (const std::size_t mark : {server::kHeldBackBytes, server::kHighWaterBytes}) {
        ConnectionBench bench;
        CHECK(bench.connection->set_high_water(mark) == (mark != server::kHighWaterBytes));
        bench.handler.answers["/a"] = [] {
            http::Response response;
            response.body = std::make_unique<CountingSource>(10'000'000, 1'000);
            return response;
        };
        bench.stream->set_send_room(0);
        bench.stream->incoming(kGet);
        for (int i = 0; i < 1'000; ++i) bench.step();
        CHECK(bench.connection->held_bytes() > mark);
        // Blocks are about half full: a source is always given room for more than it writes.
        CHECK(bench.connection->held_bytes() < 2 * mark + 3 * server::kBlockBytes);
        CHECK(bench.connection->interest() == net::Interest::write);
    }
}
