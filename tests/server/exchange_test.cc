// An exchange without any wire format: what each decision leads to, and what may be given up when.
#include "server/exchange.h"

#include <map>
#include <string>

#include "support/aborting.h"
#include "support/catch.h"
#include "support/connection_bench.h"
#include "support/content_framer.h"

using handler::Decision;
using server::Exchange;
using server::ExchangeState;
using server::Produced;

namespace {

/// Yields `then` at the `calls`-th call.
class Later final : public handler::PendingDecision {
public:
    Later(int calls, std::function<Decision()> then, int& alive)
        : calls_(calls), then_(std::move(then)), alive_(alive) {
        ++alive_;
    }
    ~Later() override { --alive_; }
    std::optional<Decision> advance(http::Request& request, http::Wake wake) override {
        CHECK(request.target.path == "/later");
        CHECK(wake != 0);
        if (--calls_ > 0) return std::nullopt;
        return then_();
    }

private:
    int calls_;
    std::function<Decision()> then_;
    int& alive_;
};

/// Decides what the test says; marks what it decorates.
class DecidingHandler final : public handler::Handler {
public:
    Decision handle(const http::Request&) override { return decide(); }
    void decorate(const http::Request*, http::Response& response) override { response.add("Decorated", "yes"); }
    std::function<Decision()> decide;
};

class ExchangeBench {
public:
    ExchangeBench() {
        // Token 0 of generation 0 packs to 0, which no wake of this test may be.
        spare_ = table.enter(spare_exchange_);
        exchange.begin({7, 3}, 0);
        exchange.request.target.path = "/later";
    }
    ExchangeState ask() {
        Decision decision = exchange.ask(handler);
        REQUIRE_FALSE(std::holds_alternative<http::Response>(decision));
        exchange.adopt(std::move(decision));
        return exchange.state();
    }
    Decision later(int calls, std::function<Decision()> then) {
        return std::make_unique<Later>(calls, std::move(then), alive);
    }
    Produced produce(server::Framer& framer) { return exchange.produce(framer, 1, table); }
    std::optional<http::Response> advance() { return exchange.advance(handler, table); }

    int alive = 0;
    DecidingHandler handler;
    ScriptedHandler scripted;  ///< whose sinks and pending work the tests use
    server::ExchangeTable table;
    Exchange exchange;

private:
    Exchange spare_exchange_;
    server::ExchangeTable::Entry spare_;
};

http::Response with_text(std::string text) {
    http::Response response;
    response.body = http::Piece(std::move(text));
    return response;
}

}  // namespace

TEST_CASE("exchange: a response at once is produced to its end", "[server][exchange]") {
    ExchangeBench bench;
    bench.handler.decide = [] { return with_text("hello"); };
    CHECK(bench.exchange.state() == ExchangeState::receiving);
    Decision decision = bench.exchange.ask(bench.handler);
    CHECK(bench.exchange.state() == ExchangeState::deciding);
    bench.exchange.respond(std::move(std::get<http::Response>(decision)));
    CHECK(bench.exchange.state() == ExchangeState::responding);
    support::ContentFramer framer;
    CHECK(bench.produce(framer) == Produced::all);
    CHECK(framer.content == "hello");
    CHECK(framer.ended);
    CHECK(bench.exchange.content_bytes() == 5);
    CHECK(bench.exchange.state() == ExchangeState::done);
    CHECK(bench.table.size() == 1);  // it never waited, so it never took a token
}

TEST_CASE("exchange: a HEAD request and a 304 have no content, whatever the handler gives", "[server][exchange]") {
    for (const bool head : {true, false}) {
        ExchangeBench bench;
        if (head) bench.exchange.request.method = http::Method::head;
        http::Response response = with_text("hello");
        if (!head) response.status = http::Status::not_modified;
        bench.exchange.respond(std::move(response));
        support::ContentFramer framer;
        CHECK(bench.produce(framer) == Produced::all);
        CHECK(framer.content.empty());
    }
}

TEST_CASE("exchange: a sink takes the body, then its work is pending", "[server][exchange]") {
    ExchangeBench bench;
    bench.scripted.disk_done = false;
    bench.handler.decide = [&] { return std::make_unique<ScriptedHandler::Sink>(bench.scripted); };
    bench.exchange.expect_body();
    CHECK(bench.ask() == ExchangeState::receiving);
    CHECK(bench.exchange.has_sink());
    CHECK(bench.exchange.write(std::as_bytes(std::span("abc", 3))).has_value());
    bench.exchange.end_body("T: v\r\n");
    CHECK(bench.exchange.state() == ExchangeState::pending);
    CHECK(bench.scripted.trailers == "T: v\r\n");
    CHECK_FALSE(bench.advance().has_value());
    CHECK(bench.table.find(net::Token::unpack(bench.scripted.last_wake)) == &bench.exchange);
    bench.scripted.disk_done = true;
    const auto response = bench.advance();
    REQUIRE(response.has_value());
    CHECK(response->status == http::Status::created);
    CHECK(response->find("Decorated") == "yes");
}

TEST_CASE("exchange: a decision that comes later may be a response, decorated", "[server][exchange]") {
    ExchangeBench bench;
    bench.handler.decide = [&] { return bench.later(3, [] { return with_text("at last"); }); };
    CHECK(bench.ask() == ExchangeState::deciding);
    CHECK_FALSE(bench.advance().has_value());
    CHECK_FALSE(bench.advance().has_value());
    CHECK(bench.exchange.state() == ExchangeState::deciding);
    const auto response = bench.advance();
    REQUIRE(response.has_value());
    CHECK(response->find("Decorated") == "yes");
    CHECK(bench.alive == 0);
}

TEST_CASE("exchange: a decision that comes later may be a sink, or work, or wait once more", "[server][exchange]") {
    ExchangeBench bench;
    SECTION("a sink: the exchange receives again") {
        bench.handler.decide = [&] {
            return bench.later(2, [&] { return std::make_unique<ScriptedHandler::Sink>(bench.scripted); });
        };
        bench.ask();
        CHECK_FALSE(bench.advance().has_value());
        CHECK_FALSE(bench.advance().has_value());
        CHECK(bench.exchange.state() == ExchangeState::receiving);
        CHECK(bench.exchange.has_sink());
    }
    SECTION("work: it begins at once") {
        bench.handler.decide = [&] {
            return bench.later(1, [&] { return std::make_unique<ScriptedHandler::Pending>(bench.scripted); });
        };
        bench.ask();
        REQUIRE(bench.advance().has_value());
        CHECK(bench.exchange.state() == ExchangeState::pending);
    }
    SECTION("another one that waits") {
        bench.handler.decide = [&] {
            return bench.later(1, [&] { return bench.later(2, [] { return with_text("x"); }); });
        };
        bench.ask();
        CHECK_FALSE(bench.advance().has_value());
        CHECK(bench.exchange.state() == ExchangeState::deciding);
        CHECK(bench.advance().has_value());
    }
}

TEST_CASE("exchange: what comes later follows the handler as it was when the request was asked", "[server][exchange]") {
    struct Pinned final : handler::Handler {
        Decision handle(const http::Request&) override { return http::Response(); }
        void decorate(const http::Request*, http::Response& response) override { response.add("Decorated", "before"); }
    };
    struct Changing final : handler::Handler {
        Decision handle(const http::Request&) override { return decide(); }
        void decorate(const http::Request*, http::Response& response) override { response.add("Decorated", "after"); }
        std::shared_ptr<Handler> pin() override { return rules; }
        std::function<Decision()> decide;
        std::shared_ptr<Handler> rules = std::make_shared<Pinned>();
    };
    ExchangeBench bench;
    Changing changing;
    const std::weak_ptr<handler::Handler> held = changing.rules;
    changing.decide = [&] { return bench.later(2, [] { return with_text("later"); }); };
    bench.exchange.adopt(bench.exchange.ask(changing));
    changing.rules = nullptr;
    CHECK_FALSE(bench.exchange.advance(changing, bench.table));
    const auto response = bench.exchange.advance(changing, bench.table);
    REQUIRE(response);
    CHECK(response->find("Decorated") == "before");
    CHECK_FALSE(held.expired());
    bench.exchange.abort();
    bench.exchange.reset();
    CHECK(held.expired());
}

TEST_CASE("exchange: what is given up while it decides leaves nothing behind", "[server][exchange]") {
    ExchangeBench bench;
    bench.handler.decide = [&] { return bench.later(2, [] { return with_text("x"); }); };
    bench.ask();
    CHECK_FALSE(bench.advance().has_value());
    CHECK(bench.table.size() == 2);
    bench.exchange.abort();
    CHECK(bench.alive == 0);
    CHECK(bench.exchange.state() == ExchangeState::done);
    bench.exchange.reset();
    CHECK(bench.table.size() == 1);
    CHECK(bench.exchange.state() == ExchangeState::receiving);
}

TEST_CASE("exchange: pending work for the response alone is given up when the peer is gone", "[server][exchange]") {
    struct Reading final : http::PendingResponse {
        explicit Reading(int& alive) : counted(alive) { ++counted; }
        ~Reading() override { --counted; }
        std::optional<http::Response> advance(http::Wake) override { return std::nullopt; }
        [[nodiscard]] bool may_be_given_up() const override { return true; }
        int& counted;
    };
    ExchangeBench bench;
    int alive = 0;
    bench.handler.decide = [&] { return Decision(std::make_unique<Reading>(alive)); };
    REQUIRE(bench.ask() == ExchangeState::pending);
    CHECK_FALSE(bench.advance());
    CHECK_FALSE(bench.exchange.has_lasting_work());
    bench.exchange.abort();
    CHECK(bench.exchange.state() == ExchangeState::done);
    CHECK(alive == 0);
}

TEST_CASE("exchange: giving up work that is pending ends the process with both names", "[server][exchange]") {
    ExchangeBench bench;
    bench.handler.decide = [&] { return std::make_unique<ScriptedHandler::Pending>(bench.scripted); };
    REQUIRE(bench.ask() == ExchangeState::pending);
    CHECK(support::stderr_of_abort([&] { bench.exchange.abort(); }) ==
          "godwit: invariant: exchange: aborted in state pending\n");
}

TEST_CASE("exchange: says what the content lacked once it has ended", "[server][exchange]") {
    struct Lacking final : http::BodySource {
        Pulled pull(std::span<std::byte>) override { return {Outcome::finished, 0}; }
        [[nodiscard]] std::string_view lack() const override { return "the third line"; }
    };
    ExchangeBench bench;
    CHECK(bench.exchange.lack().empty());
    http::Response response;
    response.body = std::make_unique<Lacking>();
    bench.exchange.respond(std::move(response));
    support::ContentFramer framer;
    CHECK(bench.produce(framer) == Produced::all);
    CHECK(bench.exchange.lack() == "the third line");
}

TEST_CASE("exchange: its id is the one that a trusted proxy sends, for nobody else, and does not change", "[server]") {
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: abc-1\r\n\r\n";
    server::RequestIds ids;
    http::Client client;
    for (const bool is_proxy : {true, false}) {
        server::Exchange exchange;
        http::HeadParser parser;
        REQUIRE(parser.parse(head, exchange.request) == http::HeadParser::Outcome::complete);
        client.is_forwarded = is_proxy;
        exchange.name_request(client, ids);
        const std::string id(exchange.request_id());
        CHECK((id == "abc-1") == is_proxy);
        exchange.name_request(client, ids);
        CHECK(exchange.request_id() == id);
        http::Response response;
        exchange.add_request_id(response);
        CHECK(response.find("X-Request-Id") == id);
        exchange.reset();
        CHECK(exchange.request_id().empty());
    }
}

TEST_CASE("exchange: without an id the response has no field for one", "[server]") {
    const server::Exchange exchange;
    http::Response response;
    exchange.add_request_id(response);
    CHECK(response.fields.empty());
}
