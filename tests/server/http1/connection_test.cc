// Connections over a scripted stream: every cut of the input, short writes, half-closes, resets and deadlines.
#include "server/http1/connection.h"

#include <string>

#include "support/catch.h"
#include "support/connection_bench.h"

using server::http1::ConnectionState;
using Verdict = server::Connection::Verdict;

namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
using Codes = std::vector<int>;

}  // namespace

TEST_CASE("connection: answers a request and waits for the next one without holding memory", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming(kGet);
    CHECK(bench.run() == Verdict::wait);
    CHECK(statuses(bench.stream->sent()) == Codes{200});
    CHECK(bench.connection->state() == ConnectionState::idle);
    CHECK(bench.connection->interest() == net::Interest::read);
    CHECK(bench.blocks.lent() == 0);
}

TEST_CASE("connection: gives the same answers whichever way the input is cut", "[server]") {
    const std::string input =
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n"
        "GET /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    std::string whole;
    {
        ConnectionBench bench;
        bench.stream->incoming(input);
        CHECK(bench.run() == Verdict::close);
        whole = bench.stream->sent();
        CHECK(statuses(whole) == Codes{200, 201, 201, 200});
        CHECK(bench.handler.received == "helloabc");
    }
    for (std::size_t split = 1; split < input.size(); ++split) {
        ConnectionBench bench;
        bench.stream->incoming(input.substr(0, split)).would_block().incoming(input.substr(split));
        bench.run();
        INFO("split at " << split);
        REQUIRE(bench.stream->sent() == whole);
    }
    ConnectionBench bench;
    bench.stream->incoming_bytewise(input, true);
    bench.run();
    CHECK(bench.stream->sent() == whole);
    CHECK(bench.handler.received == "helloabc");
}

TEST_CASE("connection: sends pipelined answers in order with one send", "[server]") {
    ConnectionBench bench;
    std::string input;
    for (int i = 0; i < 16; ++i) input += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    bench.stream->incoming(input);
    bench.run();
    CHECK(bench.handler.paths.size() == 16);
    CHECK(bench.handler.paths.back() == "/15");
    CHECK(bench.stream->sends == 1);
    CHECK(bench.stream->sent().find("/3") < bench.stream->sent().find("/4"));
}

TEST_CASE("connection: stops after a turn's share of requests and goes on in the next turn", "[server]") {
    ConnectionBench bench;
    std::string input;
    for (int i = 0; i < 100; ++i) input += kGet;
    bench.stream->incoming(input);
    CHECK(bench.step() == Verdict::again);
    CHECK(bench.handler.paths.size() == server::kTurnRequests);
    bench.run();
    CHECK(bench.handler.paths.size() == 100);
}

TEST_CASE("connection: survives short writes of every size", "[server]") {
    for (const std::size_t limit : {std::size_t{1}, std::size_t{7}, std::size_t{100}, std::size_t{5000}}) {
        ConnectionBench bench;
        bench.handler.answers["/a"] = [] {
            http::Response response;
            response.body = http::Piece(std::string(20'000, 'y'));
            return response;
        };
        bench.stream->limit_each_send(limit);
        bench.stream->incoming(kGet);
        bench.step();
        for (int i = 0; i < 30'000 && bench.connection->interest() != net::Interest::read; ++i) bench.step();
        const std::string& sent = bench.stream->sent();
        CHECK(sent.size() - sent.find("\r\n\r\n") - 4 == 20'000);
        CHECK(bench.blocks.lent() == 0);
    }
}

TEST_CASE("connection: reads nothing while too much output waits", "[server]") {
    ConnectionBench bench;
    bench.handler.answers["/a"] = [] {
        http::Response response;
        response.body = http::Piece(std::string(server::kHighWaterBytes, 'y'));
        return response;
    };
    bench.stream->set_send_room(0);
    for (int i = 0; i < 50; ++i) bench.stream->incoming(kGet);
    for (int i = 0; i < 20; ++i) bench.step();
    CHECK(bench.handler.paths.size() == 1);
    CHECK(bench.connection->interest() == net::Interest::write);
    bench.stream->set_send_room(ScriptedStream::kUnlimited);
    bench.run();
    CHECK(bench.handler.paths.size() == 50);
}

TEST_CASE("connection: a source is sent chunked, and to an HTTP/1.0 client until the connection ends", "[server]") {
    const auto source = [] {
        http::Response response;
        response.body = std::make_unique<CountingSource>(100'000, 3'000);
        return response;
    };
    ConnectionBench modern;
    modern.handler.answers["/a"] = source;
    modern.stream->incoming(kGet);
    modern.run();
    CHECK(modern.stream->sent().find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(modern.stream->sent().ends_with("\r\n0\r\n\r\n"));

    ConnectionBench old;
    old.handler.answers["/a"] = source;
    old.stream->incoming("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(old.run() == Verdict::close);
    CHECK(old.stream->sent().find("chunked") == std::string::npos);
    CHECK(old.stream->sent().size() > 100'000);
}

TEST_CASE("connection: HEAD sends the fields and no content", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n");
    bench.run();
    CHECK(bench.stream->sent().find("Content-Length: 4\r\n") != std::string::npos);
    CHECK(bench.stream->sent().ends_with("\r\n\r\n"));
}

TEST_CASE("connection: a half-closed client gets all its answers", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming(std::string(kGet) + std::string(kGet)).eof();
    CHECK(bench.run() == Verdict::close);
    CHECK(statuses(bench.stream->sent()) == Codes{200, 200});
}

TEST_CASE("connection: a half-closed client that reads slowly still gets its whole answer", "[server]") {
    ConnectionBench bench;
    bench.handler.answers["/a"] = [] {
        http::Response response;
        response.body = std::make_unique<CountingSource>(1'000'000, 100'000);
        return response;
    };
    bench.stream->incoming(kGet).eof();
    bench.stream->set_send_room(1000);
    Verdict verdict = bench.step();
    for (int i = 0; i < 5000 && verdict != Verdict::close; ++i) {
        CHECK((static_cast<int>(bench.connection->interest()) & static_cast<int>(net::Interest::write)) != 0);
        bench.stream->add_send_room(1000);
        verdict = bench.step();
    }
    CHECK(bench.stream->sent().ends_with("0\r\n\r\n"));
}

TEST_CASE("connection: asks for the body after Expect: 100-continue, and only then", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{100});
    bench.stream->incoming("hello");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{100, 201});
    CHECK(bench.handler.received == "hello");
}

TEST_CASE("connection: a final answer in place of 100 Continue ends the connection, whatever follows", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 28\r\nExpect: 100-continue\r\n\r\n" +
                           std::string(kGet));
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{200});
    CHECK(bench.stream->write_shut());
    CHECK(bench.handler.paths.size() == 1);
}

TEST_CASE("connection: drains a small body that the answer did not wait for, and keeps the connection", "[server]") {
    ConnectionBench bench;
    const std::string hidden = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    bench.stream->incoming("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(hidden.size()) +
                           "\r\n\r\n" + hidden + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{200, 200});
    CHECK(bench.handler.paths == std::vector<std::string>{"/a", "/b"});
}

TEST_CASE("connection: is idle once a body that the answer did not wait for is in, before a next request", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n").would_block().incoming("body");
    CHECK(bench.run() == Verdict::wait);
    CHECK(bench.connection->state() == ConnectionState::idle);
    CHECK(bench.connection->is_unused());
    bench.expire_after(bench.config.drain_timeout_ms);
    bench.stream->incoming("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{200, 200});
}

TEST_CASE("connection: lingers after an early answer to a large body, so that no reset eats it", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
    for (int i = 0; i < 20; ++i) bench.stream->incoming(std::string(10'000, 'b')).would_block();
    CHECK(bench.run() == Verdict::wait);
    CHECK(statuses(bench.stream->sent()) == Codes{200});
    CHECK(bench.stream->write_shut());
    CHECK_FALSE(bench.stream->sent_after_shut);
    CHECK(bench.connection->state() == ConnectionState::lingering);
    bench.stream->eof();
    CHECK(bench.step() == Verdict::close);
}

TEST_CASE("connection: a malformed head is answered once and everything after it is thrown away", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("GET /a HTTP/1.1\nHost: x\n\n" + std::string(kGet)).eof();
    CHECK(bench.run() == Verdict::close);
    CHECK(statuses(bench.stream->sent()) == Codes{400});
    CHECK(bench.handler.paths.empty());
}

TEST_CASE("connection: a body that ends early aborts its sink and is answered 400", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhello").eof();
    CHECK(bench.run() == Verdict::close);
    CHECK(statuses(bench.stream->sent()) == Codes{400});
    CHECK(bench.handler.sinks_aborted == 1);
    CHECK(bench.metrics.uploads_aborted == 1);
}

TEST_CASE("connection: a reset in every reading state closes and aborts", "[server]") {
    for (const std::string_view input :
         {std::string_view(""), std::string_view("GE"),
          std::string_view("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhel")}) {
        ConnectionBench bench;
        bench.stream->incoming(input).fail_receive();
        CHECK(bench.run() == Verdict::close);
        bench.connection.reset();
        CHECK(bench.blocks.lent() == 0);
    }
}

TEST_CASE("connection: a refusal by the sink stops the upload and says why", "[server]") {
    ConnectionBench bench;
    bench.handler.refuse_after = 10;
    bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + std::string(1000, 'b'));
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{507});
    CHECK(bench.handler.sinks_aborted == 1);
}

TEST_CASE("connection: a commit waits for its wake, whatever the peer does meanwhile", "[server]") {
    ConnectionBench bench;
    bench.handler.disk_done = false;
    bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").eof();
    CHECK(bench.step() == Verdict::wait);
    CHECK(bench.connection->state() == ConnectionState::answering);
    CHECK(bench.connection->interest() == net::Interest::none);
    CHECK_FALSE(bench.connection->deadline(bench.config).has_value());
    // The wake names the exchange, which knows its connection.
    const server::Exchange* woken = bench.waiting.find(net::Token::unpack(bench.handler.last_wake));
    REQUIRE(woken == bench.connection->exchange());
    CHECK(woken->connection() == net::Token{7, 3});
    CHECK(bench.step() == Verdict::wait);
    bench.handler.disk_done = true;
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{201});
    CHECK(bench.waiting.find(net::Token::unpack(bench.handler.last_wake)) == nullptr);
    CHECK(bench.step() == Verdict::close);
}

TEST_CASE("connection: an answer cut off during a commit is followed by nothing, and by no further request",
          "[server]") {
    ConnectionBench bench;
    bench.handler.disk_done = false;
    bench.stream->set_send_room(10);
    bench.stream->incoming(std::string(kGet) + "DELETE /b HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kGet));
    CHECK(bench.step() == Verdict::wait);
    CHECK(bench.connection->state() == ConnectionState::answering);
    CHECK(bench.expire_after(bench.config.write_timeout_ms) == Verdict::wait);
    CHECK(bench.connection->state() == ConnectionState::answering);
    CHECK(bench.stream->aborted());
    bench.handler.disk_done = true;
    bench.stream->set_send_room(100'000);
    CHECK(bench.run() == Verdict::close);
    CHECK(bench.stream->sent().size() == 10);
    CHECK(bench.handler.paths.size() == 2);
}

TEST_CASE("connection: every request carries the position of its last receive", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming(std::string(kGet) + std::string(kGet)).would_block().incoming(kGet);
    bench.run();
    CHECK(bench.handler.arrivals == std::vector<std::uint64_t>{1, 1, 2});
}

TEST_CASE("connection: a body in chunks of one byte reaches the sink in large pieces", "[server]") {
    ConnectionBench bench;
    std::string input = "PUT /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string body;
    for (int i = 0; i < 2'000; ++i) {
        body.push_back(static_cast<char>('a' + i % 26));
        input += std::string("1\r\n") + body.back() + "\r\n";
    }
    bench.stream->incoming(input + "0\r\n\r\n");
    bench.run();
    CHECK(bench.handler.received == body);
    CHECK(bench.handler.writes <= 4);
}

TEST_CASE("connection: when the server stops, idle ones close and the answer in progress is the last", "[server]") {
    ConnectionBench idle;
    idle.step();
    idle.turn.stopping = server::Stopping::finishing;
    CHECK(idle.step() == Verdict::wait);
    idle.turn.stopping = server::Stopping::closing;
    CHECK(idle.step() == Verdict::close);

    ConnectionBench busy;
    busy.handler.disk_done = false;
    busy.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    busy.step();
    busy.turn.stopping = server::Stopping::finishing;
    busy.handler.disk_done = true;
    CHECK(busy.run() == Verdict::close);
    CHECK(busy.stream->sent().find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("connection: what turns heavy waits for its turn before the handler is asked", "[server]") {
    ConnectionBench bench;
    const auto turn = [&] {
        bench.connection->receive(bench.turn);
        return bench.connection->advance(bench.turn);
    };
    const std::string put = "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    // The second GET stands behind the head that waits: it is not received until then, which would move the head.
    bench.stream->incoming(std::string(kGet) + put).incoming(put + std::string(kGet));
    CHECK(bench.connection->weight() == server::Weight::light);
    CHECK(turn() == Verdict::again);
    CHECK(bench.connection->weight() == server::Weight::heavy);
    CHECK(statuses(bench.stream->sent()) == Codes{200});
    CHECK(bench.handler.paths == std::vector<std::string>{"/a"});
    const int receives = bench.stream->receives;
    bench.connection->receive(bench.turn);
    CHECK(bench.stream->receives == receives);
    // A connection that is heavy already does not wait again, and a light request is answered at once.
    CHECK(bench.connection->advance(bench.turn) == Verdict::wait);
    CHECK(turn() == Verdict::wait);
    CHECK(bench.connection->weight() == server::Weight::light);
    CHECK(statuses(bench.stream->sent()) == Codes{200, 201, 201, 200});
    CHECK(bench.handler.paths == std::vector<std::string>{"/a", "/b", "/b", "/a"});
    CHECK(bench.handler.received == "hihi");
}

TEST_CASE("connection: a safe request that must not overtake others waits for its turn as well", "[server]") {
    ConnectionBench bench;
    bench.handler.heavy_path = "/a";
    bench.stream->incoming(kGet);
    bench.connection->receive(bench.turn);
    CHECK(bench.connection->advance(bench.turn) == Verdict::again);
    CHECK(bench.connection->weight() == server::Weight::heavy);
    CHECK(bench.handler.paths.empty());
    CHECK(bench.connection->advance(bench.turn) == Verdict::wait);
    CHECK(statuses(bench.stream->sent()) == Codes{200});
}

TEST_CASE("connection: a peer that closes while its head waits for a turn is answered all the same", "[server]") {
    ConnectionBench bench;
    bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").eof();
    bench.connection->receive(bench.turn);
    CHECK(bench.connection->advance(bench.turn) == Verdict::again);
    CHECK(bench.connection->state() == ConnectionState::reading);
    bench.run();
    CHECK(bench.step() == Verdict::close);
    CHECK(statuses(bench.stream->sent()) == Codes{201});
    CHECK(bench.handler.sinks_aborted == 0);
}
