// A client of HTTP/2 that does whatever some bytes say: it opens streams, sends bodies, resets, floods, stops reading,
// lets time pass, goes away. What must hold in any case is checked behind each step. Called by the fuzz target and by a
// test that makes such bytes at random.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/http2_bench.h"

namespace support {

class Http2Script {
public:
    explicit Http2Script(std::string_view bytes) : rest_(bytes) {
        bench_.handler.answers["/large"] = [] {
            http::Response response;
            response.body = http::Piece(std::string(300'000, 'l'));
            return response;
        };
        bench_.handler.answers["/source"] = [] {
            http::Response response;
            response.body = std::make_unique<CountingSource>(50'000, 700);
            return response;
        };
    }

    /// The promise that was broken; empty when all held.
    std::string run() {
        while (!rest_.empty() && !is_over_) {
            step();
            if (std::string broken = check(); !broken.empty()) return broken;
        }
        return end();
    }

private:
    std::uint8_t next() {
        if (rest_.empty()) return 0;
        const auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }
    std::uint32_t new_stream() { return std::exchange(stream_, stream_ + 2); }
    /// One of the last ones.
    std::uint32_t some_stream() {
        const std::uint32_t back = 2U * (next() % 8U + 1U);
        return stream_ > back ? stream_ - back : 1;
    }
    std::string_view path() {
        constexpr auto kPaths = std::to_array<std::string_view>({"/a", "/large", "/source", "/x#y"});
        return kPaths.at(next() % kPaths.size());
    }

    void step() {
        const std::uint8_t what = next();
        switch (what % 20U) {
            case 0: send(get_frame(new_stream(), path())); break;
            case 1: send(get_frame(new_stream(), path()) + get_frame(new_stream(), path())); break;
            case 2: send(head_frame(new_stream(), request_fields("PUT", path()), kEndHeaders)); break;
            case 3: send(data_frame(some_stream(), std::string(next() * 64U, 'd'))); break;
            case 4: send(data_frame(some_stream(), std::string(next(), 'd'), kEndStream)); break;
            case 5: send(reset_frame(some_stream(), next())); break;
            case 6: send(window_frame(what < 128 ? 0 : some_stream(), 1U << (next() % 24U))); break;
            case 7: send(frame(FrameType::ping, 0, 0, "12345678")); break;
            case 8: send(client_begin(setting(4, next() * 300U)).substr(24)); break;
            case 9: send(head_frame(some_stream(), {{"x-trailer", "1"}})); break;
            case 10: send(head_frame(new_stream(), request_fields("DELETE", "/a"))); break;
            case 11: send(head_frame(new_stream(), request_fields("GET", "/a"), kEndStream)); break;
            case 12: send(head_frame(new_stream(), request_fields("GET", "/a", {{"Bad", "1"}}))); break;
            case 13: bench_.handler.disk_done = !bench_.handler.disk_done; break;
            case 14: wake(); break;
            case 15: bench_.stream->set_send_room(what < 128 ? next() * 100U : ScriptedStream::kUnlimited); break;
            case 16: pass_time(next() * 400); break;
            case 17: send(std::string(rest_.substr(0, next()))); break;
            case 18: cut_ = next() % 40U; break;
            case 19: bench_.handler.refuse_after = next() * 1000U; break;
            default: break;
        }
    }

    /// Whole, or in pieces of so many bytes.
    void send(std::string_view bytes) {
        for (const std::size_t piece = cut_ == 0 ? bytes.size() : cut_; !bytes.empty();) {
            bench_.stream->incoming(bytes.substr(0, piece));
            bytes.remove_prefix(std::min(piece, bytes.size()));
        }
        turns(200);
    }
    void wake() {
        server::Exchange* const found = bench_.base.waiting.find(net::Token::unpack(bench_.handler.last_wake));
        if (found != nullptr) bench_.connection->wake(*found);
        turns(50);
    }
    void pass_time(std::int64_t milliseconds) {
        if (bench_.expire_after(milliseconds) == server::Connection::Verdict::close) is_over_ = true;
        turns(50);
    }
    void turns(int at_most) {
        for (int i = 0; i < at_most && !is_over_; ++i) {
            const auto verdict = bench_.step();
            is_over_ = verdict == server::Connection::Verdict::close;
            if (verdict == server::Connection::Verdict::wait && bench_.stream->script_done()) return;
        }
    }

    [[nodiscard]] std::string check() const {
        if (bench_.connection->exchanges() > server::http2::kMaxStreams)
            return "there are no more exchanges than streams";
        if (bench_.stream->sent_after_shut) return "nothing is sent behind the end";
        return {};
    }

    /// Whatever went before, the peer's end and the disk's end everything.
    std::string end() {
        bench_.handler.disk_done = true;
        bench_.stream->set_send_room(ScriptedStream::kUnlimited);
        for (int i = 0; i < 400 && !is_over_; ++i) {
            for (std::uint32_t slot = 0; slot < server::http2::kMaxStreams; ++slot) {
                for (std::uint32_t generation = 0; generation < 64; ++generation) wake_token({slot, generation});
            }
            if (i == 2) bench_.stream->eof();
            turns(20);
            if (!is_over_) pass_time(40'000);
        }
        if (is_over_) return {};
        return "every connection comes to its end, and this one is " +
               std::string(server::http2::state_name(bench_.connection->state())) +
               " with exchanges: " + std::to_string(bench_.connection->exchanges());
    }
    void wake_token(net::Token token) {
        if (server::Exchange* const found = bench_.base.waiting.find(token)) bench_.connection->wake(*found);
    }

    Http2Bench bench_;
    std::string_view rest_;
    std::uint32_t stream_ = 1;
    std::size_t cut_ = 0;
    bool is_over_ = false;
};

}  // namespace support
