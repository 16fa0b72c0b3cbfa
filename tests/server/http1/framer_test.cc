// The bytes that HTTP/1 makes of heads and content.
#include "server/http1/framer.h"

#include <string>

#include "support/catch.h"
#include "support/connection_bench.h"

using server::Rest;
using server::http1::Ending;
using server::http1::Framer;

namespace {

/// A framer whose output is sent into a stream at once.
class FramerBench {
public:
    /// Writes the head of a response with `body` and returns it.
    std::string begin(http::Body body, Ending with = Ending::keep) {
        ending = with;
        http::Response response;
        response.body = std::move(body);
        framer.begin(response, request);
        return sent();
    }
    std::string sent() {
        static_cast<void>(output.flush(stream, 1 << 30));
        return stream.take_sent();
    }
    static std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
    void write_in_place(std::string_view text, Rest rest) {
        const std::span<std::byte> room = framer.reserve(100);
        REQUIRE(room.size() >= 100);
        std::copy_n(bytes(text).begin(), text.size(), room.begin());
        framer.commit(text.size(), rest);
    }

    ConnectionBench bench;
    ScriptedStream stream;
    net::OutputQueue output;
    http::Framing::Kind framing = http::Framing::Kind::none;
    Ending ending = Ending::keep;
    http::Request request;
    Framer framer{output, framing, ending, bench.turn};
};

http::Body source() { return std::make_unique<CountingSource>(1, 1); }

}  // namespace

TEST_CASE("http1 framer: content of a known length goes out as it is", "[server][framer]") {
    FramerBench bench;
    const std::string head = bench.begin(http::Piece(std::string("hello")));
    CHECK(head.find("Content-Length: 5\r\n") != std::string::npos);
    CHECK(head.find("Connection") == std::string::npos);
    CHECK(bench.framer.copy(bench.bytes("he"), Rest::more) == 2);
    const auto owner = std::make_shared<const std::string>("llo");
    CHECK(bench.framer.share(owner, bench.bytes(*owner), Rest::nothing) == 3);
    CHECK(bench.sent() == "hello");
}

TEST_CASE("http1 framer: a source goes out in chunks, and the last one ends the body", "[server][framer]") {
    FramerBench bench;
    CHECK(bench.begin(source()).find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    bench.write_in_place("abc", Rest::more);
    CHECK(bench.sent() == "3\r\nabc\r\n");
    // Nothing came out of the source: a chunk of size 0 would end the body.
    bench.write_in_place("", Rest::more);
    CHECK(bench.sent().empty());
    bench.write_in_place("de", Rest::nothing);
    CHECK(bench.sent() == "2\r\nde\r\n0\r\n\r\n");
}

TEST_CASE("http1 framer: a source towards HTTP/1.0 ends with the connection", "[server][framer]") {
    FramerBench bench;
    bench.request.minor_version = 0;
    CHECK(bench.begin(source()).find("Connection: close\r\n") != std::string::npos);
    CHECK(bench.ending == Ending::close);
    bench.write_in_place("abc", Rest::nothing);
    CHECK(bench.sent() == "abc");
    // Where a body was to be drained first, closing would reset the connection.
    CHECK(bench.begin(source(), Ending::drain).find("Connection: close\r\n") != std::string::npos);
    CHECK(bench.ending == Ending::linger);
}

TEST_CASE("http1 framer: the Connection field follows from what comes after the answer", "[server][framer]") {
    for (const Ending last : {Ending::close, Ending::linger}) {
        FramerBench bench;
        CHECK(bench.begin(http::Piece(std::string("x")), last).find("Connection: close\r\n") != std::string::npos);
    }
    FramerBench old;
    old.request.minor_version = 0;
    CHECK(old.begin(http::Piece(std::string("x"))).find("Connection: keep-alive\r\n") != std::string::npos);
}

TEST_CASE("http1 framer: has room up to the high-water mark, and says when all has left", "[server][framer]") {
    FramerBench bench;
    CHECK(bench.framer.room() == server::kHighWaterBytes);
    CHECK(bench.framer.all_sent());
    const std::string large(server::kHighWaterBytes, 'x');
    CHECK(bench.framer.copy(bench.bytes(std::string_view(large).substr(1)), Rest::more) == large.size() - 1);
    CHECK(bench.framer.room() == 1);
    CHECK_FALSE(bench.framer.all_sent());
    CHECK(bench.framer.copy(bench.bytes("yz"), Rest::nothing) == 2);
    CHECK(bench.framer.room() == 0);
    CHECK(bench.sent().size() == large.size() + 1);
    CHECK(bench.framer.all_sent());
}
