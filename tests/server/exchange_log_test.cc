// What the logs and counters say of an exchange that ended well, that was cut, or that was refused.
#include "server/exchange_log.h"

#include <memory>
#include <string>

#include "support/catch.h"
#include "support/connection_bench.h"

namespace {

/// An exchange whose request was parsed and answered with `body`.
struct Logged {
    explicit Logged(http::Status status = http::Status::ok, std::string body = "hello") {
        bench.access_log = server::AccessLog(*server::LogFile::open("/dev/null", 1), server::LogFormat::common);
        bench.error_log = server::ErrorLog(*server::LogFile::open("/dev/null", 2));
        http::HeadParser parser;
        REQUIRE(parser.parse(head, exchange.request) == http::HeadParser::Outcome::complete);
        exchange.begin(net::Token{7, 3}, bench.clock.now_ms());
        static_cast<void>(exchange.ask(bench.handler));
        http::Response response;
        response.status = status;
        response.body = http::Piece(std::move(body));
        exchange.respond(std::move(response));
        peer.family = net::Family::ipv4;
        peer.octets = {127, 0, 0, 1};
    }
    [[nodiscard]] std::string access() { return bench.access_log.file().pending(); }
    [[nodiscard]] std::string errors() { return bench.error_log.file().pending(); }

    std::string head = "GET /a?b HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/8\r\n\r\n";
    ConnectionBench bench;
    server::Exchange exchange;
    net::PeerAddress peer;
};

}  // namespace

TEST_CASE("exchange log: an answer is one line and one count of its class", "[server][log]") {
    Logged logged(http::Status::not_found);
    server::note_answered(logged.exchange, logged.peer, 0, logged.bench.turn);
    CHECK(logged.access().find("127.0.0.1 - - ") == 0);
    CHECK(logged.access().find("\"GET /a?b HTTP/1.1\" 404 ") != std::string::npos);
    CHECK(logged.errors().empty());
    CHECK(logged.bench.metrics.responses.count() == 1);
    CHECK(logged.bench.metrics.responses.of_class(4) == 1);
    CHECK(logged.bench.metrics.refusals.count() == 0);
}

TEST_CASE("exchange log: who signed in is named, also when the answer was cut", "[server][log]") {
    Logged logged(http::Status::forbidden);
    logged.exchange.request.user = std::make_shared<http::User>(http::User{"alice", {}});
    server::note_answered(logged.exchange, logged.peer, 0, logged.bench.turn);
    server::note_aborted(logged.exchange, logged.peer, 0, 0, "the peer left", logged.bench.turn);
    CHECK(logged.access().find("127.0.0.1 - alice [") == 0);
    CHECK(logged.access().find("\n127.0.0.1 - alice [") != std::string::npos);
}

TEST_CASE("exchange log: one that was cut is in both logs, with the bytes that left", "[server][log]") {
    Logged logged;
    server::note_aborted(logged.exchange, logged.peer, 0, 100, "the peer left", logged.bench.turn);
    CHECK(logged.access().find("\"GET /a?b HTTP/1.1\" 200 ") != std::string::npos);
    CHECK(logged.errors().find("aborted") != std::string::npos);
    CHECK(logged.errors().find("the peer left, after 0 bytes of it") != std::string::npos);
    CHECK(logged.bench.metrics.responses.count() == 0);
}

TEST_CASE("exchange log: a request that was cut before there was an answer has no status of success", "[server][log]") {
    Logged logged;
    logged.exchange.abort();
    logged.exchange.reset();
    http::HeadParser parser;
    REQUIRE(parser.parse(logged.head, logged.exchange.request) == http::HeadParser::Outcome::complete);
    server::note_aborted(logged.exchange, logged.peer, 3, 0, "the peer left", logged.bench.turn);
    CHECK(logged.access().find("\"GET /a?b HTTP/1.1\" 499 0") != std::string::npos);
}

TEST_CASE("exchange log: a refusal is counted and said with its reason and path", "[server][log]") {
    Logged logged;
    server::note_refused({http::Status::not_found, "no such thing"}, logged.peer, "/x\n", logged.bench.turn);
    CHECK(logged.errors().find("refused") != std::string::npos);
    CHECK(logged.errors().find("no such thing") != std::string::npos);
    CHECK(logged.errors().find("/x\n") == std::string::npos);
    CHECK(logged.bench.metrics.refusals.count() == 1);
}

TEST_CASE("exchange log: the reason of a good answer is an error and no refusal", "[server][log]") {
    Logged logged;
    http::Response response;
    response.reason = "the directory could not be read to its end";
    server::note_reason(response, logged.peer, "/d/", logged.bench.turn);
    CHECK(logged.errors().find("error") != std::string::npos);
    CHECK(logged.bench.metrics.refusals.count() == 0);
    response.status = http::Status::forbidden;
    server::note_reason(response, logged.peer, "/d/", logged.bench.turn);
    CHECK(logged.bench.metrics.refusals.count() == 1);
}
