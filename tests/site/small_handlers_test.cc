// The handlers that answer with a line of text.
#include "site/echo.h"
#include "site/health.h"
#include "site/user_agent.h"
#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

template <class Handler>
Answer ask(Handler&& handler, std::string_view method, std::string_view target, std::string_view lines = {}) {
    const ParsedRequest request(method, target, lines);
    return take_answer(handler.handle(request.get()), request.get().method);
}

}  // namespace

TEST_CASE("echo: the path's rest, decoded", "[handlers][echo]") {
    CHECK(ask(site::Echo(), "GET", "/echo/abc").body == "abc");
    CHECK(ask(site::Echo(), "GET", "/echo/a%20b/c%C3%A9").body == "a b/c\xc3\xa9");
    CHECK(ask(site::Echo(), "GET", "/echo/").body.empty());
    const Answer answer = ask(site::Echo(), "GET", "/echo/%3Cscript%3E", "Accept-Encoding: gzip\r\n");
    CHECK(answer.body == "<script>");
    CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(answer.field("X-Content-Type-Options") == "nosniff");
    CHECK(answer.field("Content-Encoding") == "-");
    const Answer head = ask(site::Echo(), "HEAD", "/echo/abc");
    CHECK(head.body.empty());
    CHECK(head.length == 3U);
    CHECK(ask(site::Echo(), "POST", "/echo/abc").status == 405);
}

TEST_CASE("user agent: the field's value, or nothing", "[handlers][user_agent]") {
    CHECK(ask(site::UserAgent(), "GET", "/user-agent", "User-Agent: curl/8 (x)\r\n").body == "curl/8 (x)");
    const Answer none = ask(site::UserAgent(), "GET", "/user-agent");
    CHECK(none.status == 200);
    CHECK(none.length == 0U);
    CHECK(none.field("X-Content-Type-Options") == "nosniff");
}

TEST_CASE("health: ready, then stopping", "[handlers][health]") {
    site::Health health;
    CHECK(ask(health, "GET", "/healthz").body == "ok\n");
    health.set_state(site::Health::State::stopping);
    const Answer answer = ask(health, "GET", "/healthz");
    CHECK(answer.status == 503);
    CHECK(answer.field("Retry-After") == "5");
    CHECK(answer.field("Cache-Control") == "no-store");
}
