// Signing in and out by the forms, with a verifier that answers when a test says so.
#include "site/sign_in_pages.h"

#include <memory>
#include <string>
#include <utility>

#include "access_control/tokens.h"
#include "handler/error_page.h"
#include "storage/digest.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/fake_verifier.h"
#include "support/feed.h"
#include "support/parsed_request.h"

namespace {

const std::string browser = "Accept: text/html\r\nOrigin: http://a\r\n";

struct Bench {
    Bench() { config.signs_in = config.has_sign_in_page = true; }

    /// `right_name`: what the verifier says once it is asked; empty: wrong.
    http::Response post(std::string_view path, const std::string& body, const std::string& right_name = {},
                        const std::string& lines = browser) {
        const std::string all = lines + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n";
        const ParsedRequest parsed("POST", path, all);
        handler::Decision decision = pages.handle(parsed.get());
        if (auto* const response = std::get_if<http::Response>(&decision)) return std::move(*response);
        auto sink = std::move(std::get<std::unique_ptr<http::BodySink>>(decision));
        if (const auto written = sink->write(std::as_bytes(std::span(body))); !written) {
            return handler::refusal_response(nullptr, written.error());
        }
        auto work = sink->finish({});
        sink.reset();
        auto response = work->advance(7);
        if (!response) {
            verifier.answer(right_name);
            response = work->advance(7);
        }
        REQUIRE(response.has_value());
        return std::move(*response);
    }
    /// The text of the badge that `response` sets.
    static std::string badge_in(const http::Response& response) {
        const std::string cookie(response.find("Set-Cookie").value_or(""));
        REQUIRE(cookie.starts_with("godwit="));
        return cookie.substr(7, cookie.find(';') - 7);
    }
    bool counts(const std::string& badge) { return sign_in->badges().find(badge).has_value(); }

    FakeClock clock;
    FakeVerifier verifier;
    access_control::SignIn real{verifier, clock, {.keep_ms = 60'000}};
    access_control::SignIn* sign_in = &real;
    site::SiteConfig config;
    site::SignInPages pages{config, sign_in};
};

}  // namespace

TEST_CASE("sign-in pages: a right password gives a cookie and leads back", "[site][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const http::Response response =
        bench.post("/.godwit/sign-in", "to=%2Fa%2F%3Fsort%3Dsize&name=alice&password=p%2Bw", "alice");
    CHECK(response.status == http::Status::see_other);
    CHECK(response.find("Location") == "/a/?sort=size");
    CHECK(response.find("Cache-Control") == "no-store");
    CHECK(bench.verifier.asked[0].secret == "p+w");
    CHECK(bench.counts(Bench::badge_in(response)));
    CHECK(response.find("Set-Cookie")->ends_with("; Max-Age=43200; HttpOnly; SameSite=Strict"));
}

TEST_CASE("sign-in pages: nobody is led to another host", "[site][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    for (const char* to : {"//evil", "/\\evil", "%2F%2Fevil", "%2F%5Cevil", "http:%2F%2Fevil", "%2Fa%0d%0aX:y", ""}) {
        const auto response = bench.post("/.godwit/sign-in", std::string("name=alice&password=pw&to=") + to, "alice");
        CHECK(response.find("Location") == "/");
    }
}

TEST_CASE("sign-in pages: a wrong password is 401 with the form again, and no cookie", "[site][badge]") {
    Bench bench;
    const http::Response response = bench.post("/.godwit/sign-in", "name=alice&password=pw&to=%2Fa", "");
    CHECK(response.status == http::Status::unauthorized);
    CHECK(response.reason.starts_with("sign-in failed"));
    CHECK_FALSE(response.find("Set-Cookie").has_value());
    const std::string page = std::get<std::string>(std::get<http::Piece>(response.body));
    CHECK(page.find("value=\"/a\"") != std::string::npos);
    CHECK(page.find("alice") == std::string::npos);
}

TEST_CASE("sign-in pages: names with line ends and markup reach no field and no page", "[site][badge]") {
    Bench bench;
    for (const char* name : {"a%0d%0aSet-Cookie:+x=y", "%3Cscript%3E", "a%00b"}) {
        const http::Response response =
            bench.post("/.godwit/sign-in", std::string("password=pw&name=") + name, "alice");
        CHECK(response.status == http::Status::unauthorized);
        CHECK_FALSE(response.find("Set-Cookie").has_value());
    }
    CHECK(bench.verifier.asked.empty());
}

TEST_CASE("sign-in pages: who guesses waits, and is told how long", "[site][badge]") {
    Bench bench;
    for (unsigned i = 0; i < access_control::GuessLimits::kFreeByAddress; ++i) {
        CHECK(bench.post("/.godwit/sign-in", "name=alice&password=pw").status == http::Status::unauthorized);
    }
    const http::Response slowed = bench.post("/.godwit/sign-in", "name=alice&password=pw", "alice");
    CHECK(slowed.status == http::Status::too_many_requests);
    CHECK(slowed.find("Retry-After") == "1");
}

TEST_CASE("sign-in pages: a form of another site signs nobody in or out, whatever --cors allows", "[site][badge]") {
    Bench bench;
    bench.config.cors.any_origin = true;
    for (const char* from : {"Origin: http://evil\r\n", "Origin: https://a:8443\r\n", "Origin: null\r\n",
                             "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\nOrigin: http://b.a\r\n"}) {
        INFO(from);
        CHECK(bench.post("/.godwit/sign-in", "name=alice&password=pw", "alice", from).status ==
              http::Status::forbidden);
        CHECK(bench.post("/.godwit/sign-out", "", {}, from).status == http::Status::forbidden);
    }
    CHECK(bench.verifier.asked.empty());
}

TEST_CASE("sign-in pages: signing out ends the badge and clears the cookie, also twice", "[site][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const std::string badge = Bench::badge_in(bench.post("/.godwit/sign-in", "name=alice&password=pw", "alice"));
    const std::string with_badge = browser + "Cookie: a=1; godwit=" + badge + "\r\n";
    for (int i = 0; i < 2; ++i) {
        const http::Response response = bench.post("/.godwit/sign-out", "to=%2Fa%2F", {}, with_badge);
        CHECK(response.status == http::Status::see_other);
        CHECK(response.find("Location") == "/a/");
        CHECK(response.find("Set-Cookie")->starts_with("godwit=; "));
        CHECK_FALSE(bench.counts(badge));
    }
}

TEST_CASE("sign-in pages: signing out ends every badge that is shown, whoever set the cookie", "[site][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const std::string badge = Bench::badge_in(bench.post("/.godwit/sign-in", "name=alice&password=pw", "alice"));
    const std::string lines = browser + "Cookie: godwit=x; godwit=" + badge + "\r\n";
    CHECK(bench.post("/.godwit/sign-out", "", {}, lines).status == http::Status::see_other);
    CHECK_FALSE(bench.counts(badge));
}

TEST_CASE("sign-in pages: signing in again ends the badge from before", "[site][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const std::string badge = Bench::badge_in(bench.post("/.godwit/sign-in", "name=alice&password=pw", "alice"));
    const auto again =
        bench.post("/.godwit/sign-in", "name=bob&password=pw", "bob", browser + "Cookie: godwit=" + badge + "\r\n");
    CHECK_FALSE(bench.counts(badge));
    CHECK(bench.counts(Bench::badge_in(again)));
}

TEST_CASE("sign-in pages: what is no form of theirs is refused", "[site][badge]") {
    Bench bench;
    CHECK(bench.post("/.godwit/sign-in", "name=a&name=b&password=pw").status == http::Status::unprocessable_content);
    CHECK(bench.post("/.godwit/sign-in", "to=a&to=b").status == http::Status::unprocessable_content);
    CHECK(bench.post("/.godwit/sign-in", std::string(20'000, 'a')).status == http::Status::content_too_large);
    const ParsedRequest json("POST", "/.godwit/sign-in", "Content-Type: application/json\r\nContent-Length: 2\r\n");
    CHECK(std::get<http::Response>(bench.pages.handle(json.get())).status == http::Status::unsupported_media_type);
    bench.sign_in = nullptr;
    CHECK(bench.post("/.godwit/sign-in", "name=a&password=b").status == http::Status::service_unavailable);
}

TEST_CASE("sign-in pages: a form that is coded, or has not the digest that is stated, asks nobody", "[site][badge]") {
    Bench bench;
    const std::string form = "name=alice&password=pw&to=%2F";
    const auto coded = bench.post("/.godwit/sign-in", form, "alice", browser + "Content-Encoding: gzip\r\n");
    CHECK(coded.status == http::Status::unsupported_media_type);
    CHECK(coded.find("Accept-Encoding") == "identity");
    if (storage::has_digests()) {
        const std::string wrong = "Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n";
        CHECK(bench.post("/.godwit/sign-in", form, "alice", browser + wrong).status == http::Status::bad_request);
        CHECK(bench.post("/.godwit/sign-out", "to=%2F", {}, browser + wrong).status == http::Status::bad_request);
    }
    CHECK(bench.verifier.asked.empty());
}

TEST_CASE("sign-in pages: a link to the page says where to go on", "[site][badge]") {
    Bench bench;
    for (const auto& [query, back] : {std::pair("?to=/a/", "value=\"/a/\""), std::pair("?to=//evil", "value=\"/\""),
                                      std::pair("", "value=\"/\"")}) {
        const ParsedRequest parsed("GET", std::string("/.godwit/sign-in") + query, browser);
        const Answer answer = take_answer(bench.pages.handle(parsed.get()));
        CHECK(answer.status == 200);
        CHECK(answer.body.find(back) != std::string::npos);
    }
}
