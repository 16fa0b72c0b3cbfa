// The prefix on its way in and out, alone and around a whole site.
#include "site/path_prefix.h"

#include <memory>
#include <string>

#include "support/catch.h"
#include "support/pulling.h"
#include "support/write_answers.h"

namespace {

using site::PrefixMatch;
using support::AnsweringSite;

/// What a site below `prefix` answers to a GET, as an exchange asks it.
http::Response answer(AnsweringSite& site, const std::string& target) {
    const support::ParsedRequest parsed(support::head("GET", target, ""));
    http::Request request = *parsed;
    request.arrival = ++site.arrivals.latest;
    std::optional<handler::Decision> decision = site.site->admit(request);
    if (!decision) decision = site.site->handle(request);
    auto* const response = std::get_if<http::Response>(&*decision);
    REQUIRE(response != nullptr);
    return std::move(*response);
}

site::SiteConfig below(const std::string& prefix) {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.path_prefix = prefix;
    return config;
}

}  // namespace

TEST_CASE("path prefix: a path is below it only when a slash follows", "[site]") {
    CHECK(site::match_prefix("/a", "/a/") == PrefixMatch::below);
    CHECK(site::match_prefix("/a/b", "/a/b/c") == PrefixMatch::below);
    CHECK(site::match_prefix("/a", "/a") == PrefixMatch::itself);
    for (const char* path : {"/", "/ab", "/ab/c", "/b/a/", "/A/"}) {
        CAPTURE(path);
        CHECK(site::match_prefix("/a", path) == PrefixMatch::outside);
    }
}

TEST_CASE("path prefix: only a Location that is a path gets it", "[site]") {
    http::FieldList fields{{"Location", "/x"}, {"Content-Type", "a"}, {"Link", "/y"}};
    site::lead_below("/a%20b", fields);
    CHECK(fields.find("Location") == "/a%20b/x");
    CHECK(fields.find("Link") == "/y");
    CHECK(fields.size() == 3);
    http::FieldList absolute{{"Location", "https://host/x"}};
    site::lead_below("/a", absolute);
    CHECK(absolute.find("Location") == "https://host/x");
}

TEST_CASE("path prefix: a site answers below it as it does without, and nothing elsewhere", "[site]") {
    AnsweringSite site(below("/up here"));
    site.directory.write("x.txt", "x");
    site.directory.write("d/index.html", "d");
    CHECK(answer(site, "/up%20here/x.txt").status == http::Status::ok);
    const http::Response led = answer(site, "/up%20here/d?q");
    CHECK(led.status == http::Status::moved_permanently);
    CHECK(led.find("Location") == "/up%20here/d/?q");
    const http::Response itself = answer(site, "/up%20here?q");
    CHECK(itself.status == http::Status::moved_permanently);
    CHECK(itself.find("Location") == "/up%20here/?q");
    for (const char* outside : {"/x.txt", "/", "/healthz", "/up%20here%2Fx.txt", "/up%20heretoo/x.txt",
                                "/.godwit/style.css", "/up%20here/../x.txt"}) {
        CAPTURE(outside);
        CHECK(answer(site, outside).status == http::Status::not_found);
    }
}

TEST_CASE("path prefix: a new rule counts for the next request", "[site]") {
    AnsweringSite site(below("/a"));
    site.directory.write("x.txt", "x");
    CHECK(answer(site, "/a/x.txt").status == http::Status::ok);
    site.site->replace_rules(std::make_shared<const site::SiteConfig>(below("/b")));
    CHECK(answer(site, "/a/x.txt").status == http::Status::not_found);
    CHECK(answer(site, "/b/x.txt").status == http::Status::ok);
}

TEST_CASE("path prefix: the address of a resumable upload counts as heavy below it", "[site]") {
    const AnsweringSite site(below("/a"));
    const auto is_heavy = [&](const std::string& target) {
        const support::ParsedRequest request(support::head("HEAD", target, ""));
        return site.site->is_heavy(*request);
    };
    CHECK(is_heavy("/a/.godwit/uploads/x"));
    CHECK_FALSE(is_heavy("/.godwit/uploads/x"));
    CHECK_FALSE(is_heavy("/a/x"));
}

TEST_CASE("path prefix: each path in a JSON answer has it", "[site]") {
    AnsweringSite site(below("/up here"));
    site.directory.write("d/x.txt", "x");
    constexpr std::string_view kJson = "Accept: application/json\r\n";
    CHECK(site.ask("GET", "/up%20here/d/", kJson).body().starts_with(R"({"path":"/up here/d/")"));
    CHECK(site.ask("GET", "/up%20here/", kJson).body().starts_with(R"({"path":"/up here/")"));
    const std::string form =
        site.upload("POST", "/up%20here/d/",
                    "--b\r\nContent-Disposition: form-data; name=f; filename=\"y z\"\r\n\r\ny\r\n--b--\r\n",
                    "Content-Type: multipart/form-data; boundary=b\r\n")
            .body();
    CHECK(form.find(R"("path":"/up%20here/d/y%20z")") != std::string::npos);
    support::Answer search = site.ask("GET", "/up%20here/?search=x", kJson);
    auto* const source = std::get_if<std::unique_ptr<http::BodySource>>(&search.response.body);
    REQUIRE(source != nullptr);
    CHECK(Pulling().pull_all(**source).starts_with(R"({"path":"/up here/","search":"x")"));
}

TEST_CASE("path prefix: each path of a sentence or a page of the server has it", "[site]") {
    AnsweringSite site(below("/up here"));
    const support::Answer led = site.ask("GET", "/up%20here/files");
    CHECK(led.status() == 301);
    CHECK(led.field("Location") == "/up%20here/files/");
    CHECK(led.body().find("below /up here/files/") != std::string::npos);
}
