// The cookie of a badge: its name, what is set, what is found.
#include "site/badge_cookie.h"

#include <string>

#include "support/catch.h"
#include "support/write_site.h"

using Kind = http::FoundCookie::Kind;

namespace {

http::Request parsed(const support::ParsedRequest& request, bool is_secure) {
    http::Request copy = *request;
    copy.is_secure = is_secure;
    return copy;
}

std::string name_for(const std::string& host, bool is_secure) {
    const support::ParsedRequest request("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return site::badge_cookie_name(parsed(request, is_secure));
}

http::FoundCookie found(const std::string& lines, bool is_secure) {
    const support::ParsedRequest request("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
    const http::Request copy = parsed(request, is_secure);
    http::FoundCookie cookie = site::find_badge_cookie(copy);
    CHECK((cookie.value.empty() || cookie.value == "x.y"));
    return cookie;
}

}  // namespace

TEST_CASE("badge cookie: each server of a host has a name, and https one that nobody else can set", "[site][badge]") {
    CHECK(name_for("a", false) == "godwit");
    CHECK(name_for("a:8080", false) == "godwit-8080");
    CHECK(name_for("[::1]:8080", false) == "godwit-8080");
    CHECK(name_for("[::1]", false) == "godwit");
    CHECK(name_for("a:8443", true) == "__Host-godwit-8443");
    CHECK(name_for("a:", true) == "__Host-godwit");
}

TEST_CASE("badge cookie: is for this host, this site's requests and no script", "[site][badge]") {
    const support::ParsedRequest request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(site::badge_cookie(*request, "x.y", 60) == "godwit=x.y; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
    CHECK(site::badge_cookie(*request, "", 60) == "godwit=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    CHECK(site::badge_cookie(parsed(request, true), "x.y", 60) ==
          "__Host-godwit=x.y; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
}

TEST_CASE("badge cookie: a trusted proxy says whether it is secure", "[site][badge]") {
    const support::ParsedRequest request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    http::Request copy = *request;
    copy.client.scheme = http::Client::Scheme::https;
    CHECK(site::badge_cookie(copy, "x", 60).ends_with("; Secure"));
    copy.client.scheme = http::Client::Scheme::http;
    CHECK_FALSE(site::badge_cookie(copy, "x", 60).ends_with("; Secure"));
}

TEST_CASE("badge cookie: over https only the name with the prefix counts, over http only the other", "[site][badge]") {
    CHECK(found("Cookie: a=1; godwit=x.y\r\n", false).kind == Kind::one);
    CHECK(found("Cookie: godwit=x.y\r\n", true).kind == Kind::none);
    CHECK(found("Cookie: __Host-godwit=x.y\r\n", true).kind == Kind::one);
    CHECK(found("Cookie: __Host-godwit=x.y\r\n", false).kind == Kind::none);
    CHECK(found("", false).kind == Kind::none);
}

TEST_CASE("badge cookie: two of them, or two lines of cookies, are none that counts", "[site][badge]") {
    CHECK(found("Cookie: godwit=x.y; godwit=z\r\n", false).kind == Kind::several);
    CHECK(found("Cookie: godwit=x.y\r\nCookie: a=1\r\n", false).kind == Kind::several);
}
