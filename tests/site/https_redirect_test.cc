// Plain requests where --redirect-https is given, and --hsts.
#include "site/https_redirect.h"

#include "support/catch.h"
#include "support/write_answers.h"

namespace {

using support::AnsweringSite;

site::SiteConfig redirecting(std::uint16_t port = 443) {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.redirect_https = true;
    config.https_port = port;
    return config;
}

}  // namespace

TEST_CASE("https redirect: a safe request is led to the same URL", "[site][https]") {
    AnsweringSite site(redirecting(4443));
    site.directory.write("a.txt", "text");
    const auto led = site.ask("GET", "/a%20b//c?x=%2F&y");
    CHECK(led.status() == 308);
    CHECK(led.field("Location") == "https://x:4443/a%20b//c?x=%2F&y");
    CHECK(site.ask("HEAD", "/a.txt").status() == 308);
    CHECK(site.ask("OPTIONS", "/a.txt").status() == 308);
    CHECK(site.ask("GET", "/echo/x").field("Location") == "https://x:4443/echo/x");
    CHECK(site.ask("GET", "//b.example/").field("Location") == "https://x:4443//b.example/");
    site.is_secure = true;
    CHECK(site.ask("GET", "/a.txt").status() == 200);
}

TEST_CASE("https redirect: the port of https is not named, and that of the plain request is dropped", "[site][https]") {
    AnsweringSite site(redirecting());
    const auto location = [&](std::string_view head) { return site.send(head, {}, {}, 1).field("Location"); };
    CHECK(location("GET /x HTTP/1.1\r\nHost: b.example:8080\r\n\r\n") == "https://b.example/x");
    CHECK(location("GET /x HTTP/1.1\r\nHost: [::1]:80\r\n\r\n") == "https://[::1]/x");
    CHECK(location("GET http://c.example:80/y?z HTTP/1.1\r\nHost: b\r\n\r\n") == "https://c.example/y?z");
    CHECK(location("GET http://c.example?z HTTP/1.1\r\nHost: b\r\n\r\n") == "https://c.example/?z");
    CHECK(site.send("GET /x HTTP/1.0\r\n\r\n", {}, {}, 1).status() == 400);
}

TEST_CASE("https redirect: what was sent in the clear is refused", "[site][https]") {
    AnsweringSite site(redirecting());
    CHECK(site.put("/new.txt", "text").status() == 403);
    CHECK(site.upload("POST", "/", "text").status() == 403);
    CHECK(site.ask("DELETE", "/new.txt").status() == 403);
    CHECK(site.ask("BREW", "/").status() == 403);
    CHECK_FALSE(site.directory.has("new.txt"));
    const auto part = site.put("/new.txt", "text", "Upload-Complete: ?0\r\n");
    CHECK(part.status() == 403);
    CHECK(part.field("Upload-Complete") == "?0");
    site.is_secure = true;
    CHECK(site.put("/new.txt", "text").status() == 201);
}

TEST_CASE("https redirect: authorities find their challenges, and nothing beside them", "[site][https]") {
    AnsweringSite site(redirecting());
    site.directory.write(".well-known/acme-challenge/token", "proof");
    site.directory.write(".well-known/other", "x");
    CHECK(site.ask("GET", "/.well-known/acme-challenge/token").status() == 200);
    CHECK(site.ask("GET", "/.well-known/acme-challenge/none").status() == 404);
    CHECK(site.ask("GET", "/.well-known/acme-challenge/../other").status() == 308);
    CHECK(site.ask("GET", "/.well-known/other").status() == 308);
    CHECK(site.ask("OPTIONS", "*").status() == 204);
}

TEST_CASE("https redirect: nobody is led to a host that is not answered", "[site][https]") {
    site::SiteConfig config = redirecting();
    config.allowed_hosts = {"site.example"};
    AnsweringSite site(config);
    CHECK(site.ask("GET", "/").status() == 421);
    CHECK(site.send("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n", {}, {}, 1).status() == 308);
}

TEST_CASE("https redirect: HSTS is said over https alone, on every answer", "[site][https]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.hsts_s = 3600;
    AnsweringSite site(config);
    CHECK(site.ask("GET", "/").field("Strict-Transport-Security").empty());
    site.is_secure = true;
    CHECK(site.ask("GET", "/").field("Strict-Transport-Security") == "max-age=3600");
    CHECK(site.ask("GET", "/none").field("Strict-Transport-Security") == "max-age=3600");
    CHECK(site.put("/new.txt", "text").field("Strict-Transport-Security") == "max-age=3600");
}
