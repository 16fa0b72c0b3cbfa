// Refusals as text and as pages.
#include "handler/error_page.h"

#include "support/catch.h"
#include "support/parsed_request.h"

using http::Status;

TEST_CASE("error page: one sentence as text", "[handlers][error]") {
    const ParsedRequest request("GET", "/x");
    const Answer answer = take_answer(handler::error_response(&request.get(), Status::not_found, "no such file."));
    CHECK(answer.status == 404);
    CHECK(answer.body == "404 Not Found: no such file.\n");
    CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(answer.field("X-Content-Type-Options") == "nosniff");
    CHECK(answer.field("Vary") == "Accept");
    CHECK(take_answer(handler::error_response(nullptr, Status::bad_request, "")).body == "400 Bad Request\n");
}

TEST_CASE("error page: browsers get a page, with everything escaped", "[handlers][error]") {
    const ParsedRequest browser("GET", "/x", "Accept: text/html,application/xml;q=0.9,*/*;q=0.8\r\n");
    const Answer page = take_answer(handler::error_response(&browser.get(), Status::not_found, "<b>&\"'\x1b"));
    CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.body.find("<h1>404 Not Found</h1>\n<p>&lt;b&gt;&amp;&quot;&#39;?</p>") != std::string::npos);
    for (const auto accept : {"*/*", "text/plain", "text/html;q=0.5, text/plain", "application/json", "text/*"}) {
        const ParsedRequest program("GET", "/x", "Accept: " + std::string(accept) + "\r\n");
        const Answer text = take_answer(handler::error_response(&program.get(), Status::not_found, "x"));
        CHECK(text.body == "404 Not Found: x\n");
    }
}

TEST_CASE("error page: control bytes of a peer do not reach a terminal", "[handlers][error]") {
    const Answer answer = take_answer(handler::error_response(nullptr, Status::bad_request, "a\x1b[31m\nb\x7f"));
    CHECK(answer.body == "400 Bad Request: a?[31m?b?\n");
}

TEST_CASE("error page: HEAD states the length and has no body", "[handlers][error]") {
    const ParsedRequest request("HEAD", "/x");
    const Answer answer = take_answer(handler::error_response(&request.get(), Status::not_found, "x"));
    CHECK(answer.body.empty());
    CHECK(answer.length == std::string("404 Not Found: x\n").size());
}

TEST_CASE("error page: 405 names what is allowed, 503 when to come back", "[handlers][error]") {
    const ParsedRequest request("POST", "/x");
    const http::MethodSet allowed(http::Method::head, http::Method::get, http::Method::put, http::Method::del);
    const Answer refused = take_answer(handler::method_not_allowed(request.get(), allowed));
    CHECK(refused.status == 405);
    CHECK(refused.field("Allow") == "GET, HEAD, PUT, DELETE");
    CHECK(handler::allow_value(http::MethodSet()).empty());
    http::Response busy = handler::unavailable(nullptr, "busy.", 7);
    CHECK(busy.reason == "busy.");
    const Answer later = take_answer(std::move(busy));
    CHECK(later.status == 503);
    CHECK(later.field("Retry-After") == "7");
    const http::Response logged = handler::refusal_response(nullptr, {Status::uri_too_long, "too long"});
    CHECK(logged.reason == "too long");
    const Answer passing = take_answer(handler::refusal_response(nullptr, {Status::service_unavailable, "try again."}));
    CHECK(passing.field("Retry-After") == "1");
}
