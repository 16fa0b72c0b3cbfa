// Requests and answers over one connection of HTTP/2.
#include <string>

#include "support/catch.h"
#include "support/http2_bench.h"
#include "support/scripted_file.h"
#include "support/temp_dir.h"

using namespace support;
using Verdict = server::Connection::Verdict;

namespace {

http::Response with_body(std::string text) {
    http::Response response;
    response.body = http::Piece(std::move(text));
    return response;
}

}  // namespace

TEST_CASE("http2: requests of one receive are answered in one send, heads and content", "[server][http2]") {
    Http2Bench bench;
    const int sends = bench.stream->sends;
    CHECK(bench.send(get_frame(1, "/a") + get_frame(3, "/b") + get_frame(5, "/c")) == Verdict::wait);
    CHECK(bench.stream->sends == sends + 1);
    CHECK(bench.answer(1).body == "/a");
    CHECK(bench.answer(3).body == "/b");
    CHECK(bench.answer(5).body == "/c");
    CHECK(bench.answer(5).status() == 200);
    CHECK(bench.answer(5).ended);
    CHECK(bench.answer(5).value("content-length") == "2");
    CHECK(bench.answer(5).value("server") == "godwit");
    CHECK(bench.answer(5).value("date").size() == http::kDateBytes);
    CHECK(bench.connection->exchanges() == 0);
    CHECK(bench.base.metrics.responses.count() == 3);
}

TEST_CASE("http2: with --request-id each stream has an id of its own, and without it none", "[server][http2]") {
    Http2Bench bench;
    bench.send(get_frame(1, "/a"));
    CHECK(bench.answer(1).value("x-request-id").empty());
    bench.base.config.has_request_ids = true;
    bench.send(get_frame(3, "/a") + get_frame(5, "/b"));
    CHECK(bench.answer(3).value("x-request-id").size() == 32);
    CHECK(bench.answer(3).value("x-request-id") != bench.answer(5).value("x-request-id"));
}

TEST_CASE("http2: any cut of the client's bytes gives the same answers", "[server][http2]") {
    const std::string bytes = client_begin() + get_frame(1, "/a") + upload_frames(3, "/b", "content");
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        Http2Bench bench(false);
        bench.send(bytes.substr(0, cut));
        bench.send(bytes.substr(cut));
        REQUIRE(bench.answer(1).body == "/a");
        REQUIRE(bench.answer(3).status() == 201);
        REQUIRE(bench.handler.received == "content");
    }
}

TEST_CASE("http2: HEAD, 204 and empty content end with their heads", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/empty"] = [] { return with_body(""); };
    bench.handler.answers["/none"] = [] {
        http::Response response;
        response.status = http::Status::no_content;
        return response;
    };
    bench.send(head_frame(1, request_fields("HEAD", "/a")) + get_frame(3, "/empty") + get_frame(5, "/none"));
    CHECK(bench.answer(1).value("content-length") == "2");
    CHECK(bench.answer(3).value("content-length") == "0");
    CHECK(bench.answer(5).value("content-length").empty());
    for (const std::uint32_t stream : {1U, 3U, 5U}) CHECK(bench.answer(stream).ended);
    CHECK(bench.reader.count(FrameType::data) == 0);
    CHECK(bench.connection->exchanges() == 0);
}

TEST_CASE("http2: fields about the connection are left out of answers", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/a"] = [] {
        http::Response response = with_body("x");
        response.add("Connection", "close").add("X-Own", "1").add("Keep-Alive", "timeout=5");
        return response;
    };
    bench.send(get_frame(1, "/a"));
    CHECK(bench.answer(1).value("connection").empty());
    CHECK(bench.answer(1).value("keep-alive").empty());
    CHECK(bench.answer(1).value("x-own") == "1");
}

TEST_CASE("http2: content without a known length ends with its last frame", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/a"] = [] {
        http::Response response;
        response.body = std::make_unique<CountingSource>(100'000, 3000);
        return response;
    };
    bench.send(get_frame(1, "/a"));
    bench.send(window_frame(0, 100'000) + window_frame(1, 100'000));
    CHECK(bench.answer(1).body == std::string(100'000, 'x'));
    CHECK(bench.answer(1).ended);
    CHECK(bench.answer(1).value("content-length").empty());
}

TEST_CASE("http2: a source that works long gives others their answers first", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/slow"] = [] {
        http::Response response;
        response.body = std::make_unique<CountingSource>(60'000, 100);
        return response;
    };
    bench.stream->incoming(get_frame(1, "/slow") + get_frame(3, "/small"));
    for (int turn = 0; turn < 3; ++turn) (void)bench.step();
    CHECK(bench.answer(3).ended);
    CHECK_FALSE(bench.answer(1).ended);
    bench.run();
    CHECK(bench.answer(1).ended);
    CHECK(bench.answer(1).body.size() == 60'000);
}

TEST_CASE("http2: content that cannot be finished resets its stream and no other", "[server][http2]") {
    class Failing final : public http::BodySource {
    public:
        Pulled pull(std::span<std::byte>) override { return {Outcome::failed}; }
    };
    Http2Bench bench;
    bench.handler.answers["/bad"] = [] {
        http::Response response;
        response.body = std::make_unique<Failing>();
        return response;
    };
    bench.send(get_frame(1, "/bad") + get_frame(3, "/good"));
    CHECK(bench.answer(1).reset == 2U);
    CHECK(bench.answer(3).ended);
    CHECK(bench.base.metrics.responses_aborted == 1);
    CHECK(bench.connection->exchanges() == 0);
}

TEST_CASE("http2: what HTTP/1 refuses is refused with its status and words", "[server][http2]") {
    Http2Bench bench;
    bench.send(get_frame(1, "/a#b"));
    CHECK(bench.answer(1).status() == 400);
    CHECK(bench.answer(1).body.find("holds a space, a # or a control byte") != std::string::npos);
    bench.send(get_frame(3, "/", {{"host", "other"}}));
    CHECK(bench.answer(3).status() == 400);
    bench.send(get_frame(5, "/", FieldPairs(200, {"x", "1"})));
    CHECK(bench.answer(5).status() == 431);
    bench.send(head_frame(7, request_fields("HEAD", "/a#b")));
    CHECK(bench.answer(7).status() == 400);
    CHECK(bench.answer(7).body.empty());
    CHECK(bench.base.metrics.refusals.count() == 4);
    CHECK(bench.handler.paths.empty());
}

TEST_CASE("http2: faulty fields reset their stream", "[server][http2]") {
    Http2Bench bench;
    const std::vector<FieldPairs> faulty{
        request_fields("GET", "/", {{"X-Upper", "1"}}),
        request_fields("GET", "/", {{"connection", "close"}}),
        request_fields("GET", "/", {{"transfer-encoding", "chunked"}}),
        request_fields("GET", "/", {{"te", "gzip"}}),
        request_fields("GET", "/", {{":path", "/b"}}),
        request_fields("GET", "/", {{"x", std::string("a\rb")}}),
        request_fields("GET", "/", {{"x", std::string("a\0b", 3)}}),
        request_fields("GET", "/", {{"x y", "1"}}),
        {{"accept", "x/y"}, {":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}},
        {{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}},
        {{":method", "GET"}, {":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}},
    };
    std::uint32_t stream = 1;
    for (const FieldPairs& fields : faulty) {
        bench.send(head_frame(stream, fields));
        INFO(stream);
        CHECK(bench.answer(stream).reset == 1U);
        CHECK(bench.answer(stream).status() == 0);
        stream += 2;
    }
    bench.send(get_frame(stream, "/", {{"te", "trailers"}}));
    CHECK(bench.answer(stream).status() == 200);
    CHECK(bench.handler.paths == std::vector<std::string>{"/"});
    CHECK(bench.counts().resets_sent == faulty.size());
}

TEST_CASE("http2: the window bounds what is produced, and the rest follows when it opens", "[server][http2]") {
    Http2Bench bench(false);
    bench.handler.answers["/a"] = [] { return with_body(std::string(5000, 'b')); };
    bench.send(client_begin(setting(4, 10)) + get_frame(1, "/a"));
    CHECK(bench.answer(1).status() == 200);
    CHECK(bench.answer(1).body.size() == 10);
    bench.send(window_frame(1, 1));
    CHECK(bench.answer(1).body.size() == 11);
    bench.send(window_frame(1, 10'000));
    CHECK(bench.answer(1).body == std::string(5000, 'b'));
    CHECK(bench.answer(1).ended);
}

TEST_CASE("http2: a source is asked for no more than the window and one block", "[server][http2]") {
    Http2Bench bench(false);
    bench.handler.answers["/a"] = [] {
        http::Response response;
        response.body = std::make_unique<CountingSource>(1'000'000, 8192);
        return response;
    };
    bench.send(client_begin(setting(4, 0)) + get_frame(1, "/a"));
    CHECK(bench.answer(1).status() == 200);
    CHECK(bench.reader.count(FrameType::data) == 0);
    bench.send(window_frame(1, 5));
    CHECK(bench.answer(1).body.size() == 5);
    for (int i = 0; i < 20; ++i) bench.send(window_frame(1, 5));
    CHECK(bench.answer(1).body == std::string(105, 'x'));
}

TEST_CASE("http2: a stream that the client's window stops does not hold up another", "[server][http2]") {
    Http2Bench bench;
    bench.handler.answers["/large"] = [] { return with_body(std::string(200'000, 'l')); };
    bench.send(window_frame(0, 1'000'000) + get_frame(1, "/large"));
    CHECK(bench.answer(1).body.size() == 65'535);
    bench.send(get_frame(3, "/small"));
    CHECK(bench.answer(3).ended);
    CHECK_FALSE(bench.answer(1).ended);
}

TEST_CASE("http2: nothing is made that the kernel does not take", "[server][http2]") {
    Http2Bench bench(false);
    bench.handler.answers["/large"] = [] { return with_body(std::string(4'000'000, 'l')); };
    bench.stream->set_send_room(1000);
    bench.send(client_begin(setting(4, 10'000'000)) + window_frame(0, 10'000'000) + get_frame(1, "/large"));
    const auto blocks = bench.base.blocks.lent();
    CHECK(blocks <= 24);  // heads of frames; the content is shared
    bench.stream->set_send_room(ScriptedStream::kUnlimited);
    bench.run();
    CHECK(bench.answer(1).body.size() == 4'000'000);
    CHECK(bench.answer(1).ended);
}

TEST_CASE("http2: a wake brings the answer of the exchange that it names", "[server][http2]") {
    Http2Bench bench;
    bench.handler.disk_done = false;
    bench.send(head_frame(1, request_fields("DELETE", "/a")));
    CHECK(bench.answer(1).status() == 0);
    CHECK(bench.connection->has_pending_work());
    bench.handler.disk_done = true;
    server::Exchange* const exchange = bench.base.waiting.find(net::Token::unpack(bench.handler.last_wake));
    REQUIRE(exchange != nullptr);
    bench.connection->wake(*exchange);
    bench.run();
    CHECK(bench.answer(1).status() == 201);
}

TEST_CASE("http2: the log says which version it was", "[server][http2]") {
    const TempDir folder;
    Http2Bench bench;
    bench.base.access_log = server::AccessLog(*server::LogFile::open(folder.at("log"), 1), server::LogFormat::common);
    bench.send(get_frame(1, "/a"));
    bench.base.access_log.file().flush();
    CHECK(folder.read("log").find("\"GET /a HTTP/2.0\" 200 2") != std::string::npos);
}

TEST_CASE("http2 requests: content that the disk has not read yet is waited for, and others go on", "[server][http2]") {
    Http2Bench bench;
    const auto file = std::make_shared<ScriptedFile>(std::string(30'000, 'f'));
    file->in_memory = false;
    bench.handler.answers["/cold"] = [&] {
        http::Response response;
        response.body = http::Piece(http::FileSlice{file, 0, 30'000});
        return response;
    };
    CHECK(bench.send(get_frame(1, "/cold")) == server::Connection::Verdict::wait);
    CHECK(bench.answer(1).status() == 200);
    CHECK(bench.answer(1).body.empty());
    bench.send(get_frame(3, "/other"));
    CHECK(bench.answer(3).body == "/other");
    CHECK(bench.answer(1).body.empty());
    CHECK(file->asked.size() == 1);

    file->arrive();
    bench.connection->wake(*bench.base.waiting.find(net::Token::unpack(file->last_wake)));
    bench.run();
    CHECK(bench.answer(1).body == std::string(30'000, 'f'));
    CHECK(bench.answer(1).ended);
    CHECK(bench.connection->exchanges() == 0);
}

TEST_CASE("http2 requests: a client that resets what waits for the disk leaves nothing behind", "[server][http2]") {
    Http2Bench bench;
    const auto file = std::make_shared<ScriptedFile>(std::string(30'000, 'f'));
    file->in_memory = false;
    bench.handler.answers["/cold"] = [&] {
        http::Response response;
        response.body = http::Piece(http::FileSlice{file, 0, 30'000});
        return response;
    };
    bench.send(get_frame(1, "/cold"));
    REQUIRE(bench.connection->exchanges() == 1);
    bench.send(reset_frame(1, 8));
    CHECK(bench.connection->exchanges() == 0);
    CHECK(bench.base.waiting.find(net::Token::unpack(file->last_wake)) == nullptr);
}
