// What follows /echo/ comes back as text.
#include "site/echo.h"

#include "site/ask.h"
#include "support/catch.h"

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
