// The page that asks for a name and a password, and the one that says who is signed in.
#include "site/sign_in_page.h"

#include <memory>
#include <string>

#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

const std::string browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";

std::string page_of(const http::Request& request, const site::SignInPage& page) {
    return take_answer(site::sign_in_page(request, page), request.method).body;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("sign-in page: a form that works without scripts, under a policy that allows none", "[site][badge]") {
    const ParsedRequest request("GET", "/", browser);
    const Answer answer = take_answer(
        site::sign_in_page(request.get(), {.status = http::Status::unauthorized, .sentence = {}, .back = "/a/?b"}));
    CHECK(answer.status == 401);
    CHECK(has(answer.body, "<form method=\"post\" action=\"/.godwit/sign-in\">"));
    CHECK(has(answer.body, "name=\"to\" value=\"/a/?b\""));
    CHECK(has(answer.body, "type=\"password\""));
    CHECK_FALSE(has(answer.body, "<script"));
    CHECK_FALSE(has(answer.body, "style="));
    CHECK(has(answer.field("Content-Security-Policy"), "default-src 'none'"));
    CHECK(has(answer.field("Content-Security-Policy"), "form-action 'self'"));
    CHECK(has(answer.field("Content-Security-Policy"), "frame-ancestors 'none'"));
    CHECK(answer.field("Cache-Control") == "no-store");
}

TEST_CASE("sign-in page: leads below the path that the site is below", "[site][badge]") {
    const ParsedRequest parsed("GET", "/", browser);
    http::Request request = parsed.get();
    request.path_prefix = std::make_shared<const std::string>("/my files");
    const std::string page = page_of(request, {http::Status::ok, {}, "/a"});
    CHECK(has(page, "action=\"/my%20files/.godwit/sign-in\""));
    CHECK(has(page, "href=\"/my%20files/.godwit/style.css\""));
    CHECK(has(page, "name=\"to\" value=\"/a\""));
}

TEST_CASE("sign-in page: whatever is said on it is escaped", "[site][badge]") {
    const ParsedRequest parsed("GET", "/", browser);
    const std::string nasty = "\"><script>&'";
    const std::string form = page_of(parsed.get(), {.status = http::Status::ok, .sentence = nasty, .back = nasty});
    CHECK_FALSE(has(form, "<script"));
    http::Request known = parsed.get();
    known.user = std::make_shared<http::User>(http::User{nasty, {}});
    known.signed_in_by = http::SignedInBy::badge;
    CHECK_FALSE(has(page_of(known, {.status = http::Status::ok, .sentence = nasty, .back = nasty}), "<script"));
}

TEST_CASE("sign-in page: says who is signed in, and signs out where a badge did it", "[site][badge]") {
    const ParsedRequest parsed("GET", "/", browser);
    http::Request known = parsed.get();
    known.user = std::make_shared<http::User>(http::User{"alice", {}});
    known.signed_in_by = http::SignedInBy::field;
    const site::SignInPage page{.status = http::Status::ok, .sentence = {}, .back = "/a/"};
    CHECK(has(page_of(known, page), "alice"));
    CHECK_FALSE(has(page_of(known, page), "sign-out"));
    known.signed_in_by = http::SignedInBy::badge;
    CHECK(has(page_of(known, page), "action=\"/.godwit/sign-out\""));
    CHECK_FALSE(has(page_of(known, page), "type=\"password\""));
}

TEST_CASE("sign-in page: who came by a link on another site can go on without signing in again", "[site][badge]") {
    const site::SignInPage page{.status = http::Status::unauthorized, .sentence = {}, .back = "/a/"};
    const ParsedRequest followed("GET", "/a/", browser + "Sec-Fetch-Site: cross-site\r\n");
    CHECK(has(page_of(followed.get(), page), "<a href=\"/a/\">"));
    const ParsedRequest typed("GET", "/a/", browser + "Sec-Fetch-Site: none\r\n");
    CHECK_FALSE(has(page_of(typed.get(), page), "<a href"));
}

TEST_CASE("sign-in page: browsers and what they show are told from scripts and programs", "[site][badge]") {
    const auto check = [](const std::string& lines, bool is_of_browser, bool is_navigation) {
        const ParsedRequest request("GET", "/", lines);
        INFO(lines);
        CHECK(site::is_of_browser(request.get()) == is_of_browser);
        CHECK(site::is_navigation(request.get()) == is_navigation);
    };
    check("", false, false);
    check("Accept: */*\r\n", false, false);
    check("Accept: application/json\r\n", false, false);
    check(browser, true, true);
    check(browser + "Sec-Fetch-Mode: navigate\r\n", true, true);
    check(browser + "Sec-Fetch-Mode: cors\r\n", true, false);
    check("Accept: */*\r\nSec-Fetch-Mode: no-cors\r\n", true, false);
    check("Accept: text/plain\r\nsec-fetch-mode: cors\r\n", true, false);
}

TEST_CASE("sign-in page: whom a certificate names may sign in as somebody else", "[site][certificate]") {
    const ParsedRequest parsed("GET", "/", browser);
    http::Request known = parsed.get();
    known.user = std::make_shared<http::User>(http::User{"alice", {}});
    known.signed_in_by = http::SignedInBy::certificate;
    const site::SignInPage page{.status = http::Status::ok, .sentence = {}, .back = "/a/"};
    CHECK(has(page_of(known, page), "type=\"password\""));
}
