// Which connections begin as HTTP/2, at every cut of their first bytes.
#include "server/http2/preface.h"

#include <string>

#include "support/catch.h"
#include "support/connection_bench.h"

using server::http2::kPreface;
using server::http2::match_preface;
using server::http2::PrefaceMatch;

TEST_CASE("http2 preface: it is known when it is whole, and possible before", "[server][http2]") {
    for (std::size_t i = 0; i < kPreface.size(); ++i) {
        CHECK(match_preface(kPreface.substr(0, i)) == PrefaceMatch::begun);
        std::string other(kPreface.substr(0, i + 1));
        other[i] = '!';
        CHECK(match_preface(other) == PrefaceMatch::none);
    }
    CHECK(match_preface(kPreface) == PrefaceMatch::whole);
    CHECK(match_preface(std::string(kPreface) + "more") == PrefaceMatch::whole);
}

TEST_CASE("http2 preface: a connection of HTTP/1 leaves it unread, at every cut", "[server][http2]") {
    for (std::size_t cut = 1; cut < kPreface.size(); ++cut) {
        ConnectionBench bench;
        bench.config.http2 = true;
        bench.stream->incoming(kPreface.substr(0, cut)).would_block().incoming(kPreface.substr(cut));
        CHECK(bench.step() == server::Connection::Verdict::wait);
        CHECK(bench.step() == server::Connection::Verdict::wait);
        CHECK(bench.step() == server::Connection::Verdict::hand_over);
        CHECK(bench.stream->sent().empty());
        CHECK(bench.connection->take_transport().input.text() == kPreface);
    }
}

TEST_CASE("http2 preface: a request that only begins like it is one of HTTP/1", "[server][http2]") {
    ConnectionBench bench;
    bench.config.http2 = true;
    bench.stream->incoming_bytewise("PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", true);
    bench.run();
    CHECK(statuses(bench.stream->sent()) == std::vector{200});
}

TEST_CASE("http2 preface: behind a request, cut short, or switched off it is no request", "[server][http2]") {
    const std::string_view get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto answers = [](bool is_on, const std::string& bytes, bool ends) {
        ConnectionBench bench;
        bench.config.http2 = is_on;
        bench.stream->incoming(bytes);
        if (ends) bench.stream->eof();
        bench.run();
        return bench.stream->sent();
    };
    const std::string refused = "HTTP/1.1 505";
    CHECK(answers(true, std::string(get) + std::string(kPreface), false).find(refused) != std::string::npos);
    CHECK(answers(true, "PRI * HTTP/2.0\r\n\r\n", true).starts_with(refused));
    CHECK(answers(false, std::string(kPreface), false).starts_with(refused));
}
