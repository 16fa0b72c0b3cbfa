// What the logs and counters say of an exchange that ended well, that was cut, or that was refused.
#include "server/exchange_log.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "support/catch.h"
#include "support/connection_bench.h"
#include "support/loopback_peer.h"

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
    }
    [[nodiscard]] std::string access() { return bench.access_log.file().pending(); }
    [[nodiscard]] std::string errors() { return bench.error_log.file().pending(); }

    std::string head = "GET /a?b HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/8\r\n\r\n";
    ConnectionBench bench;
    server::Exchange exchange;
    net::PeerAddress peer = loopback_peer();
};

/// A request whose work, or whose body, the exchange has taken over.
struct Writing {
    explicit Writing(std::string method = "PUT") : head(std::move(method)) {
        bench.audit_log = server::AuditLog(*server::LogFile::open("/dev/null", 1));
        head += " /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
        http::HeadParser parser;
        REQUIRE(parser.parse(head, exchange.request) == http::HeadParser::Outcome::complete);
        exchange.begin(net::Token{7, 3}, bench.clock.now_ms());
        exchange.request.user = std::make_shared<http::User>(http::User{"alice", {}});
        decision = exchange.ask(bench.handler);
    }
    /// The body comes, the work ends, and `response` is what it answers; it has changed `changes`.
    void answer(http::Changes changes, http::Status status = http::Status::created, std::string_view reason = {}) {
        bench.handler.changes = std::move(changes);
        exchange.adopt(std::move(decision));
        exchange.end_body({});
        auto response = exchange.advance(bench.handler, bench.waiting);
        REQUIRE(response.has_value());
        response->status = status;
        response->reason = reason;
        exchange.respond(std::move(*response));
    }
    [[nodiscard]] std::string audit() { return bench.audit_log.file().pending(); }
    [[nodiscard]] std::ptrdiff_t lines() {
        const std::string text = audit();
        return std::count(text.begin(), text.end(), '\n');
    }
    [[nodiscard]] bool has(std::string_view part) { return audit().find(part) != std::string::npos; }

    std::string head;
    ConnectionBench bench;
    server::Exchange exchange;
    handler::Decision decision;
    net::PeerAddress peer = loopback_peer();
};

http::Change created(std::string path) {
    http::Change change;
    change.path = std::move(path);
    return change;
}

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

TEST_CASE("exchange log: a request that was not understood is counted, and said with the reason", "[server][log]") {
    Logged logged;
    server::note_refused({http::Status::bad_request, "no such thing"}, logged.exchange, logged.peer, logged.bench.turn);
    CHECK(logged.errors().ends_with("refused: 127.0.0.1: no such thing\n"));
    CHECK(logged.bench.metrics.refusals.count() == 1);
}

TEST_CASE("exchange log: the reason of a good answer is an error and no refusal", "[server][log]") {
    Logged logged;
    http::Response response;
    response.reason = "the directory could not be read to its end";
    logged.exchange.request.target.path = "/d\n/";
    server::note_reason(response, logged.exchange, logged.peer, logged.bench.turn);
    CHECK(logged.errors().ends_with("error: 127.0.0.1: the directory could not be read to its end: /d\\x0a/\n"));
    CHECK(logged.bench.metrics.refusals.count() == 0);
    response.status = http::Status::forbidden;
    server::note_reason(response, logged.exchange, logged.peer, logged.bench.turn);
    CHECK(logged.bench.metrics.refusals.count() == 1);
}

TEST_CASE("exchange log: with an id, every line about a request ends with it", "[server][log]") {
    Logged logged;
    logged.exchange.name_request(http::Client(), logged.bench.turn.request_ids);
    const std::string end = " (request " + std::string(logged.exchange.request_id()) + ")\n";
    http::Response response;
    response.reason = "no";
    server::note_reason(response, logged.exchange, logged.peer, logged.bench.turn);
    CHECK(logged.errors().ends_with(": no: /a" + end));
    server::note_refused({http::Status::bad_request, "what"}, logged.exchange, logged.peer, logged.bench.turn);
    CHECK(logged.errors().ends_with(": what" + end));
    server::note_aborted(logged.exchange, logged.peer, 0, 0, "left", logged.bench.turn);
    CHECK(logged.errors().ends_with(": /a?b" + end));
}

TEST_CASE("exchange log: the audit log has the id of the request", "[server][log]") {
    Writing writing;
    writing.exchange.name_request(http::Client(), writing.bench.turn.request_ids);
    writing.answer({created("/a")});
    server::note_answered(writing.exchange, writing.peer, 5, writing.bench.turn);
    CHECK(writing.has(R"("request_id":")" + std::string(writing.exchange.request_id()) + "\"}"));
}

TEST_CASE("exchange log: each change of a write is a line of the audit log, with who made it", "[server][log]") {
    Writing writing;
    writing.answer({created("/a"), created("/b")});
    server::note_answered(writing.exchange, writing.peer, 5, writing.bench.turn);
    CHECK(writing.lines() == 2);
    CHECK(writing.has(R"("peer":"127.0.0.1","user":"alice","method":"PUT","target":"/a","action":"create","path":"/a",)"
                      R"("received":5,"duration_ms":0,"status":201})"));
    CHECK(writing.has(R"("path":"/b")"));
    writing.exchange.reset();
    CHECK(writing.exchange.changes().empty());
}

TEST_CASE("exchange log: what was changed by a refused request is in the audit log, and why the rest was refused",
          "[server][log]") {
    Writing writing;
    writing.answer({created("/a")}, http::Status::conflict, "the name is taken");
    server::note_answered(writing.exchange, writing.peer, 5, writing.bench.turn);
    CHECK(writing.lines() == 2);
    CHECK(writing.has(R"("action":"create","path":"/a","received":5,"duration_ms":0,"status":409})"));
    CHECK(writing.has(R"("action":"refused","received":5,"duration_ms":0,"status":409,"ended":"the name is taken"})"));
}

TEST_CASE("exchange log: a write that was refused before its body is in the audit log, a read is not",
          "[server][log]") {
    for (const std::string method :
         {"PUT", "POST", "PATCH", "DELETE", "MKCOL", "COPY", "MOVE", "PROPPATCH", "GET", "OPTIONS", "PROPFIND"}) {
        CAPTURE(method);
        Writing writing(method);
        http::Response response;
        response.status = http::Status::forbidden;
        response.reason = "you may not";
        writing.exchange.respond(std::move(response));
        server::note_answered(writing.exchange, writing.peer, 0, writing.bench.turn);
        const bool writes = method != "GET" && method != "OPTIONS" && method != "PROPFIND";
        CHECK(writing.lines() == (writes ? 1 : 0));
        CHECK(writing.has(R"("action":"refused","received":0,"duration_ms":0,"status":403,"ended":"you may not"})") ==
              writes);
    }
}

TEST_CASE("exchange log: what stores nothing, whatever its method, is not in the audit log", "[server][log]") {
    Writing writing("POST");
    writing.bench.handler.nothing_is_stored = true;
    http::Response response;
    response.status = http::Status::unauthorized;
    response.reason = "wrong";
    writing.exchange.respond(std::move(response));
    server::note_answered(writing.exchange, writing.peer, 0, writing.bench.turn);
    CHECK(writing.lines() == 0);
}

TEST_CASE("exchange log: a write that was cut is in the audit log with what arrived", "[server][log]") {
    Writing writing;
    writing.exchange.adopt(std::move(writing.decision));
    server::note_aborted(writing.exchange, writing.peer, 3, 0, "the peer left", writing.bench.turn);
    CHECK(writing.lines() == 1);
    CHECK(writing.has(R"("action":"cut","received":3,"duration_ms":0,"ended":"the peer left"})"));
}

TEST_CASE("exchange log: a change whose answer did not arrive is a change all the same", "[server][log]") {
    Writing writing;
    writing.answer({created("/a")});
    server::note_aborted(writing.exchange, writing.peer, 5, 0, "the peer was gone before the answer",
                         writing.bench.turn);
    CHECK(writing.lines() == 1);
    CHECK(writing.has(R"("action":"create","path":"/a","received":5,"duration_ms":0,"status":201,)"
                      R"("ended":"the peer was gone before the answer"})"));
}
