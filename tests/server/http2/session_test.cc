// Frames in, events out; answers in, frames out: the session apart from any connection.
#include "server/http2/session.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/http2/exchange.h"
#include "support/catch.h"
#include "support/http2_frames.h"

using server::http2::ErrorCode;
using server::http2::Exchange;
using server::http2::FrameKind;
using server::http2::Session;
using support::FrameType;

namespace {

/// One session, what it says, and the frames that it sends as a client reads them.
struct Speaking final : Session::Events {
    explicit Speaking(bool begins = true) {
        if (begins) {
            receive(support::client_begin());
            receive(support::frame(FrameType::settings, support::kAck, 0));
            said.clear();
        }
    }
    bool receive(std::string_view bytes) {
        const bool taken = session.receive(std::as_bytes(std::span(bytes)));
        send();
        return taken;
    }
    /// Everything that the session has to send now.
    void send() {
        for (;;) {
            const std::size_t before = output.size();
            const auto frame = session.next_frame();
            output.append(reinterpret_cast<const char*>(frame.data()), frame.size());
            if (output.size() == before) break;
        }
        reader.take(std::exchange(output, {}));
    }
    void answer(Session::Head kind, std::string_view status = "200") {
        const std::vector<http::FieldView> fields{{"x-name", "value"}};
        session.send_head(exchange, status, fields, kind);
        send();
    }

    Exchange* open_stream(std::int32_t stream) override {
        said += "open " + std::to_string(stream) + "|";
        if (!has_room) return nullptr;
        exchange.stream = stream;
        return &exchange;
    }
    bool take_field(Exchange&, std::string_view name, std::string_view value) override {
        said.append(name).append("=").append(value).append("|");
        return takes_fields;
    }
    void end_head(Exchange&, bool is_last) override { said += is_last ? "head, last|" : "head|"; }
    void take_body(Exchange&, std::span<const std::byte> bytes) override {
        said += "body " + std::to_string(bytes.size()) + "|";
    }
    void end_body(Exchange&) override { said += "end|"; }
    void close_stream(Exchange& closed, ErrorCode error) override {
        said += "closed " + std::to_string(static_cast<int>(error)) + "|";
        closed.stream = 0;
    }
    Session::Content give_content(Exchange&, std::size_t most) override {
        const std::string_view piece = std::string_view(content).substr(0, std::min(most, content.size()));
        if (piece.empty() && !content_ended) return {};
        head_at = output.size();
        output.append(9, '\0').append(piece);
        const Session::Content given{Session::Content::Outcome::given, piece.size(),
                                     content_ended && piece.size() == content.size()};
        content.erase(0, given.bytes);
        return given;
    }
    void put_frame_head(std::span<const std::byte> head) override {
        output.replace(head_at, head.size(), reinterpret_cast<const char*>(head.data()), head.size());
    }
    void note_frame(FrameKind kind) override { ++(kind == FrameKind::reset ? resets : controls); }
    void note_reset_sent(ErrorCode error) override { said += "reset " + std::to_string(static_cast<int>(error)) + "|"; }

    Exchange exchange;
    std::string said;
    std::string content;
    bool content_ended = false;
    bool has_room = true;
    bool takes_fields = true;
    int resets = 0;
    int controls = 0;
    std::string output;
    std::size_t head_at = 0;
    support::FrameReader reader;
    Session session{*this};
};

}  // namespace

TEST_CASE("http2 session: a request is its fields and its end, in their order", "[server][http2]") {
    Speaking speaking;
    REQUIRE(speaking.receive(support::get_frame(1, "/a")));
    CHECK(speaking.said.starts_with("open 1|:method=GET|"));
    CHECK(speaking.said.find(":path=/a|") != std::string::npos);
    CHECK(speaking.said.ends_with("head, last|"));
}

TEST_CASE("http2 session: a body comes behind its head, and its end is said once", "[server][http2]") {
    Speaking speaking;
    REQUIRE(speaking.receive(support::upload_frames(1, "/a", "hello")));
    CHECK(speaking.said.ends_with("|head|body 5|end|"));
}

TEST_CASE("http2 session: an answer is a head, or a head and its content", "[server][http2]") {
    Speaking whole;
    whole.receive(support::get_frame(1, "/a"));
    whole.answer(Session::Head::whole, "204");
    CHECK(whole.reader.streams[1].status() == 204);
    CHECK(whole.reader.streams[1].value("x-name") == "value");
    CHECK(whole.reader.streams[1].ended);
    CHECK(whole.said.ends_with("closed 0|"));

    Speaking speaking;
    speaking.receive(support::get_frame(1, "/a"));
    speaking.content = "hello";
    speaking.answer(Session::Head::with_content);
    CHECK(speaking.reader.streams[1].body == "hello");
    CHECK_FALSE(speaking.reader.streams[1].ended);
    speaking.content = " world";
    speaking.content_ended = true;
    speaking.send();
    CHECK(speaking.reader.streams[1].body == "hello");
    speaking.session.resume(speaking.exchange);
    speaking.send();
    CHECK(speaking.reader.streams[1].body == "hello world");
    CHECK(speaking.reader.streams[1].ended);
}

TEST_CASE("http2 session: an interim head does not end the answer", "[server][http2]") {
    Speaking speaking;
    speaking.receive(support::upload_frames(1, "/a", "hello"));
    speaking.answer(Session::Head::interim, "103");
    speaking.answer(Session::Head::whole, "201");
    CHECK(speaking.reader.streams[1].interims.size() == 1);
    CHECK(speaking.reader.streams[1].status() == 201);
}

TEST_CASE("http2 session: content waits for the window of its stream", "[server][http2]") {
    Speaking speaking(false);
    speaking.receive(support::client_begin(support::setting(4, 10)));
    speaking.receive(support::get_frame(1, "/a"));
    speaking.content = std::string(25, 'x');
    speaking.content_ended = true;
    speaking.answer(Session::Head::with_content);
    CHECK(speaking.reader.streams[1].body.size() == 10);
    CHECK(speaking.session.is_window_empty(speaking.exchange));
    speaking.receive(support::window_frame(1, 100));
    CHECK(speaking.reader.streams[1].body.size() == 25);
    CHECK(speaking.reader.streams[1].ended);
}

TEST_CASE("http2 session: a request without room is refused, so that the client may send it again", "[server][http2]") {
    Speaking speaking;
    speaking.has_room = false;
    speaking.receive(support::get_frame(1, "/a"));
    CHECK(speaking.reader.streams[1].reset == 7U);
    CHECK(speaking.said.find("head") == std::string::npos);
}

TEST_CASE("http2 session: a field that is not taken, or that no field may be, resets the stream", "[server][http2]") {
    Speaking speaking;
    speaking.takes_fields = false;
    speaking.receive(support::get_frame(1, "/a"));
    CHECK(speaking.reader.streams[1].reset == 11U);
    Speaking other;
    other.receive(support::get_frame(1, "/a", {{"Upper", "x"}}));
    CHECK(other.reader.streams[1].reset == 1U);
    CHECK(other.said.find("head") == std::string::npos);
}

TEST_CASE("http2 session: a body that is given back opens the window again", "[server][http2]") {
    Speaking speaking;
    speaking.receive(support::head_frame(1, support::request_fields("PUT", "/a"), support::kEndHeaders));
    for (int i = 0; i < 12; ++i) speaking.receive(support::data_frame(1, std::string(16'000, 'x')));
    const std::size_t opened = speaking.reader.count(FrameType::window_update);
    speaking.session.give_back(speaking.exchange, 12 * 16'000);
    speaking.send();
    CHECK(speaking.reader.count(FrameType::window_update) == opened + 1);
}

TEST_CASE("http2 session: frames that bring no request are counted by their kind", "[server][http2]") {
    Speaking speaking;
    speaking.controls = 0;
    speaking.receive(support::frame(FrameType::ping, 0, 0, "12345678"));
    speaking.receive(support::get_frame(1, "/a"));
    CHECK(speaking.controls == 1);
    CHECK(speaking.reader.count(FrameType::ping) == 1);
    speaking.receive(support::reset_frame(1));
    CHECK(speaking.resets == 1);
    CHECK(speaking.said.ends_with("closed 8|"));
}

TEST_CASE("http2 session: a stream that this side resets is said with its error", "[server][http2]") {
    Speaking speaking;
    speaking.receive(support::get_frame(1, "/a"));
    speaking.session.reset(speaking.exchange, ErrorCode::internal_error);
    speaking.send();
    CHECK(speaking.reader.streams[1].reset == 2U);
    CHECK(speaking.said.ends_with("reset 2|closed 2|"));
}

TEST_CASE("http2 session: what is no HTTP/2 ends it with an error", "[server][http2]") {
    Speaking speaking(false);
    const bool taken = speaking.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_FALSE((taken && speaking.session.error() == ErrorCode::no_error));
    CHECK(speaking.session.error() == ErrorCode::protocol_error);
}

TEST_CASE("http2 session: the end is announced, and then no further stream is taken", "[server][http2]") {
    Speaking speaking;
    speaking.receive(support::get_frame(1, "/a"));
    speaking.session.announce_end();
    speaking.send();
    speaking.session.end_streams();
    speaking.send();
    CHECK(speaking.reader.goaway_streams == std::vector<std::uint32_t>{0x7FFFFFFF, 1});
    CHECK(speaking.reader.goaway == 0U);
    CHECK(speaking.session.is_alive());
    speaking.answer(Session::Head::whole);
    CHECK_FALSE(speaking.session.is_alive());
}

TEST_CASE("http2 session: the last words name the error and the last stream that was looked at", "[server][http2]") {
    Speaking speaking;
    speaking.receive(support::get_frame(1, "/a"));
    const auto frame = speaking.session.goaway(ErrorCode::enhance_your_calm);
    speaking.reader.take({reinterpret_cast<const char*>(frame.data()), frame.size()});
    CHECK(speaking.reader.goaway == 11U);
    CHECK(speaking.reader.goaway_streams.back() == 1);
}
