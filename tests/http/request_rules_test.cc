// What every request must keep to, whichever version carried it.
#include "http/request_rules.h"

#include <string>
#include <utility>
#include <vector>

#include "http/head_parser.h"
#include "support/catch.h"

namespace {

/// A parsed request with further field lines; the text is kept with it.
struct Parsed {
    explicit Parsed(std::string_view lines)
        : text(std::string("PUT /a HTTP/1.1\r\nHost: a\r\n").append(lines).append("\r\n")) {
        http::HeadParser parser;
        REQUIRE(parser.parse(text, request) == http::HeadParser::Outcome::complete);
    }

    std::string text;
    http::Request request;
};

}  // namespace

TEST_CASE("request rules: the status of a refused target follows from what is wrong with it", "[http][rules]") {
    using http::Method;
    using http::TargetError;
    CHECK(http::target_refusal(TargetError::climbs, Method::get).status == http::Status::bad_request);
    CHECK(http::target_refusal(TargetError::https_scheme, Method::get).status == http::Status::misdirected_request);
    CHECK(http::target_refusal(TargetError::authority_form, Method::connect).status == http::Status::not_implemented);
    CHECK(http::target_refusal(TargetError::authority_form, Method::get).status == http::Status::bad_request);
    CHECK(http::target_refusal(TargetError::climbs, Method::get).reason ==
          http::target_error_text(TargetError::climbs));
}

TEST_CASE("request rules: an expectation is 100-continue in any case, or an unknown one", "[http][rules]") {
    const auto expects = [](const char* lines) {
        Parsed parsed(lines);
        http::Request& request = parsed.request;
        request.expects_continue = request.unknown_expectation = false;
        http::read_expectation(request);
        return std::pair(request.expects_continue, request.unknown_expectation);
    };
    CHECK(expects("") == std::pair(false, false));
    CHECK(expects("Expect: 100-Continue\r\n") == std::pair(true, false));
    CHECK(expects("Expect: , 100-continue,\r\n") == std::pair(true, false));
    CHECK(expects("Expect: tea\r\n") == std::pair(false, true));
    CHECK(expects("Expect: 100-continue\r\nExpect: tea\r\n") == std::pair(true, true));
}

TEST_CASE("request rules: a client of HTTP/1.0 expects nothing", "[http][rules]") {
    Parsed parsed("Expect: 100-continue\r\n");
    http::Request& request = parsed.request;
    request.expects_continue = false;
    request.minor_version = 0;
    http::read_expectation(request);
    CHECK_FALSE(request.expects_continue);
}

TEST_CASE("request rules: Host is one host with an optional port", "[http][rules]") {
    const auto fault = [](const char* host) {
        // The parser refuses a wrong one, so the request is made by hand.
        const std::string text = "Host: " + std::string(host);
        http::Request request;
        request.text = text;
        REQUIRE(request.fields.add({{0, 4}, {6, static_cast<std::uint32_t>(text.size() - 6)}, http::FieldName::host}));
        return std::string(http::host_fault(request));
    };
    CHECK(fault("a.example:80").empty());
    CHECK(fault("").empty());
    CHECK(fault("user@a.example") == "the Host is not a host with an optional port");
    CHECK(fault("a.example:x") == "the Host is not a host with an optional port");
}

TEST_CASE("request rules: members of a list come from all its lines, without empty ones", "[http][rules]") {
    const Parsed parsed("Connection: a, ,b\r\nX: c\r\nConnection: ,\r\nConnection:  d \r\n");
    std::vector<std::string> members;
    http::for_each_member(parsed.request, http::FieldName::connection,
                          [&](std::string_view member) { members.emplace_back(member); });
    CHECK(members == std::vector<std::string>{"a", "b", "d"});
}
