// Bodies of requests over HTTP/2: sinks, windows, trailers, interim answers, and what ends them early.
#include <string>

#include "support/catch.h"
#include "support/http2_bench.h"

using namespace support;
using Verdict = server::Connection::Verdict;

namespace {

constexpr std::uint8_t kHeadOnly = kEndHeaders;

FieldPairs put(std::string_view path, const FieldPairs& more = {}) { return request_fields("PUT", path, more); }

/// What the client may send on a stream after `sent` bytes of it: by the WINDOW_UPDATE frames that came.
std::uint64_t opened(const FrameReader& reader, std::uint32_t stream) {
    std::uint64_t bytes = 0;
    for (const Frame& one : reader.frames) {
        if (one.type != FrameType::window_update || one.stream != stream) continue;
        for (std::size_t i = 0, value = 0; i < 4; ++i) {
            value = value << 8U | static_cast<unsigned char>(one.payload[i]);
            if (i == 3) bytes += value;
        }
    }
    return bytes;
}

}  // namespace

TEST_CASE("http2 bodies: an upload is asked for, taken, and answered", "[server][http2]") {
    Http2Bench bench;
    bench.send(upload_frames(1, "/a", std::string(40'000, 'u'), {{"content-length", "40000"}}));
    CHECK(bench.answer(1).status() == 201);
    CHECK(bench.handler.received == std::string(40'000, 'u'));
    CHECK(bench.connection->exchanges() == 0);
    CHECK(bench.connection->weight() == server::Weight::light);
}

TEST_CASE("http2 bodies: frames of one byte reach the sink together", "[server][http2]") {
    Http2Bench bench;
    std::string bytes = head_frame(1, put("/a"), kHeadOnly);
    for (int i = 0; i < 500; ++i) bytes += data_frame(1, "x");
    bench.send(bytes + data_frame(1, "y", kEndStream));
    CHECK(bench.handler.received == std::string(500, 'x') + "y");
    CHECK(bench.handler.writes <= 2);
}

TEST_CASE("http2 bodies: trailers reach the sink, and long ones are refused", "[server][http2]") {
    Http2Bench bench;
    bench.send(head_frame(1, put("/a"), kHeadOnly) + data_frame(1, "body") +
               head_frame(1, {{"content-digest", "sha-256=:x:"}}));
    CHECK(bench.answer(1).status() == 201);
    CHECK(bench.handler.trailers == "content-digest: sha-256=:x:\r\n");
    bench.send(head_frame(3, put("/b"), kHeadOnly));
    bench.send(head_frame(3, {{"x-long", std::string(9000, 'x')}}));
    CHECK(bench.answer(3).status() == 431);
    CHECK(bench.handler.sinks_aborted == 1);
}

TEST_CASE("http2 bodies: 100 Continue comes when the body is awaited, interim answers before it", "[server][http2]") {
    Http2Bench bench;
    bench.handler.interims.emplace_back("location", "/upload");
    bench.send(head_frame(1, put("/a", {{"expect", "100-continue"}}), kHeadOnly));
    REQUIRE(bench.answer(1).interims.size() == 2);
    CHECK(bench.answer(1).interims[0].front().second == "104");
    CHECK(bench.answer(1).interims[0].back().second == "/upload");
    CHECK(bench.answer(1).interims[1].front().second == "100");
    bench.send(data_frame(1, "body", kEndStream));
    CHECK(bench.answer(1).status() == 201);
}

TEST_CASE("http2 bodies: the window grows with what the sink takes", "[server][http2]") {
    Http2Bench bench;
    const std::string piece(16'000, 'u');
    bench.send(head_frame(1, put("/a"), kHeadOnly));
    std::uint64_t sent = 0;
    for (int i = 0; i < 40; ++i) {
        bench.send(data_frame(1, piece));
        sent += piece.size();
    }
    const std::uint64_t allowed = server::http2::kFirstWindowBytes + opened(bench.reader, 1);
    CHECK(allowed - sent > 2 * server::http2::kFirstWindowBytes);
    CHECK(bench.handler.received.size() == sent);
}

TEST_CASE("http2 bodies: a decision that is awaited holds back its stream and no other", "[server][http2]") {
    class Later final : public handler::PendingDecision {
    public:
        std::optional<handler::Decision> advance(http::Request&, http::Wake) override { return std::nullopt; }
    };
    class Handler final : public handler::Handler {
    public:
        explicit Handler(ScriptedHandler& inner) : inner_(inner) {}
        handler::Decision handle(const http::Request& request) override {
            if (request.path() == "/later") return std::make_unique<Later>();
            return inner_.handle(request);
        }

    private:
        ScriptedHandler& inner_;
    };
    Http2Bench bench;
    Handler handler(bench.handler);
    server::Turn turn{.config = bench.base.config,
                      .clock = bench.base.clock,
                      .handler = handler,
                      .blocks = bench.base.blocks,
                      .exchanges = bench.base.exchanges,
                      .http2_exchanges = bench.base.http2_exchanges,
                      .requests = bench.base.requests,
                      .waiting = bench.base.waiting,
                      .arrivals = bench.base.arrivals,
                      .date = bench.base.date,
                      .access_log = bench.base.access_log,
                      .audit_log = bench.base.audit_log,
                      .error_log = bench.base.error_log,
                      .metrics = bench.base.metrics,
                      .scratch = bench.base.scratch};
    bench.stream->incoming(head_frame(1, put("/later"), kHeadOnly));
    for (int i = 0; i < 4; ++i) bench.stream->incoming(data_frame(1, std::string(16'000, 'x')));
    bench.stream->incoming(upload_frames(3, "/now", "body"));
    for (int i = 0; i < 20; ++i) {
        bench.connection->receive(turn);
        (void)bench.connection->advance(turn);
        bench.reader.take(bench.stream->take_sent());
    }
    CHECK(bench.answer(3).status() == 201);
    CHECK(bench.answer(1).status() == 0);
    CHECK(opened(bench.reader, 1) == 0);
    bench.connection->abandon(turn, "the test is over");
}

TEST_CASE("http2 bodies: a sink that refuses is answered, and the rest is not wanted", "[server][http2]") {
    Http2Bench bench;
    bench.handler.refuse_after = 10;
    bench.send(head_frame(1, put("/a"), kHeadOnly) + data_frame(1, std::string(100, 'x')));
    CHECK(bench.answer(1).status() == 507);
    CHECK(bench.answer(1).ended);
    CHECK(bench.answer(1).reset == 0U);
    CHECK(bench.connection->exchanges() == 0);
    CHECK(bench.counts().resets_sent == 0);
}

TEST_CASE("http2 bodies: DATA that disagrees with the length resets the stream, and nothing is stored",
          "[server][http2]") {
    Http2Bench bench;
    bench.send(upload_frames(1, "/a", "12345", {{"content-length", "4"}}));
    CHECK(bench.answer(1).reset == 1U);
    bench.send(upload_frames(3, "/b", "12345", {{"content-length", "6"}}));
    CHECK(bench.answer(3).reset == 1U);
    CHECK(bench.handler.trailers.empty());
    CHECK(bench.answer(1).status() + bench.answer(3).status() == 0);
    CHECK(bench.connection->exchanges() == 0);
}

TEST_CASE("http2 bodies: a stream that is reset aborts its sink, and its content", "[server][http2]") {
    Http2Bench bench;
    bench.send(head_frame(1, put("/a"), kHeadOnly) + data_frame(1, "some"));
    CHECK(bench.handler.received == "some");
    bench.send(reset_frame(1));
    CHECK(bench.handler.sinks_aborted == 1);
    CHECK(bench.base.metrics.uploads_aborted == 1);
    CHECK(bench.connection->exchanges() == 0);
    CHECK(bench.counts().resets_received == 1);
}

TEST_CASE("http2 bodies: work that is pending ends by itself when its stream is reset, and counts until then",
          "[server][http2]") {
    Http2Bench bench;
    bench.handler.disk_done = false;
    for (std::uint32_t i = 0; i < server::http2::kMaxStreams; ++i) {
        bench.send(head_frame(2 * i + 1, request_fields("DELETE", "/a")));
        bench.send(reset_frame(2 * i + 1));
    }
    CHECK(bench.connection->exchanges() == server::http2::kMaxStreams);
    const http::Wake wake = bench.handler.last_wake;
    bench.send(get_frame(1001, "/b"));
    CHECK(bench.answer(1001).reset == 7U);
    bench.handler.disk_done = true;
    bench.connection->wake(*bench.base.waiting.find(net::Token::unpack(wake)));
    bench.run();
    CHECK(bench.connection->exchanges() == server::http2::kMaxStreams - 1);
    bench.send(get_frame(1003, "/b"));
    CHECK(bench.answer(1003).status() == 200);
}

TEST_CASE("http2 bodies: a body that nobody wants is thrown away before the answer", "[server][http2]") {
    Http2Bench bench;
    bench.send(head_frame(1, request_fields("GET", "/a"), kHeadOnly) + data_frame(1, "unwanted"));
    CHECK(bench.answer(1).status() == 0);
    bench.send(data_frame(1, "", kEndStream));
    CHECK(bench.answer(1).body == "/a");
    bench.send(head_frame(3, request_fields("GET", "/b"), kHeadOnly));
    for (int i = 0; i < 5; ++i) bench.send(data_frame(3, std::string(15'000, 'x')));
    CHECK(bench.answer(3).body == "/b");
}

TEST_CASE("http2 bodies: what was heavy waits for its turn among the heavy ones, and light streams do not",
          "[server][http2]") {
    Http2Bench bench;
    bench.stream->incoming(upload_frames(1, "/up", "body") + get_frame(3, "/light"));
    bench.connection->receive(bench.base.turn);
    CHECK(bench.connection->advance(bench.base.turn) == Verdict::again);
    CHECK(bench.connection->weight() == server::Weight::heavy);
    CHECK(bench.handler.paths == std::vector<std::string>{"/light"});
    (void)bench.connection->advance(bench.base.turn);
    CHECK(bench.handler.paths == std::vector<std::string>{"/light", "/up"});
    CHECK(bench.connection->weight() == server::Weight::light);
}

TEST_CASE("http2 bodies: a peer that ends in the middle of a body leaves nothing", "[server][http2]") {
    Http2Bench bench;
    bench.send(head_frame(1, put("/a"), kHeadOnly) + data_frame(1, "some"));
    bench.stream->eof();
    CHECK(bench.run() == Verdict::close);
    CHECK(bench.handler.sinks_aborted == 1);
    CHECK(bench.base.metrics.uploads_aborted == 1);
}
