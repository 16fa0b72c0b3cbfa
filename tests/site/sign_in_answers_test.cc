// Which answers ask to sign in, and which are kept out of shared caches.
#include "site/sign_in_answers.h"

#include <memory>
#include <string>

#include "access_control/grants.h"
#include "handler/error_page.h"
#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

using handler::Resource;
using http::Status;

site::SiteConfig rules() {
    site::SiteConfig config;
    config.signs_in = true;
    config.grants = std::make_shared<access_control::Grants>(std::vector<access_control::Grant>{
        *access_control::parse_grant("/ * read list"), *access_control::parse_grant("/private alice read")});
    return config;
}

http::Response asked(const http::Request& request, const Resource& resource, Status status) {
    http::Response response = handler::error_response(&request, status, "no");
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
    site::keep_private(kOpen, rules(), response);
    CHECK(response.find("Cache-Control") == "public, max-age=60");
    CHECK_FALSE(response.find("Vary").has_value());
    site::keep_private(kPrivate, rules(), response);
    CHECK(response.find("Cache-Control") == "private, max-age=60");
    CHECK(response.find("Vary") == "Authorization");
    http::Response listing;
    site::keep_private({Resource::Kind::root, "/"}, rules(), listing);
    CHECK(listing.find("Cache-Control") == "private");
}

TEST_CASE("sign-in answers: below a prompt nobody goes on without signing in, but for preflights", "[site][access]") {
    site::SiteConfig config = rules();
    config.auth_prompts = {"/dav"};
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
    config.auth_prompts = {"/"};
    CHECK(must(read.get(), "/david", Resource::Kind::file));
    CHECK_FALSE(must(read.get(), "/healthz", Resource::Kind::health));
}

TEST_CASE("sign-in answers: what a prompt guards is kept out of shared caches", "[site][access]") {
    site::SiteConfig config = rules();
    config.auth_prompts = {"/open.txt"};
    http::Response response;
    site::keep_private(kOpen, config, response);
    CHECK(response.find("Cache-Control") == "private");
}
