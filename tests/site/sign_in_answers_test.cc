// Which answers ask to sign in, and which are kept out of shared caches.
#include "site/sign_in_answers.h"

#include <memory>
#include <string>
#include <utility>

#include "access_control/grants.h"
#include "handler/error_page.h"
#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

using handler::Resource;
using http::Status;

site::SiteConfig rules(std::vector<std::string> prompts = {}) {
    site::SiteConfig config;
    config.signs_in = true;
    config.grants = std::make_shared<access_control::Grants>(
        std::vector<access_control::Grant>{
            *access_control::parse_grant("/ * read list"), *access_control::parse_grant("/private alice read"),
            *access_control::parse_grant("/dav alice read share"), *access_control::parse_grant("/dav/hr alice read"),
            *access_control::parse_grant("/dav/hr * read")},
        std::move(prompts));
    return config;
}

http::Response asked(const http::Request& request, const Resource& resource, Status status) {
    http::Response response = handler::refusal_response(
        &request, status == Status::forbidden ? http::missing_right("no") : http::Refusal{status, "no"});
    site::ask_to_sign_in(request, resource, rules(), response);
    return response;
}

constexpr Resource kOpen{Resource::Kind::file, "/open.txt"};
constexpr Resource kPrivate{Resource::Kind::file, "/private/x"};

}  // namespace

TEST_CASE("sign-in answers: 403 is 401 with challenges where signing in may help", "[site][access]") {
    const ParsedRequest request("GET", "/private/x");
    const http::Response response = asked(request.get(), kPrivate, Status::forbidden);
    CHECK(response.status == Status::unauthorized);
    CHECK(response.find("WWW-Authenticate")->starts_with("Basic realm="));
    CHECK(asked(request.get(), kOpen, Status::forbidden).status == Status::forbidden);
    CHECK(asked(request.get(), kPrivate, Status::not_found).status == Status::not_found);
}

TEST_CASE("sign-in answers: who signed in gets 403", "[site][access]") {
    const ParsedRequest parsed("GET", "/private/x");
    http::Request request = parsed.get();
    request.user = std::make_shared<http::User>(http::User{"bob", {}});
    CHECK(asked(request, kPrivate, Status::forbidden).status == Status::forbidden);
}

TEST_CASE("sign-in answers: what depends on who asked is private, the rest stays as it was", "[site][access]") {
    http::Response response;
    response.add("Cache-Control", "public, max-age=60");
    const ParsedRequest request("GET", "/");
    site::keep_private(request.get(), kOpen, rules(), response);
    CHECK(response.find("Cache-Control") == "public, max-age=60");
    CHECK_FALSE(response.find("Vary").has_value());
    site::keep_private(request.get(), kPrivate, rules(), response);
    CHECK(response.find("Cache-Control") == "private, max-age=60");
    CHECK(response.find("Vary") == "Authorization");
    http::Response listing;
    site::keep_private(request.get(), {Resource::Kind::root, "/"}, rules(), listing);
    CHECK(listing.find("Cache-Control") == "private");
}

TEST_CASE("sign-in answers: below a prompt nobody goes on without signing in, but for preflights", "[site][access]") {
    site::SiteConfig config = rules({"/dav"});
    const ParsedRequest read("GET", "/dav/x");
    const auto must = [&](const http::Request& request, std::string_view path, Resource::Kind kind) {
        return site::must_sign_in(request, {kind, path}, config);
    };
    CHECK(must(read.get(), "/dav/x", Resource::Kind::file));
    CHECK(must(read.get(), "/dav/", Resource::Kind::directory));
    CHECK(must(read.get(), "/dav", Resource::Kind::file));
    CHECK_FALSE(must(read.get(), "/david", Resource::Kind::file));
    CHECK_FALSE(must(read.get(), "/", Resource::Kind::root));
    CHECK(must(ParsedRequest("OPTIONS", "/dav/x").get(), "/dav/x", Resource::Kind::file));
    const ParsedRequest preflight("OPTIONS", "/dav/x", "Origin: https://a\r\nAccess-Control-Request-Method: PUT\r\n");
    CHECK_FALSE(must(preflight.get(), "/dav/x", Resource::Kind::file));
    http::Request known = read.get();
    known.user = std::make_shared<http::User>(http::User{"bob", {}});
    CHECK_FALSE(must(known, "/dav/x", Resource::Kind::file));
    config = rules({"/"});
    CHECK(must(read.get(), "/david", Resource::Kind::file));
    CHECK_FALSE(must(read.get(), "/healthz", Resource::Kind::health));
}

TEST_CASE("sign-in answers: below a prompt a link counts only where its maker may share", "[site][access][share]") {
    site::SiteConfig config = rules({"/dav"});
    const auto must = [&](const char* link, std::string_view path, const char* maker = "alice") {
        http::Request request = ParsedRequest("GET", "/").get();
        const auto user = std::make_shared<const http::User>(http::User{maker, {}});
        request.shared = std::make_shared<const http::SharedPath>(http::SharedPath{.path = link, .maker = user});
        return site::must_sign_in(request, {Resource::Kind::file, path}, config);
    };
    CHECK_FALSE(must("/dav/x", "/dav/x"));
    CHECK_FALSE(must("/dav/", "/dav/x"));
    CHECK(must("/dav/x", "/dav/y"));
    CHECK(must("/dav/", "/dav/hr/x"));
    CHECK(must("/dav/", "/dav/x", "bob"));
}

TEST_CASE("sign-in answers: what a prompt guards is kept out of shared caches", "[site][access]") {
    site::SiteConfig config = rules({"/open.txt"});
    const ParsedRequest parsed("GET", "/");
    http::Request with_link = parsed.get();
    with_link.shown_link = http::ShownLink::unknown;
    http::Response to_link;
    site::keep_private(with_link, {Resource::Kind::health, "/healthz"}, config, to_link);
    CHECK(to_link.find("Cache-Control") == "private");
    http::Response response;
    site::keep_private(ParsedRequest("GET", "/").get(), kOpen, config, response);
    CHECK(response.find("Cache-Control") == "private");
}

namespace {

const std::string browser = "Accept: text/html\r\n";

site::SiteConfig page_rules() {
    site::SiteConfig config = rules();
    config.has_sign_in_page = true;
    return config;
}

http::Response asked_with_page(const http::Request& request,
                               const http::Refusal& refusal = http::missing_right("no.")) {
    http::Response response = handler::refusal_response(&request, refusal);
    site::ask_to_sign_in(request, kPrivate, page_rules(), response);
    return response;
}

std::string challenges_of(const http::Response& response) {
    std::string all;
    for (const http::FieldView field : response.fields) {
        if (field.name == "WWW-Authenticate") all.append(field.value.substr(0, field.value.find(' '))).append(" ");
    }
    return all;
}

std::string body_of(const http::Response& response) {
    return std::get<std::string>(std::get<http::Piece>(response.body));
}

}  // namespace

TEST_CASE("sign-in answers: where no right is missing, signing in is not advised", "[site][access]") {
    const http::Refusal same{Status::forbidden, "source and destination are the same."};
    const ParsedRequest parsed("MOVE", "/private/x");
    const auto told = [&](const http::Request& request) {
        const http::Response response = asked_with_page(request, same);
        CHECK(response.status == Status::forbidden);
        return body_of(response);
    };
    CHECK(told(parsed.get()) == "403 Forbidden: source and destination are the same.\n");
    http::Request known = parsed.get();
    known.user = std::make_shared<http::User>(http::User{"alice", {}});
    CHECK(told(known) == "403 Forbidden: source and destination are the same.\n");
}

TEST_CASE("sign-in answers: a browser gets the page, and no window of its own", "[site][access][badge]") {
    const ParsedRequest request("GET", "/private/x?a=b", browser + "Sec-Fetch-Mode: navigate\r\n");
    const http::Response response = asked_with_page(request.get());
    CHECK(response.status == Status::unauthorized);
    CHECK(challenges_of(response) == "Bearer ");
    CHECK(body_of(response).find("value=\"/private/x?a=b\"") != std::string::npos);
    CHECK(response.reason == "no.");
}

TEST_CASE("sign-in answers: scripts of a page get text, and no window either", "[site][access][badge]") {
    const ParsedRequest request("PUT", "/private/x", "Accept: text/plain\r\nSec-Fetch-Mode: cors\r\n");
    const http::Response response = asked_with_page(request.get());
    CHECK(challenges_of(response) == "Bearer ");
    CHECK(body_of(response).starts_with("401 Unauthorized: no; sign in again"));
}

TEST_CASE("sign-in answers: programs, and browsers that remember a password, are challenged as before",
          "[site][access][badge]") {
    for (const std::string& lines :
         {std::string(), std::string("Accept: */*\r\n"), browser + "Authorization: Basic eA==\r\n"}) {
        const ParsedRequest request("GET", "/private/x", lines);
        CHECK(challenges_of(asked_with_page(request.get())) == "Basic Bearer ");
    }
}

TEST_CASE("sign-in answers: who signed in and may not is told what would help", "[site][access][badge]") {
    const ParsedRequest program("GET", "/private/x");
    http::Request request = program.get();
    request.user = std::make_shared<http::User>(http::User{"bob", {}});
    const http::Response text = asked_with_page(request);
    CHECK(text.status == Status::forbidden);
    CHECK(body_of(text) ==
          "403 Forbidden: no; bob has no right to it: sign in as somebody who has, or ask for the right.\n");
    const ParsedRequest person("GET", "/private/x", browser);
    http::Request shown = person.get();
    shown.user = request.user;
    shown.signed_in_by = http::SignedInBy::badge;
    CHECK(body_of(asked_with_page(shown)).find("Sign out") != std::string::npos);
}

TEST_CASE("sign-in answers: the cookie counts for caches, and one that is worth nothing is cleared",
          "[site][access][badge]") {
    const ParsedRequest parsed("GET", "/private/x");
    http::Request request = parsed.get();
    request.signed_in_by = http::SignedInBy::dead_badge;
    http::Response response;
    site::keep_private(request, kPrivate, page_rules(), response);
    CHECK(response.find("Vary") == "Authorization, Cookie");
    CHECK(response.find("Set-Cookie")->starts_with("godwit=; "));
    http::Response open;
    site::keep_private(request, kOpen, page_rules(), open);
    CHECK_FALSE(open.find("Set-Cookie").has_value());
    http::Response fresh;
    fresh.add("Set-Cookie", "godwit=new");
    site::keep_private(request, kPrivate, page_rules(), fresh);
    int cookies = 0;
    for (const http::FieldView field : fresh.fields) cookies += field.name == "Set-Cookie" ? 1 : 0;
    CHECK(cookies == 1);
}

TEST_CASE("sign-in answers: what names its visitor is private, wherever it is", "[site][access][badge]") {
    http::Response page;
    page.is_personal = true;
    page.add("Cache-Control", "no-cache");
    site::keep_private(ParsedRequest("GET", "/").get(), kOpen, page_rules(), page);
    CHECK(page.find("Cache-Control") == "private, no-cache");
}

TEST_CASE("sign-in answers: a page that stands at another path is kept private where its own path is",
          "[site][access]") {
    const auto cache_control = [](std::string_view file) {
        http::Response page;
        page.prepared.path = file;
        site::keep_private(ParsedRequest("GET", "/").get(), kOpen, rules(), page);
        return std::string(page.find("Cache-Control").value_or(""));
    };
    CHECK(cache_control("/private/page.html") == "private");
    CHECK(cache_control("/page.html").empty());
}

TEST_CASE("sign-in answers: where certificates alone count, a refusal stays 403 and says so", "[site][certificate]") {
    site::SiteConfig config = rules();
    config.only_certificates = true;
    const ParsedRequest request("GET", "/private/x");
    http::Response response = handler::error_response(&request.get(), Status::forbidden, "no");
    response.reason = "no";
    response.missing = http::MissingRight::at_path;
    site::ask_to_sign_in(request.get(), kPrivate, config, response);
    CHECK(response.status == Status::forbidden);
    CHECK_FALSE(response.find("WWW-Authenticate").has_value());
    site::keep_private(request.get(), kPrivate, config, response);
    CHECK(response.find("Cache-Control")->starts_with("private"));
    CHECK(response.find("Vary").value_or("").find("Authorization") == std::string::npos);
    CHECK(take_answer(std::move(response)).body.find("no; a client certificate") != std::string::npos);
}
