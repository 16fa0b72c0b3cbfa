// In which order content leaves (RFC 9218).
#include <algorithm>
#include <string>

#include "support/catch.h"
#include "support/http2_bench.h"

using namespace support;

namespace {

constexpr std::uint16_t kInitialWindow = 4;
constexpr std::uint32_t kWide = 10'000'000;
constexpr std::size_t kLargeBytes = 1'000'000;

/// A client that lets everything come, and a kernel that takes nothing at first.
class Race {
public:
    Race() {
        bench_.handler.answers["/large"] = [] {
            http::Response response;
            response.body = http::Piece(std::string(kLargeBytes, 'l'));
            return response;
        };
        bench_.send(client_begin(setting(kInitialWindow, kWide)) + window_frame(0, kWide));
        bench_.stream->set_send_room(0);
    }
    void send(const std::string& bytes) { bench_.send(bytes); }
    /// The streams in the order of their DATA frames, each run of frames once.
    std::vector<std::uint32_t> run() {
        bench_.stream->set_send_room(ScriptedStream::kUnlimited);
        bench_.run();
        std::vector<std::uint32_t> order;
        for (const Frame& one : bench_.reader.frames) {
            if (one.type == FrameType::data && (order.empty() || order.back() != one.stream))
                order.push_back(one.stream);
        }
        return order;
    }
    [[nodiscard]] std::size_t bytes_before_end_of(std::uint32_t stream, std::uint32_t other) {
        std::size_t bytes = 0;
        for (const Frame& one : bench_.reader.frames) {
            if (one.type != FrameType::data) continue;
            if (one.stream == other) bytes += one.payload.size();
            if (one.stream == stream && (one.flags & kEndStream) != 0) break;
        }
        return bytes;
    }

private:
    Http2Bench bench_{false};
};

std::string priority_update(std::uint32_t stream, std::string_view priority) {
    return frame(FrameType::priority_update, 0, 0, number_bytes(stream, 4).append(priority));
}

}  // namespace

TEST_CASE("http2 order: a stylesheet overtakes a large picture that was asked for first", "[server][http2]") {
    Race race;
    race.send(get_frame(1, "/large", {{"priority", "u=5, i"}}));
    race.send(get_frame(3, "/style", {{"priority", "u=0"}}));
    (void)race.run();
    // No more of the picture than what stood in the output already.
    CHECK(race.bytes_before_end_of(3, 1) <= server::kTurnBytes + 16'384);
    CHECK(race.bytes_before_end_of(1, 1) == kLargeBytes);
}

TEST_CASE("http2 order: of one urgency one comes after the other, or in turns", "[server][http2]") {
    Race one_by_one;
    one_by_one.send(get_frame(1, "/large") + get_frame(3, "/large"));
    CHECK(one_by_one.run() == std::vector<std::uint32_t>{1, 3});
    Race in_turns;
    in_turns.send(get_frame(1, "/large", {{"priority", "i"}}) + get_frame(3, "/large", {{"priority", "i"}}));
    CHECK(in_turns.run().size() > 20);
}

TEST_CASE("http2 order: a client may change its mind", "[server][http2]") {
    Race race;
    race.send(get_frame(1, "/large") + get_frame(3, "/large") + priority_update(3, "u=1"));
    CHECK(race.run().front() == 3);
}
