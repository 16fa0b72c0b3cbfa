// How a connection of HTTP/2 ends: by itself, by its deadlines, with the server, and with its peer.
#include <algorithm>
#include <string>

#include "support/catch.h"
#include "support/http2_bench.h"

using namespace support;
using server::http2::ConnectionState;
using Verdict = server::Connection::Verdict;

namespace {

constexpr std::uint32_t kAnyStream = 0x7FFF'FFFF;
constexpr std::uint32_t kCancel = 8;

http::Response large() {
    http::Response response;
    response.body = http::Piece(std::string(200'000, 'l'));
    return response;
}

void end_disk_work(Http2Bench& bench) {
    bench.handler.disk_done = true;
    bench.connection->wake(*bench.base.waiting.find(net::Token::unpack(bench.handler.last_wake)));
}

}  // namespace

TEST_CASE("http2 ends: an idle connection says its end after the time of keep-alive", "[server][http2]") {
    Http2Bench bench;
    CHECK(bench.connection->is_unused());
    bench.send(get_frame(1, "/a"));
    CHECK(bench.connection->deadline(bench.base.config) == bench.base.clock.now_ms() + bench.base.config.keep_alive_ms);
    bench.expire_after(bench.base.config.keep_alive_ms);
    CHECK(bench.reader.goaway == 0U);
    CHECK(bench.reader.goaway_streams == std::vector<std::uint32_t>{1});
    CHECK(bench.connection->state() == ConnectionState::lingering);
    CHECK(bench.stream->write_shut());
    CHECK(bench.expire_after(bench.base.config.linger_timeout_ms) == Verdict::close);
}

TEST_CASE("http2 ends: pings do not keep an idle connection", "[server][http2]") {
    Http2Bench bench;
    const auto due = bench.connection->deadline(bench.base.config);
    bench.base.clock.advance_ms(1000);
    bench.send(frame(FrameType::ping, 0, 0, "12345678"));
    CHECK(bench.reader.count(FrameType::ping) == 1);
    CHECK(bench.connection->deadline(bench.base.config) == due);
}

TEST_CASE("http2 ends: a server that stops says so twice, and answers what is open", "[server][http2]") {
    Http2Bench bench;
    bench.handler.disk_done = false;
    bench.send(head_frame(1, request_fields("DELETE", "/a")));
    bench.base.turn.stopping = server::Stopping::finishing;
    bench.run();
    CHECK(bench.reader.goaway_streams == std::vector<std::uint32_t>{kAnyStream});
    bench.send(get_frame(3, "/late"));
    CHECK(bench.answer(3).status() == 200);
    bench.base.turn.stopping = server::Stopping::closing;
    bench.stream->incoming(get_frame(5, "/just-arrived"));
    (void)bench.connection->advance(bench.base.turn);
    bench.run();
    CHECK(bench.answer(5).status() == 200);
    CHECK(bench.reader.goaway_streams == std::vector<std::uint32_t>{kAnyStream, 5});
    CHECK(bench.reader.goaway == 0U);
    CHECK(bench.connection->state() == ConnectionState::ending);
    end_disk_work(bench);
    bench.run();
    CHECK(bench.answer(1).status() == 201);
    CHECK(bench.connection->state() == ConnectionState::lingering);
    CHECK(bench.stream->write_shut());
    bench.stream->eof();
    CHECK(bench.run() == Verdict::close);
}

TEST_CASE("http2 ends: a client that says its end gets its answers and the close", "[server][http2]") {
    Http2Bench bench;
    bench.send(get_frame(1, "/a") + frame(FrameType::goaway, 0, 0, number_bytes(0, 8)));
    CHECK(bench.answer(1).ended);
    bench.stream->eof();
    CHECK(bench.run() == Verdict::close);
}

TEST_CASE("http2 ends: a client that shuts its side still gets its answers", "[server][http2]") {
    Http2Bench bench;
    bench.handler.disk_done = false;
    bench.send(head_frame(1, request_fields("DELETE", "/a")));
    bench.stream->eof();
    for (int i = 0; i < 3; ++i) CHECK(bench.step() == Verdict::wait);
    end_disk_work(bench);
    CHECK(bench.step() == Verdict::close);
    CHECK(bench.answer(1).status() == 201);
}

TEST_CASE("http2 ends: a head that does not come whole ends the connection", "[server][http2]") {
    Http2Bench bench;
    bench.send(head_frame(1, request_fields("GET", "/"), 0));
    bench.expire_after(bench.base.config.header_timeout_ms);
    CHECK(bench.reader.goaway == 11U);
    CHECK(bench.base.metrics.deadlines_passed == 1);
}

TEST_CASE("http2 ends: a body that stops is answered 408, a slow honest one goes on", "[server][http2]") {
    Http2Bench bench;
    bench.send(head_frame(1, request_fields("PUT", "/a"), kEndHeaders) +
               head_frame(3, request_fields("PUT", "/b"), kEndHeaders));
    for (int i = 0; i < 3; ++i) {
        bench.base.clock.advance_ms(10'000);
        bench.send(data_frame(3, std::string(2000, 'x')));
    }
    bench.expire_after(0);
    CHECK(bench.answer(1).status() == 408);
    CHECK(bench.answer(1).ended);
    CHECK(bench.answer(3).status() == 0);
    bench.send(data_frame(3, "x", kEndStream));
    CHECK(bench.answer(3).status() == 201);
    CHECK(bench.handler.sinks_aborted == 1);
}

TEST_CASE("http2 ends: a drip of a body is no progress", "[server][http2]") {
    Http2Bench bench;
    bench.send(head_frame(1, request_fields("PUT", "/a"), kEndHeaders));
    for (int i = 0; i < 6; ++i) {
        bench.expire_after(6'000);
        bench.send(data_frame(1, "x"));
    }
    CHECK(bench.answer(1).status() == 408);
}

TEST_CASE("http2 ends: a reader that opens no window loses its stream, and no other", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/large"] = large;
    bench.send(window_frame(0, 1'000'000) + get_frame(1, "/large"));
    CHECK(bench.answer(1).body.size() == 65'535);
    bench.base.clock.advance_ms(20'000);
    bench.send(get_frame(3, "/large"));
    bench.expire_after(10'000);
    CHECK(bench.answer(1).reset == kCancel);
    CHECK_FALSE(bench.answer(3).reset.has_value());
    CHECK(bench.base.metrics.deadlines_passed == 1);
    CHECK(bench.base.metrics.responses_aborted == 1);
}

TEST_CASE("http2 ends: a reader that opened a large window has the time to read what came", "[server][http2]") {
    Http2Bench bench;
    constexpr std::size_t kWindow = 1'000'000;
    bench.handler.answers["/large"] = [] {
        http::Response response;
        response.body = http::Piece(std::string(2 * kWindow, 'l'));
        return response;
    };
    bench.send(window_frame(0, 2 * kWindow) + get_frame(1, "/large") + window_frame(1, kWindow - 65'535));
    REQUIRE(bench.answer(1).body.size() == kWindow);
    const auto patience_ms = static_cast<base::MonotonicMs>(kWindow * 1000 / server::kPatientRate);
    bench.expire_after(patience_ms - 1'000);
    CHECK_FALSE(bench.answer(1).reset.has_value());
    bench.expire_after(1'000);
    CHECK(bench.answer(1).reset == kCancel);
}

TEST_CASE("http2 ends: a window that drips does not keep a stream", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/large"] = large;
    bench.send(window_frame(0, 1'000'000) + get_frame(1, "/large"));
    for (int i = 0; i < 40 && !bench.answer(1).reset; ++i) {
        bench.expire_after(1'000);
        bench.send(window_frame(1, 10));
    }
    CHECK(bench.answer(1).reset == kCancel);
}

TEST_CASE("http2 ends: a reader that reads at the least rate keeps its stream", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/large"] = large;
    bench.send(window_frame(0, 1'000'000) + get_frame(1, "/large"));
    for (int i = 0; i < 100; ++i) {
        bench.expire_after(1'000);
        bench.send(window_frame(1, 200));
    }
    CHECK_FALSE(bench.answer(1).reset.has_value());
    CHECK(bench.answer(1).body.size() == 65'535 + 20'000);
}

TEST_CASE("http2 ends: output that the peer does not take ends the connection", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/large"] = large;
    bench.stream->set_send_room(1000);
    bench.send(get_frame(1, "/large"));
    bench.expire_after(bench.base.config.write_timeout_ms);
    CHECK(bench.stream->aborted());
    CHECK(bench.connection->state() == ConnectionState::closed);
    CHECK(bench.connection->exchanges() == 0);
}

TEST_CASE("http2 ends: a peer that is gone leaves pending work to its end", "[server][http2]") {
    Http2Bench bench;
    bench.handler.disk_done = false;
    bench.handler.answers["/large"] = large;
    bench.send(head_frame(1, request_fields("DELETE", "/a")));
    bench.stream->close_sending();
    bench.send(get_frame(3, "/large"));
    CHECK(bench.connection->state() == ConnectionState::closed);
    CHECK(bench.connection->has_pending_work());
    CHECK(bench.connection->interest() == net::Interest::none);
    CHECK_FALSE(bench.connection->deadline(bench.base.config).has_value());
    end_disk_work(bench);
    CHECK(bench.run() == Verdict::close);
    CHECK(bench.connection->exchanges() == 0);
}

TEST_CASE("http2 ends: what it holds grows with its streams, and the first that stalls says since when",
          "[server][http2]") {
    Http2Bench bench;
    const std::size_t idle = bench.connection->held_bytes();
    CHECK(idle >= server::kConnectionOwnBytes + server::http2::kSessionBytes);
    bench.handler.answers["/large"] = large;
    bench.send(get_frame(1, "/large"));
    CHECK(bench.connection->held_bytes() > idle + 200'000);
    const auto stalled = bench.base.clock.now_ms();
    bench.base.clock.advance_ms(5'000);
    bench.send(get_frame(3, "/a"));
    CHECK(bench.connection->stalled_since_ms() == stalled);
    CHECK(bench.connection->held_bytes() < idle + 300'000);
}
