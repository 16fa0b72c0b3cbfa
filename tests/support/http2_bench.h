// A connection of HTTP/2 over a scripted stream, with the clock, handler and counters of ConnectionBench, and a client
// that writes and reads frames.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "server/http2/connection.h"
#include "support/connection_bench.h"
#include "support/http2_frames.h"

namespace support {

class Http2Bench {
public:
    /// `begins`: the client has sent its preface and empty settings, and read the answers.
    explicit Http2Bench(bool begins = true) {
        auto owned = std::make_unique<ScriptedStream>();
        stream = owned.get();
        server::Transport transport(std::move(owned), net::PeerAddress{}, base.clock.now_ms());
        connection =
            std::make_unique<server::http2::Connection>(std::move(transport), net::Token{7, 3}, base.clock.now_ms());
        if (!begins) return;
        send(client_begin());
        send(frame(FrameType::settings, kAck, 0));
    }

    /// One turn of the loop for this connection; one that turns heavy has its turn among those at once.
    server::Connection::Verdict step() {
        connection->receive(base.turn);
        const server::Weight before = connection->weight();
        server::Connection::Verdict verdict = connection->advance(base.turn);
        if (connection->weight() > before) verdict = connection->advance(base.turn);
        reader.take(stream->take_sent());
        return verdict;
    }
    /// The client's bytes, then turns until the connection waits, or is over.
    server::Connection::Verdict send(std::string_view bytes) {
        stream->incoming(bytes);
        return run();
    }
    server::Connection::Verdict run(int at_most = 10'000) {
        server::Connection::Verdict verdict = server::Connection::Verdict::wait;
        for (int i = 0; i < at_most; ++i) {
            verdict = step();
            if (verdict == server::Connection::Verdict::close) break;
            if (verdict == server::Connection::Verdict::wait && stream->script_done()) break;
        }
        return verdict;
    }
    server::Connection::Verdict expire_after(std::int64_t milliseconds) {
        base.clock.advance_ms(milliseconds);
        const auto verdict = connection->expire(base.turn);
        reader.take(stream->take_sent());
        return verdict;
    }
    [[nodiscard]] StreamAnswer& answer(std::uint32_t number) { return reader.streams[number]; }
    [[nodiscard]] server::Http2Metrics& counts() { return base.metrics.http2; }

    ConnectionBench base;
    ScriptedHandler& handler = base.handler;
    FrameReader reader;
    ScriptedStream* stream = nullptr;
    std::unique_ptr<server::http2::Connection> connection;
};

}  // namespace support
