// Interim responses that a sink asks for, what a peer hears that left too early, and the end of a stopping server.
#include "server/http1/connection.h"
#include "support/catch.h"
#include "support/connection_bench.h"

using server::http1::ConnectionState;
using Verdict = server::Connection::Verdict;

namespace {

using Codes = std::vector<int>;
constexpr std::string_view kPutHead = "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";

}  // namespace

TEST_CASE("connection: an interim response leaves before the body is there", "[server][interim]") {
    ConnectionBench bench;
    bench.handler.interims.emplace_back("Location", "/u");
    bench.stream->incoming(kPutHead);
    bench.step();
    CHECK(bench.stream->take_sent() == "HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u\r\n\r\n");
    CHECK(bench.connection->state() == ConnectionState::reading);
    bench.stream->incoming("0123456789");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{201});
    CHECK(bench.handler.received == "0123456789");
}

TEST_CASE("connection: an interim response stands before 100 Continue, and replaces it not", "[server][interim]") {
    ConnectionBench bench;
    bench.handler.interims.emplace_back("Location", "/u");
    bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    bench.step();
    CHECK(statuses(bench.stream->sent()) == Codes{104, 100});
    bench.stream->incoming("hi");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{104, 100, 201});
}

TEST_CASE("connection: more interim responses follow while the body is read", "[server][interim]") {
    ConnectionBench bench;
    bench.handler.interims = {{}, {"Upload-Offset", "5"}, {}};
    bench.stream->incoming(kPutHead).incoming("01234");
    bench.step();
    CHECK(bench.stream->sent() == "HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Offset: 5\r\n\r\n");
    bench.stream->incoming("56789");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{104, 201});
}

TEST_CASE("connection: an HTTP/1.0 client gets no interim response", "[server][interim]") {
    ConnectionBench bench;
    bench.handler.interims = {{"Location", "/u"}, {"Upload-Offset", "5"}};
    bench.stream->incoming("PUT /b HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi");
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{201});
}

TEST_CASE("connection: a peer that reads nothing gets no more interim responses", "[server][interim]") {
    ConnectionBench bench;
    for (int i = 0; i < 40; ++i) bench.handler.interims.emplace_back("X", std::string(1000, 'x'));
    bench.stream->set_send_room(0);
    bench.stream->incoming("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    bench.stream->incoming_bytewise(std::string(100, 'y'));
    for (int i = 0; i < 200; ++i) bench.step();
    CHECK(bench.handler.received.size() == 100);
    CHECK(bench.handler.interims.size() > 20);
}

TEST_CASE("connection: a peer that ends in the middle of the body hears what the sink says of it",
          "[server][interim]") {
    ConnectionBench bench;
    bench.stream->incoming(kPutHead).incoming("0123").eof();
    bench.run();
    CHECK(statuses(bench.stream->sent()) == Codes{400});
    CHECK(bench.stream->sent().find("the rest is missing") != std::string::npos);
    CHECK(bench.handler.sinks_aborted == 1);
}

TEST_CASE("connection: stopping answers every request that has arrived, and the last one says that it is the last",
          "[server]") {
    ConnectionBench bench;
    constexpr std::size_t kRequests = 100;
    std::string input;
    for (std::size_t i = 0; i < kRequests; ++i) input += "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    bench.stream->incoming(input);
    CHECK(bench.step() == Verdict::again);
    bench.turn.stopping = server::Stopping::finishing;
    CHECK(bench.run() == Verdict::close);
    CHECK(bench.handler.paths.size() == kRequests);
    CHECK(statuses(bench.stream->sent()).size() == kRequests);
    const std::size_t closing = bench.stream->sent().find("Connection: close\r\n");
    REQUIRE(closing != std::string::npos);
    CHECK(statuses(bench.stream->sent().substr(closing)).empty());
}

TEST_CASE("connection: a request that comes while the server closes unused connections is answered", "[server]") {
    ConnectionBench bench;
    bench.step();
    bench.stream->incoming("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    bench.turn.stopping = server::Stopping::closing;
    CHECK(bench.connection->advance(bench.turn) == Verdict::close);
    CHECK(statuses(bench.stream->sent()) == Codes{200});
}

TEST_CASE("connection: the first byte is due within the time for a head, further requests within that for idling",
          "[server]") {
    ConnectionBench bench;
    bench.step();
    CHECK(bench.connection->deadline(bench.config) == bench.clock.now_ms() + bench.config.header_timeout_ms);
    bench.stream->incoming("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    bench.step();
    CHECK(bench.connection->deadline(bench.config) == bench.clock.now_ms() + bench.config.keep_alive_ms);
}
