// Content of every kind through a connection: files that rest, files that change, pieces, sources that fail.
#include "server/response_producer.h"

#include <string>

#include "support/catch.h"
#include "support/connection_bench.h"
#include "support/content_framer.h"
#include "support/scripted_file.h"

using support::ScriptedFile;
using Verdict = server::Connection::Verdict;

namespace {

std::string numbered(std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; text.size() < bytes; ++i) text += std::to_string(i) + ",";
    text.resize(bytes);
    return text;
}

std::string content_of(const std::string& sent) { return sent.substr(sent.find("\r\n\r\n") + 4); }

/// One GET answered with `response`; everything the stream was given.
Verdict fetch(ConnectionBench& bench, const std::function<http::Response()>& response) {
    bench.handler.answers["/f"] = response;
    bench.stream->incoming("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    return bench.run();
}

std::function<http::Response()> slice_of(const std::shared_ptr<ScriptedFile>& file, std::uint64_t offset,
                                         std::uint64_t length) {
    return [=] {
        http::Response response;
        response.body = http::Piece(http::FileSlice{file, offset, length});
        return response;
    };
}

}  // namespace

TEST_CASE("response producer: a file at rest goes out whole, its last bytes through memory", "[server]") {
    const std::string bytes = numbered(3'000'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    ConnectionBench bench;
    CHECK(fetch(bench, slice_of(file, 0, bytes.size())) == Verdict::wait);
    CHECK(content_of(bench.stream->sent()) == bytes);
    CHECK(bench.stream->file_sends > 0);
    CHECK(bench.blocks.lent() == 0);
}

TEST_CASE("response producer: a file that may still be written goes out without the kernel's pages", "[server]") {
    const std::string bytes = numbered(1'000'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    file->rests = false;
    ConnectionBench bench;
    bench.stream->set_send_room(100'000);
    bench.handler.answers["/f"] = slice_of(file, 0, bytes.size());
    bench.stream->incoming("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    bench.step();
    for (int i = 0; i < 50; ++i) {
        bench.stream->add_send_room(100'000);
        bench.step();
    }
    CHECK(content_of(bench.stream->sent()) == bytes);
    CHECK(bench.stream->file_sends == 0);
}

TEST_CASE("response producer: a slice is exactly the bytes asked for", "[server]") {
    const std::string bytes = numbered(100'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    for (const std::size_t length : {std::size_t{1}, std::size_t{4096}, std::size_t{4097}, std::size_t{50'000}}) {
        ConnectionBench bench;
        fetch(bench, slice_of(file, 777, length));
        CHECK(content_of(bench.stream->sent()) == bytes.substr(777, length));
    }
}

TEST_CASE("response producer: a file that changed while it was sent ends in an abort, not in a mixed answer",
          "[server]") {
    for (const bool rests : {true, false}) {
        const std::string bytes = numbered(1'000'000);
        const auto file = std::make_shared<ScriptedFile>(bytes);
        file->rests = rests;
        file->same = false;
        ConnectionBench bench;
        CHECK(fetch(bench, slice_of(file, 0, bytes.size())) == Verdict::close);
        CHECK(bench.stream->aborted());
        CHECK(bench.stream->sent().size() < bytes.size());
        CHECK(bench.metrics.responses_aborted == 1);
    }
}

TEST_CASE("response producer: a file that changed before anything of it was sent is a 500", "[server]") {
    const std::string bytes = numbered(1'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    file->same = false;
    ConnectionBench bench;
    CHECK(fetch(bench, slice_of(file, 0, bytes.size())) == Verdict::wait);
    CHECK(statuses(bench.stream->sent()) == std::vector{500});
    CHECK(bench.metrics.responses_aborted == 0);
}

TEST_CASE("response producer: a file that became shorter ends in an abort", "[server]") {
    const auto file = std::make_shared<ScriptedFile>(numbered(10'000));
    ConnectionBench bench;
    CHECK(fetch(bench, slice_of(file, 0, 20'000)) == Verdict::close);
    CHECK(bench.stream->aborted());
}

TEST_CASE("response producer: pieces of all kinds follow each other in order", "[server]") {
    const std::string bytes = numbered(50'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    const auto blob = std::make_shared<const std::string>(20'000, 'b');
    ConnectionBench bench;
    fetch(bench, [&] {
        http::Response response;
        std::vector<http::Piece> pieces;
        pieces.emplace_back(std::string("head;"));
        pieces.emplace_back(http::FileSlice{file, 10, 30'000});
        pieces.emplace_back(http::Blob{blob, std::as_bytes(std::span(*blob))});
        pieces.emplace_back(http::FileSlice{file, 0, 5});
        pieces.emplace_back(std::string(";tail"));
        response.body = std::move(pieces);
        return response;
    });
    CHECK(content_of(bench.stream->sent()) ==
          "head;" + bytes.substr(10, 30'000) + *blob + bytes.substr(0, 5) + ";tail");
    CHECK(bench.stream->sent().find("Content-Length: 50015\r\n") != std::string::npos);
}

TEST_CASE("response producer: a source that fails aborts the connection", "[server]") {
    class Failing final : public http::BodySource {
        Pulled pull(std::span<std::byte> into) override {
            into[0] = std::byte{'x'};
            return {calls_++ == 0 ? Outcome::produced : Outcome::failed, 1};
        }
        int calls_ = 0;
    };
    ConnectionBench bench;
    CHECK(fetch(bench, [] {
              http::Response response;
              response.body = std::make_unique<Failing>();
              return response;
          }) == Verdict::close);
    CHECK(bench.stream->aborted());
    CHECK_FALSE(bench.stream->sent().ends_with("0\r\n\r\n"));
}

TEST_CASE("response producer: a source that only works for a while does not keep the loop", "[server]") {
    ConnectionBench bench;
    bench.handler.answers["/f"] = [] {
        http::Response response;
        response.body = std::make_unique<CountingSource>(100, 1);
        return response;
    };
    bench.stream->incoming("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(bench.step() == Verdict::again);
    CHECK(bench.run() == Verdict::wait);
    CHECK(bench.stream->sent().ends_with("0\r\n\r\n"));
}

TEST_CASE("response producer: a head larger than a block is sent whole", "[server]") {
    ConnectionBench bench;
    fetch(bench, [] {
        http::Response response;
        response.status = http::Status::moved_permanently;
        response.add("Location", "/" + std::string(20'000, 'l'));
        return response;
    });
    CHECK(bench.stream->sent().find(std::string(20'000, 'l') + "\r\n") != std::string::npos);
}

TEST_CASE("response producer: goes on where a framer without room stopped, in every kind of content", "[server]") {
    const std::string bytes = numbered(30'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    const auto blob = std::make_shared<const std::string>(numbered(9000));
    server::Content content;
    std::vector<http::Piece> pieces;
    pieces.emplace_back(std::string("short;"));
    pieces.emplace_back(http::Blob{blob, std::as_bytes(std::span(*blob))});
    pieces.emplace_back(std::string(6000, 'l'));
    pieces.emplace_back(http::FileSlice{file, 5, 20'000});
    content.body = std::move(pieces);
    support::ContentFramer framer;
    framer.window = 0;
    server::Produced produced = server::Produced::more;
    for (int i = 0; i < 200 && produced != server::Produced::all; ++i) {
        CHECK(produced == server::Produced::more);
        CHECK_FALSE(framer.ended);
        framer.window += 1009;
        produced = server::produce(content, framer, 1, 0);
    }
    CHECK(framer.content == "short;" + *blob + std::string(6000, 'l') + bytes.substr(5, 20'000));
    CHECK(framer.ended);
    CHECK(content.bytes == framer.content.size());
}

TEST_CASE("response producer: the end of a file is read when all before it has left", "[server]") {
    const std::string bytes = numbered(20'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    server::Content content;
    content.body = http::Piece(http::FileSlice{file, 0, bytes.size()});
    support::ContentFramer framer;
    framer.sent = false;
    CHECK(server::produce(content, framer, 1, 0) == server::Produced::more);
    CHECK(server::produce(content, framer, 1, 0) == server::Produced::more);
    CHECK(framer.content.size() < bytes.size());
    file->same = false;
    framer.sent = true;
    CHECK(server::produce(content, framer, 1, 0) == server::Produced::failed);
    CHECK_FALSE(framer.ended);
}

TEST_CASE("response producer: what comes from the disk is waited for without a head, an event or a deadline",
          "[server]") {
    const std::string bytes = numbered(2'000'000);
    for (const bool rests : {true, false}) {
        const auto file = std::make_shared<ScriptedFile>(bytes);
        file->rests = rests;
        file->in_memory = false;
        ConnectionBench bench;
        CHECK(fetch(bench, slice_of(file, 0, bytes.size())) == Verdict::wait);
        CHECK(bench.stream->sent().empty());
        CHECK(bench.connection->interest() == net::Interest::none);
        CHECK_FALSE(bench.connection->deadline(bench.config).has_value());
        CHECK(bench.waiting.find(net::Token::unpack(file->last_wake)) == bench.connection->exchange());
        for (int i = 0; i < 10 && !file->coming.empty(); ++i) {
            file->arrive();
            bench.run();
        }
        CHECK(content_of(bench.stream->sent()) == bytes);
        CHECK(file->asked.size() == 4);
        CHECK(bench.waiting.size() == 0);
    }
}

TEST_CASE("response producer: a peer that leaves while the disk is waited for is noticed", "[server]") {
    const auto file = std::make_shared<ScriptedFile>(numbered(1'000'000));
    file->in_memory = false;
    ConnectionBench bench;
    CHECK(fetch(bench, slice_of(file, 0, 1'000'000)) == Verdict::wait);
    bench.connection->abandon(bench.turn, "the peer was gone");
    CHECK(bench.waiting.size() == 0);
    CHECK(file.use_count() == 2);  // of this test, and of what the handler would answer again
    file->arrive();
}

TEST_CASE("response producer: a part whose beginning cannot be read is a 500, after the disk was waited for",
          "[server]") {
    const auto file = std::make_shared<ScriptedFile>(numbered(1'000));
    file->in_memory = false;
    ConnectionBench bench;
    CHECK(fetch(bench, slice_of(file, 0, 1'000)) == Verdict::wait);
    file->same = false;
    file->arrive();
    bench.run();
    CHECK(statuses(bench.stream->sent()) == std::vector{500});
}

TEST_CASE("response producer: each part of several is waited for", "[server]") {
    const std::string bytes = numbered(30'000);
    const auto file = std::make_shared<ScriptedFile>(bytes);
    file->in_memory = false;
    server::Content content;
    std::vector<http::Piece> pieces;
    pieces.emplace_back(http::FileSlice{file, 20'000, 100});
    pieces.emplace_back(std::string("between"));
    pieces.emplace_back(http::FileSlice{file, 5, 100});
    content.body = std::move(pieces);
    CHECK(content.may_wait());
    support::ContentFramer framer;
    CHECK(server::produce(content, framer, 1, 9) == server::Produced::waiting);
    CHECK(server::produce(content, framer, 1, 9) == server::Produced::waiting);
    CHECK(framer.content.empty());
    file->arrive();
    CHECK(server::produce(content, framer, 1, 9) == server::Produced::waiting);
    CHECK(framer.content == bytes.substr(20'000, 100) + "between");
    file->arrive();
    CHECK(server::produce(content, framer, 1, 9) == server::Produced::all);
    CHECK(framer.content == bytes.substr(20'000, 100) + "between" + bytes.substr(5, 100));
    CHECK(file->last_wake == 9);
}
