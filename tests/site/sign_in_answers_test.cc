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
