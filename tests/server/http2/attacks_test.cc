// Peers that ask for more than requests: each bound is passed once, and the connection ends with the right error.
#include <functional>
#include <string>

#include "support/catch.h"
#include "support/http2_bench.h"

using namespace support;
using Verdict = server::Connection::Verdict;

namespace {

constexpr std::uint32_t kProtocolError = 1;
constexpr std::uint32_t kFlowControlError = 3;
constexpr std::uint32_t kRefusedStream = 7;
constexpr std::uint32_t kEnhanceYourCalm = 11;

/// Sends what `make` gives up to `most` times; how often it was sent before the connection said its end.
template <class Make>
std::uint32_t repeat(Http2Bench& bench, std::uint32_t most, const Make& make) {
    for (std::uint32_t i = 0; i < most; ++i) {
        if (bench.reader.goaway) return i;
        bench.send(make(i));
    }
    return most;
}

std::uint32_t stream_of(std::uint32_t i) { return 2 * i + 1; }

void check_calmed(Http2Bench& bench) {
    CHECK(bench.reader.goaway == kEnhanceYourCalm);
    CHECK(bench.counts().calmed == 1);
    CHECK(bench.connection->state() == server::http2::ConnectionState::lingering);
    CHECK(bench.connection->exchanges() == 0);
    CHECK(bench.stream->write_shut());
    bench.stream->eof();
    CHECK(bench.run() == Verdict::close);
}

}  // namespace

TEST_CASE("http2 attacks: rapid resets end the connection", "[server][http2][attack]") {
    Http2Bench bench;
    const auto make = [](std::uint32_t i) { return get_frame(stream_of(i), "/a") + reset_frame(stream_of(i)); };
    CHECK(repeat(bench, 2000, make) == server::http2::kMaxResetsReceived + 1);
    check_calmed(bench);
}

TEST_CASE("http2 attacks: resets over a long time are no attack", "[server][http2][attack]") {
    Http2Bench bench;
    const auto make = [&](std::uint32_t i) {
        bench.base.clock.advance_ms(100);
        return get_frame(stream_of(i), "/a") + reset_frame(stream_of(i));
    };
    CHECK(repeat(bench, 1000, make) == 1000);
}

TEST_CASE("http2 attacks: requests that this side has to reset end the connection", "[server][http2][attack]") {
    const std::vector<FieldPairs> kinds{request_fields("GET", "/", {{"connection", "close"}}),
                                        request_fields("GET", "/", {{"X-Upper", "1"}})};
    for (const FieldPairs& fields : kinds) {
        Http2Bench bench;
        const auto make = [&](std::uint32_t i) { return head_frame(stream_of(i), fields); };
        CHECK(repeat(bench, 3000, make) == server::http2::kMaxResetsSent + 1);
        check_calmed(bench);
    }
}

TEST_CASE("http2 attacks: frames that make this side reset a stream end the connection", "[server][http2][attack]") {
    // A window that grows by nothing, one that grows too large, and more content than was said (CVE-2025-8671).
    const std::vector<std::function<std::string(std::uint32_t)>> faults{
        [](std::uint32_t stream) { return window_frame(stream, 0); },
        [](std::uint32_t stream) { return window_frame(stream, 0x7FFF'FFFF); },
        [](std::uint32_t stream) { return data_frame(stream, "xy", kEndStream); },
    };
    for (const auto& fault : faults) {
        Http2Bench bench;
        const auto make = [&](std::uint32_t i) {
            const FieldPairs fields = request_fields("PUT", "/a", {{"content-length", "1"}});
            return head_frame(stream_of(i), fields, kEndHeaders) + fault(stream_of(i));
        };
        const std::uint32_t sent = repeat(bench, 3000, make);
        CHECK(sent <= server::http2::kMaxResetsSent + 1);
        CHECK(bench.reader.goaway.has_value());
    }
}

TEST_CASE("http2 attacks: floods of every useless frame end the connection", "[server][http2][attack]") {
    const std::vector<std::pair<std::string, std::string>> floods{
        {"settings", frame(FrameType::settings, 0, 0)},
        {"acknowledged settings that were not sent", frame(FrameType::settings, kAck, 0)},
        {"ping", frame(FrameType::ping, 0, 0, "12345678")},
        {"answers to no ping", frame(FrameType::ping, kAck, 0, "12345678")},
        {"priority", frame(FrameType::priority, 0, 1, std::string("\0\0\0\0\x10", 5))},
        {"priority update", frame(FrameType::priority_update, 0, 0, std::string("\0\0\0\1", 4) + "u=1")},
        {"window of the connection", window_frame(0, 1)},
        {"empty data", data_frame(1, "")},
        {"padding", frame(FrameType::data, 8, 1, std::string("\1\0", 2))},
        {"an unknown kind", frame(static_cast<FrameType>(0x55), 0, 0, "x")},
    };
    for (const auto& [name, one] : floods) {
        Http2Bench bench;
        bench.send(head_frame(1, request_fields("PUT", "/a"), kEndHeaders));
        const auto make = [&flood = one](std::uint32_t) { return flood; };
        const std::uint32_t sent = repeat(bench, 5000, make);
        INFO(name);
        CHECK(sent <= server::http2::kMostControlFrames + 10);
        CHECK(bench.reader.goaway.has_value());
        CHECK(bench.handler.sinks_aborted == 1);
    }
}

TEST_CASE("http2 attacks: a flood in one receive, by one who reads nothing, is bounded as well",
          "[server][http2][attack]") {
    Http2Bench bench;
    std::string flood;
    for (int i = 0; i < 5000; ++i) flood += frame(FrameType::ping, 0, 0, "12345678");
    bench.stream->set_send_room(0);
    bench.send(flood);
    CHECK(bench.connection->state() == server::http2::ConnectionState::lingering);
    bench.stream->set_send_room(ScriptedStream::kUnlimited);
    bench.run();
    CHECK(bench.reader.goaway == kEnhanceYourCalm);
    CHECK(bench.counts().calmed == 1);
}

TEST_CASE("http2 attacks: a window that opens byte by byte ends the connection", "[server][http2][attack]") {
    Http2Bench bench(false);
    bench.handler.answers["/a"] = [] {
        http::Response response;
        response.body = http::Piece(std::string(100'000, 'x'));
        return response;
    };
    bench.send(client_begin(setting(4, 0)) + get_frame(1, "/a"));
    const auto make = [](std::uint32_t) { return window_frame(1, 1); };
    CHECK(repeat(bench, 5000, make) <= server::http2::kMostControlFrames + 20);
    check_calmed(bench);
}

TEST_CASE("http2 attacks: opening windows as a download needs it is no attack", "[server][http2][attack]") {
    Http2Bench bench;
    bench.handler.answers["/a"] = [] {
        http::Response response;
        response.body = http::Piece(std::string(8'000'000, 'x'));
        return response;
    };
    bench.send(get_frame(1, "/a"));
    const auto make = [](std::uint32_t) { return window_frame(0, 2048) + window_frame(1, 2048); };
    CHECK(repeat(bench, 3800, make) == 3800);
}

TEST_CASE("http2 attacks: a head in many CONTINUATION frames, full or empty, ends the connection",
          "[server][http2][attack]") {
    for (const bool empty : {false, true}) {
        Http2Bench bench;
        std::string flood = head_frame(1, request_fields("GET", "/"), 0);
        for (int i = 0; i < 100; ++i) {
            const FieldPairs fields{{"x-" + std::to_string(i), "1"}};
            flood += frame(FrameType::continuation, 0, 1, empty ? std::string() : field_block(fields));
        }
        bench.send(flood);
        check_calmed(bench);
    }
}

TEST_CASE("http2 attacks: a head that a table blows up is not kept, and is refused", "[server][http2][attack]") {
    Http2Bench bench;
    // A literal that the table remembers, as its newest entry, which is number 62; then references of one byte.
    const std::string remembered = std::string(1, 0x40) + field_block({{"x-bomb", std::string(3000, 'x')}}).substr(1);
    const auto bomb = [&](std::size_t references) {
        return field_block(request_fields("GET", "/")) + remembered + std::string(references, '\xBE');
    };
    bench.send(frame(FrameType::headers, kEndStream | kEndHeaders, 1, bomb(200)));
    CHECK(bench.answer(1).status() == 431);
    bench.send(frame(FrameType::headers, kEndStream | kEndHeaders, 3, bomb(10'000)));
    CHECK(bench.answer(3).reset == kEnhanceYourCalm);
    CHECK(bench.handler.paths.empty());
}

TEST_CASE("http2 attacks: more streams than are allowed are refused, or end the connection",
          "[server][http2][attack]") {
    Http2Bench bench;
    for (std::uint32_t i = 0; i < server::http2::kMaxStreams; ++i) {
        bench.send(head_frame(stream_of(i), request_fields("PUT", "/a"), kEndHeaders));
    }
    CHECK(bench.connection->exchanges() == server::http2::kMaxStreams);
    bench.send(head_frame(stream_of(500), request_fields("PUT", "/a"), kEndHeaders));
    CHECK((bench.reader.goaway == kProtocolError || bench.answer(stream_of(500)).reset == kRefusedStream));
    CHECK(bench.connection->exchanges() <= server::http2::kMaxStreams);
}

TEST_CASE("http2 attacks: a window of the connection that overflows ends it", "[server][http2][attack]") {
    Http2Bench bench;
    bench.send(window_frame(0, 0x7FFF'FFFF));
    CHECK(bench.reader.goaway == kFlowControlError);
}

TEST_CASE("http2 attacks: what is no frame ends the connection", "[server][http2][attack]") {
    for (const std::string& bytes :
         {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), frame(FrameType::data, 0, 0, "x"),
          frame(FrameType::headers, kEndHeaders, 2, field_block(request_fields("GET", "/"))),
          frame(FrameType::push_promise, kEndHeaders, 1, std::string(4, '\0')),
          frame(FrameType::headers, kEndHeaders, 1, "\xFF\xFF\xFF\xFF\xFF\xFF")}) {
        Http2Bench bench;
        bench.send(bytes);
        CHECK(bench.reader.goaway.has_value());
        CHECK(bench.reader.goaway != 0U);
        CHECK(bench.connection->state() != server::http2::ConnectionState::open);
    }
}

TEST_CASE("http2 attacks: streams of one connection count for their client together", "[server][http2][attack]") {
    Http2Bench bench(false);
    auto owned = std::make_unique<ScriptedStream>();
    bench.stream = owned.get();
    server::Transport transport(std::move(owned), net::PeerAddress{}, bench.base.clock.now_ms());
    transport.client.key = {0, 1};
    bench.connection =
        std::make_unique<server::http2::Connection>(std::move(transport), net::Token{7, 3}, bench.base.clock.now_ms());
    bench.send(client_begin());
    bench.base.config.max_requests_per_client = 3;
    bench.handler.disk_done = false;
    for (std::uint32_t stream = 1; stream <= 9; stream += 2) {
        bench.send(head_frame(stream, request_fields("DELETE", "/a"), kEndHeaders | kEndStream));
    }
    for (std::uint32_t stream = 1; stream <= 9; stream += 2) {
        CHECK(bench.answer(stream).status() == (stream <= 5 ? 0 : 429));
    }
    bench.connection->abandon(bench.base.turn, "the test is over");
}
