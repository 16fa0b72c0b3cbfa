// The payload of one DATA frame in the output, behind room for the frame's head; and a response's head as fields.
#include "server/http2/framer.h"

#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "support/catch.h"
#include "support/connection_bench.h"
#include "support/http2_frames.h"
#include "support/scripted_file.h"

using server::Rest;
using server::http2::Exchange;
using server::http2::Framer;
using server::http2::Session;

namespace {

/// Takes a request, and gives no content by itself.
struct OneExchange final : Session::Events {
    Exchange* open_stream(std::int32_t stream) override {
        exchange.stream = stream;
        return &exchange;
    }
    bool take_field(Exchange&, std::string_view, std::string_view) override { return true; }
    void end_head(Exchange&, bool) override {}
    void take_body(Exchange&, std::span<const std::byte>) override {}
    void end_body(Exchange&) override {}
    void close_stream(Exchange&, server::http2::ErrorCode) override {}
    Session::Content give_content(Exchange&, std::size_t) override { return {}; }
    void put_frame_head(std::span<const std::byte>) override {}
    void note_frame(server::http2::FrameKind) override {}
    void note_reset_sent(server::http2::ErrorCode) override {}

    Exchange exchange;
};

struct Framing {
    Framing() {
        const std::string bytes = support::client_begin() + support::get_frame(1, "/a");
        REQUIRE(session.receive(std::as_bytes(std::span(bytes))));
    }
    Framer framer(std::size_t most) { return {output, session, events.exchange, bench.turn, most}; }
    /// What a client reads of the heads.
    support::StreamAnswer& heads() {
        for (auto frame = session.next_frame(); !frame.empty(); frame = session.next_frame()) {
            reader.take({reinterpret_cast<const char*>(frame.data()), frame.size()});
        }
        return reader.streams[1];
    }
    /// The payload in the output, without the room for the frame's head.
    std::string payload() {
        ScriptedStream stream;
        while (!output.empty()) REQUIRE(output.flush(stream, ScriptedStream::kUnlimited).bytes > 0);
        const std::string sent = stream.take_sent();
        REQUIRE(sent.size() >= server::http2::kFrameHeadBytes);
        return sent.substr(server::http2::kFrameHeadBytes);
    }

    ConnectionBench bench;
    OneExchange events;
    Session session{events};
    net::OutputQueue output;
    support::FrameReader reader;
};

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

http::Request request_of(http::Method method) {
    http::Request request;
    request.method = method;
    return request;
}

}  // namespace

TEST_CASE("http2 framer: the head has the fields of the response, and none about a connection", "[server][http2]") {
    Framing framing;
    http::Response response;
    response.add("X-Name", "value").add("Connection", "close").add("Transfer-Encoding", "chunked");
    response.add("Keep-Alive", "1").add("Upgrade", "x").add("Proxy-Connection", "x");
    response.body = http::Piece(std::string("hello"));
    Framer framer = framing.framer(100);
    framer.begin(response, request_of(http::Method::get));
    CHECK_FALSE(framer.is_whole());
    const support::StreamAnswer& answer = framing.heads();
    CHECK(answer.status() == 200);
    CHECK(answer.value("content-length") == "5");
    CHECK(answer.value("server") == "godwit");
    CHECK(answer.value("date") == "Sun, 06 Nov 1994 08:49:37 GMT");
    std::string names;
    for (const auto& [name, value] : answer.fields) names += name + " ";
    CHECK(names.find("connection") == std::string::npos);
    CHECK(names.find("transfer-encoding") == std::string::npos);
    CHECK(names.find("keep-alive") == std::string::npos);
    CHECK(names.find("upgrade") == std::string::npos);
}

TEST_CASE("http2 framer: an answer without content is whole with its head", "[server][http2]") {
    for (const auto method : {http::Method::get, http::Method::head}) {
        Framing framing;
        http::Response response;
        if (method == http::Method::head) response.body = http::Piece(std::string("hello"));
        Framer framer = framing.framer(100);
        framer.begin(response, request_of(method));
        CHECK(framer.is_whole());
        CHECK(framing.heads().ended);
    }
}

TEST_CASE("http2 framer: no more is taken than the frame may have", "[server][http2]") {
    Framing framing;
    Framer framer = framing.framer(8);
    CHECK(framer.copy(bytes_of("hello"), Rest::more) == 5);
    CHECK(framer.room() == 3);
    const auto owner = std::make_shared<const std::string>(" world");
    CHECK(framer.share(owner, bytes_of(*owner), Rest::more) == 3);
    CHECK(framer.copy(bytes_of("more"), Rest::more) == 0);
    CHECK(framer.bytes() == 8);
    CHECK(framer.head() != nullptr);
    CHECK(framing.payload() == "hello wo");
}

TEST_CASE("http2 framer: without payload there is no room for a head", "[server][http2]") {
    Framing framing;
    Framer framer = framing.framer(8);
    CHECK(framer.copy({}, Rest::nothing) == 0);
    CHECK(framer.head() == nullptr);
    CHECK(framing.output.empty());
}

TEST_CASE("http2 framer: a part of a file is copied, and one that is not there fails", "[server][http2]") {
    Framing framing;
    const auto file = std::make_shared<support::ScriptedFile>("0123456789");
    Framer framer = framing.framer(6);
    CHECK(framer.send_file({file, 2, 8}) == 6);
    CHECK_FALSE(framer.has_failed());
    CHECK(framing.payload() == "234567");
    Framer beyond = framing.framer(6);
    CHECK(beyond.send_file({file, 100, 8}) == 0);
    CHECK(beyond.has_failed());
    CHECK(beyond.head() == nullptr);
}

TEST_CASE("http2 framer: what a source writes beyond the frame is kept for the next one", "[server][http2]") {
    Framing framing;
    Framer framer = framing.framer(4);
    const auto room = framer.reserve(6);
    REQUIRE(room.size() >= 6);
    std::memcpy(room.data(), "abcdef", 6);
    framer.commit(6, Rest::more);
    CHECK(framer.bytes() == 4);
    CHECK(framing.payload() == "abcd");
    CHECK(framing.events.exchange.kept == "ef");
    Framer next = framing.framer(1);
    next.give_kept();
    CHECK(framing.payload() == "e");
    CHECK(framing.events.exchange.kept == "f");
}

TEST_CASE("http2 framer: reserved room that is given back leaves nothing", "[server][http2]") {
    Framing framing;
    Framer framer = framing.framer(4);
    static_cast<void>(framer.reserve(6));
    framer.commit(0, Rest::more);
    CHECK(framer.bytes() == 0);
    CHECK(framing.output.empty());
}
