// Ids of requests: new ones, those of others, and what a trace looks like.
#include "server/request_id.h"

#include <set>
#include <string>

#include "http/head_parser.h"
#include "support/catch.h"

namespace {

/// What `find` says of a request with these lines.
template <class Find>
std::string found_in(const std::string& lines, const Find& find) {
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
    http::Request request;
    http::HeadParser parser;
    REQUIRE(parser.parse(head, request) == http::HeadParser::Outcome::complete);
    return std::string(find(request));
}

std::string id_in(const std::string& lines) { return found_in(lines, server::find_request_id); }
std::string trace_in(const std::string& value) {
    return found_in("traceparent: " + value + "\r\n", server::find_traceparent);
}

constexpr const char* kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

}  // namespace

TEST_CASE("request id: new ones have 32 hexadecimal digits, and are all different", "[server][log]") {
    server::RequestIds ids;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = ids.next();
        REQUIRE(id.size() == 32);
        REQUIRE(id.find_first_not_of("0123456789abcdef") == std::string::npos);
        seen.insert(id);
    }
    CHECK(seen.size() == 1000);
}

TEST_CASE("request id: one of a proxy is taken as it is, whatever the case of the field's name", "[server][log]") {
    CHECK(id_in("X-Request-Id: 7f/Az-09._~+=:@\r\n") == "7f/Az-09._~+=:@");
    CHECK(id_in("x-request-ID: a\r\n") == "a");
    CHECK(id_in("") == "");
}

TEST_CASE("request id: one that is too long, empty, or could break a line is not taken", "[server][log]") {
    const std::string most(server::kMaxRequestIdBytes, 'a');
    CHECK(id_in("X-Request-Id: " + most + "\r\n") == most);
    CHECK(id_in("X-Request-Id: " + most + "a\r\n") == "");
    CHECK(id_in("X-Request-Id: \r\n") == "");
    for (const std::string wrong : {"a b", "a\tb", "a\"b", "a\\b", "a,b", "(a)", "a;b", "\xc3\xa5", "a\x80"}) {
        CAPTURE(wrong);
        CHECK(id_in("X-Request-Id: " + wrong + "\r\n") == "");
    }
}

TEST_CASE("request id: of two that a request brings none is believed", "[server][log]") {
    CHECK(id_in("X-Request-Id: a\r\nX-Request-Id: b\r\n") == "");
}

TEST_CASE("request id: a trace has a version, a trace, a parent and flags", "[server][log]") {
    CHECK(trace_in(kTrace) == kTrace);
    CHECK(trace_in("cc" + std::string(kTrace).substr(2)) == "cc" + std::string(kTrace).substr(2));
    CHECK(trace_in("cc" + std::string(kTrace).substr(2) + "-what.comes") != "");
}

TEST_CASE("request id: what breaks the grammar of a trace is none", "[server][log]") {
    const std::string right = kTrace;
    for (std::size_t cut = 0; cut < right.size(); ++cut) CHECK(trace_in(right.substr(0, cut)) == "");
    for (std::size_t i = 0; i < right.size(); ++i) {
        std::string wrong = right;
        wrong[i] = right[i] == '-' ? '0' : 'G';
        CAPTURE(wrong);
        CHECK(trace_in(wrong) == "");
    }
    CHECK(trace_in("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01") == "");  // upper case
    CHECK(trace_in("ff" + right.substr(2)) == "");
    CHECK(trace_in("00-00000000000000000000000000000000-00f067aa0ba902b7-01") == "");
    CHECK(trace_in("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01") == "");
    CHECK(trace_in(right + "-01") == "");  // version 00 has nothing behind its flags
    CHECK(trace_in("cc" + right.substr(2) + "01") == "");
    CHECK(trace_in("cc" + right.substr(2) + "-a b") == "");
    CHECK(trace_in("cc" + right.substr(2) + "-" + std::string(300, 'a')) == "");
    CHECK(found_in("traceparent: " + right + "\r\ntraceparent: " + right + "\r\n", server::find_traceparent) == "");
}
