// Configured fields, error pages, Cache-Control and CORS on the answers of a whole site.
#include "site/decoration.h"

#include <unistd.h>

#include <string>

#include "support/allocations.h"
#include "support/catch.h"
#include "support/field_lines.h"
#include "support/write_answers.h"

namespace {

using support::AnsweringSite;

site::SiteConfig with_cors(std::vector<std::string> origins) {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.cors.origins = std::move(origins);
    return config;
}

site::SiteConfig with_header(std::string prefix, std::string name, std::string value) {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.headers.push_back({std::move(prefix), std::move(name), std::move(value)});
    return config;
}

std::size_t count(const support::Answer& answer, std::string_view name) {
    const std::string lines = "\r\n" + support::field_lines(answer.response);
    const std::string start = std::string("\r\n").append(name).append(": ");
    std::size_t found = 0;
    for (std::size_t at = lines.find(start); at != std::string::npos; at = lines.find(start, at + 1)) ++found;
    return found;
}

constexpr std::string_view kFromApp = "Origin: https://app.example\r\n";

}  // namespace

TEST_CASE("decoration: a configured field is on every answer, whoever gave it", "[handlers][decoration]") {
    AnsweringSite site(with_header("/", "X-Frame-Options", "DENY"));
    site.directory.write("a.txt", "text");
    CHECK(site.ask("GET", "/a.txt").field("X-Frame-Options") == "DENY");
    CHECK(site.ask("HEAD", "/a.txt").field("X-Frame-Options") == "DENY");
    CHECK(site.ask("GET", "/none").field("X-Frame-Options") == "DENY");
    CHECK(site.ask("GET", "/echo/x").field("X-Frame-Options") == "DENY");
    CHECK(site.ask("OPTIONS", "*").field("X-Frame-Options") == "DENY");
    CHECK(site.ask("BREW", "/").field("X-Frame-Options") == "DENY");
    const auto stored = site.put("/new.txt", "text");  // after the body, from the disk
    CHECK(stored.status() == 201);
    CHECK(stored.field("X-Frame-Options") == "DENY");
    const auto deleted = site.ask("DELETE", "/new.txt");
    CHECK(deleted.status() == 204);
    CHECK(deleted.field("X-Frame-Options") == "DENY");
    const std::string tag = site.ask("GET", "/a.txt").field("ETag");
    const auto same = site.ask("GET", "/a.txt", "If-None-Match: " + tag + "\r\n");
    CHECK(same.status() == 304);
    CHECK(same.field("X-Frame-Options") == "DENY");
    http::Response refusal;  // of a head that was not understood
    refusal.status = http::Status::bad_request;
    site.site->decorate(nullptr, refusal);
    CHECK(support::field_lines(refusal) == "X-Frame-Options: DENY\r\n");
}

TEST_CASE("decoration: a prefix is of the path", "[handlers][decoration]") {
    AnsweringSite site(with_header("/private/", "X-Robots-Tag", "noindex"));
    site.directory.write("private/a.txt", "text");
    site.directory.write("b.txt", "text");
    CHECK(site.ask("GET", "/private/a.txt").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/x/../private/a.txt").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/%70rivate/none").field("X-Robots-Tag") == "noindex");
    for (const std::string_view spelling : {"/files/private/a.txt", "//files//private/a.txt", "/files/%70rivate/none",
                                            "/files/x/../private/", "/private/a.txt?download"}) {
        INFO(spelling);
        CHECK(site.ask("GET", spelling).field("X-Robots-Tag") == "noindex");
    }
    CHECK(site.put("/files/private/new.txt", "text").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/files/b.txt").field("X-Robots-Tag").empty());
    AnsweringSite by_alias(with_header("/files/private/", "X-Robots-Tag", "noindex"));
    CHECK(by_alias.ask("GET", "/private/none").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/b.txt").field("X-Robots-Tag").empty());
    CHECK(site.ask("GET", "/private").field("X-Robots-Tag").empty());
    CHECK(site.ask("OPTIONS", "*").field("X-Robots-Tag").empty());
}

TEST_CASE("decoration: a prefix is of the place, whatever links lead there", "[handlers][decoration]") {
    AnsweringSite site(with_header("/private/", "X-Robots-Tag", "noindex"));
    site.directory.write("private/a.txt", "text");
    site.directory.write("b.txt", "text");
    REQUIRE(::symlink("private", site.directory.at("link").c_str()) == 0);
    REQUIRE(::symlink("private/a.txt", site.directory.at("a.txt").c_str()) == 0);
    for (const std::string_view target : {"/link/a.txt", "/a.txt", "/files/link/a.txt", "/link/", "/link/none"}) {
        INFO(target);
        CHECK(site.ask("GET", target).field("X-Robots-Tag") == "noindex");
    }
    CHECK(site.ask("GET", "/a.txt", "If-None-Match: *\r\n").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/a.txt", "Range: bytes=0-1\r\n").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/a.txt", "If-Match: \"x\"\r\n").field("X-Robots-Tag") == "noindex");
    CHECK(site.put("/link/new/c.txt", "text").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/b.txt").field("X-Robots-Tag").empty());
    AnsweringSite by_link(with_header("/link/", "X-Robots-Tag", "noindex"));
    by_link.directory.write("private/a.txt", "text");
    REQUIRE(::symlink("private", by_link.directory.at("link").c_str()) == 0);
    CHECK(by_link.ask("GET", "/link/a.txt").field("X-Robots-Tag") == "noindex");
    CHECK(by_link.ask("GET", "/private/a.txt").field("X-Robots-Tag").empty());
}

TEST_CASE("decoration: a prefix that names a file holds for all of its addresses", "[handlers][decoration]") {
    site::SiteConfig config = with_header("/index.html", "X-Frame-Options", "DENY");
    config.headers.push_back({"/about.html", "X-Robots-Tag", "noindex"});
    config.spa = config.clean_urls = true;
    config.error_pages.push_back({http::Status::precondition_failed, "/sorry.html"});
    AnsweringSite site(config);
    site.directory.write("index.html", "front");
    site.directory.write("about.html", "about");
    site.directory.write("sorry.html", "sorry");
    CHECK(site.ask("GET", "/").field("X-Frame-Options") == "DENY");
    CHECK(site.ask("GET", "/some/route").field("X-Frame-Options") == "DENY");
    CHECK(site.ask("GET", "/about").field("X-Robots-Tag") == "noindex");
    CHECK(site.ask("GET", "/about").field("X-Frame-Options").empty());
    CHECK(site.ask("GET", "/about", "If-Match: \"x\"\r\n").field("X-Robots-Tag") == "noindex");
}

TEST_CASE("decoration: Cache-Control of a place holds behind links", "[handlers][decoration]") {
    site::SiteConfig config;
    config.cache_rules = {{"/old/*", "no-store"}, {"/link.txt", "max-age=5"}};
    AnsweringSite site(config);
    site.directory.write("old/a.txt", "text");
    site.directory.write("b.txt", "text");
    REQUIRE(::symlink("old/a.txt", site.directory.at("c.txt").c_str()) == 0);
    REQUIRE(::symlink("b.txt", site.directory.at("link.txt").c_str()) == 0);
    CHECK(site.ask("GET", "/c.txt").field("Cache-Control") == "no-store");
    CHECK(site.ask("GET", "/link.txt").field("Cache-Control") == "max-age=5");
    CHECK(site.ask("GET", "/b.txt").field("Cache-Control").empty());
}

TEST_CASE("decoration: what an answer says already is not said twice", "[handlers][decoration]") {
    AnsweringSite site(with_header("/", "content-security-policy", "default-src 'self'"));
    site.directory.write("d/a.txt", "text");
    const auto listing = site.ask("GET", "/d/");
    CHECK(listing.field("Content-Security-Policy").starts_with("default-src 'none'"));
    CHECK(count(listing, "content-security-policy") == 0);
    CHECK(site.ask("GET", "/d/a.txt").field("content-security-policy") == "default-src 'self'");
}

TEST_CASE("decoration: a 304 and a refusal have no field about content they do not have", "[handlers][decoration]") {
    AnsweringSite site(with_header("/", "Content-Language", "de"));
    site.directory.write("a.txt", "text");
    const auto whole = site.ask("GET", "/a.txt");
    CHECK(whole.field("Content-Language") == "de");
    CHECK(site.ask("GET", "/a.txt", "If-None-Match: *\r\n").status() == 304);
    CHECK(site.ask("GET", "/a.txt", "If-None-Match: *\r\n").field("Content-Language").empty());
    CHECK(site.ask("GET", "/none").field("Content-Language").empty());
}

TEST_CASE("decoration: an error page takes the place of the sentence, with the status", "[handlers][decoration]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.allow_delete = false;
    config.error_pages = {{http::Status::not_found, "/404.html"}, {http::Status::method_not_allowed, "/no.txt"}};
    AnsweringSite site(config);
    site.directory.write("404.html", "<p>lost</p>");
    site.directory.write("no.txt", "not here");
    const auto lost = site.ask("GET", "/none");
    CHECK(lost.status() == 404);
    CHECK(lost.body() == "<p>lost</p>");
    CHECK(lost.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(lost.field("X-Content-Type-Options") == "nosniff");
    CHECK(count(lost, "Content-Type") == 1);
    CHECK(lost.field("ETag").empty());
    CHECK(lost.field("Last-Modified").empty());
    CHECK(lost.field("Accept-Ranges").empty());
    CHECK(lost.field("Vary").empty());  // the page is the same whatever Accept says
    const auto head = site.ask("HEAD", "/none");
    CHECK(head.status() == 404);
    CHECK(head.response.stated_length == 11U);
    const auto ranged = site.ask("GET", "/none", "Range: bytes=0-1\r\nIf-None-Match: *\r\n");
    CHECK(ranged.status() == 404);
    CHECK(ranged.body() == "<p>lost</p>");
    const auto refused = site.ask("DELETE", "/404.html");
    CHECK(refused.status() == 405);
    CHECK(refused.body() == "not here");
    CHECK(refused.field("Allow") == "GET, HEAD, POST, PUT, OPTIONS, COPY");
    CHECK(site.ask("GET", "/404.html").status() == 200);
    CHECK(site.ask("BREW", "/").body().starts_with("501 Not Implemented"));
}

TEST_CASE("decoration: an error page that is missing, or a directory, leaves the built-in sentence",
          "[handlers][decoration]") {
    site::SiteConfig config;
    config.error_pages = {{http::Status::not_found, "/404.html"}};
    AnsweringSite site(config);
    CHECK(site.ask("GET", "/none").body().starts_with("404 Not Found: "));
    site.directory.write("404.html", "late");
    CHECK(site.ask("GET", "/none").body() == "late");
    site.directory.make_directory("sub");
    config.error_pages = {{http::Status::not_found, "/sub"}};
    AnsweringSite other(config);
    other.directory.make_directory("sub");
    CHECK(other.ask("GET", "/none").body().starts_with("404 Not Found: "));
}

TEST_CASE("decoration: an error page of a 416 keeps Content-Range and drops the validators", "[handlers][decoration]") {
    site::SiteConfig config;
    config.error_pages = {{http::Status::range_not_satisfiable, "/416.html"}};
    AnsweringSite site(config);
    site.directory.write("416.html", "beyond");
    site.directory.write("a.txt", "text");
    const auto answer = site.ask("GET", "/a.txt", "Range: bytes=9-\r\n");
    CHECK(answer.status() == 416);
    CHECK(answer.body() == "beyond");
    CHECK(answer.field("Content-Range") == "bytes */4");
    CHECK(answer.field("ETag").empty());
}

TEST_CASE("decoration: Cache-Control is of the file that answers, then of the request's path",
          "[handlers][decoration]") {
    site::SiteConfig config;
    config.cache_rules = {
        {"*.html", "no-cache"}, {"/assets/*", "max-age=31536000, immutable"}, {"/echo/*", "no-store"}};
    config.spa = true;
    AnsweringSite site(config);
    site.directory.write("index.html", "front");
    site.directory.write("assets/app.js", "code");
    site.directory.write("b.txt", "text");
    CHECK(site.ask("GET", "/").field("Cache-Control") == "no-cache");
    CHECK(site.ask("GET", "/some/route").field("Cache-Control") == "no-cache");
    const auto asset = site.ask("GET", "/assets/app.js");
    CHECK(asset.field("Cache-Control") == "max-age=31536000, immutable");
    CHECK(count(asset, "Cache-Control") == 1);
    const auto part = site.ask("GET", "/assets/app.js", "Range: bytes=0-1\r\n");
    CHECK(part.status() == 206);
    CHECK(part.field("Cache-Control") == "max-age=31536000, immutable");
    const auto same = site.ask("GET", "/assets/app.js", "If-None-Match: *\r\n");
    CHECK(same.status() == 304);
    CHECK(same.field("Cache-Control") == "max-age=31536000, immutable");
    CHECK(site.ask("GET", "/assets/none.js").field("Cache-Control").empty());
    CHECK(site.ask("GET", "/assets/app.js", "Range: bytes=99-\r\n").field("Cache-Control").empty());
    CHECK(site.ask("GET", "/assets/app.js", "If-Match: \"x\"\r\n").field("Cache-Control").empty());
    CHECK(site.ask("GET", "/assets/").field("Cache-Control") == "no-cache");  // a listing says so itself
    CHECK(site.ask("GET", "/echo/x").field("Cache-Control") == "no-store");
    CHECK(site.ask("GET", "/healthz").field("Cache-Control") == "no-store");
    CHECK(site.ask("GET", "/b.txt").field("Cache-Control").empty());
}

TEST_CASE("decoration: without --cors nothing is said to other sites", "[handlers][decoration][cors]") {
    AnsweringSite site;
    site.directory.write("a.txt", "text");
    const auto answer = site.ask("GET", "/a.txt", kFromApp);
    CHECK(answer.status() == 200);
    CHECK(answer.field("Access-Control-Allow-Origin").empty());
    const auto preflight =
        site.ask("OPTIONS", "/a.txt", std::string(kFromApp) + "Access-Control-Request-Method: PUT\r\n");
    CHECK(preflight.status() == 204);
    CHECK(preflight.field("Access-Control-Allow-Methods").empty());
    CHECK(preflight.field("Vary").empty());
}

TEST_CASE("decoration: a listed origin may read, another may not, and caches tell them apart",
          "[handlers][decoration][cors]") {
    AnsweringSite site(with_cors({"https://app.example", "http://localhost:5173"}));
    site.directory.write("a.txt", "text");
    const auto answer = site.ask("GET", "/a.txt", kFromApp);
    CHECK(answer.field("Access-Control-Allow-Origin") == "https://app.example");
    CHECK(answer.field("Vary") == "Origin");
    CHECK(answer.field("Access-Control-Expose-Headers").find("ETag") != std::string::npos);
    CHECK(answer.field("Access-Control-Allow-Credentials").empty());
    CHECK(site.ask("GET", "/a.txt", "Origin: http://localhost:5173\r\n").field("Access-Control-Allow-Origin") ==
          "http://localhost:5173");
    for (const char* origin : {"https://evil.example", "https://app.example.evil.example", "null", "http://app.example",
                               "https://APP.example", "https://app.example:8443"}) {
        const auto other = site.ask("GET", "/a.txt", std::string("Origin: ") + origin + "\r\n");
        CAPTURE(origin);
        CHECK(other.status() == 200);
        CHECK(other.field("Access-Control-Allow-Origin").empty());
        CHECK(other.field("Vary") == "Origin");
    }
    CHECK(site.ask("GET", "/a.txt").field("Vary") == "Origin");
    CHECK(site.ask("GET", "/a.txt").field("Access-Control-Allow-Origin").empty());
}

TEST_CASE("decoration: a script hears why it was refused, before and after its body", "[handlers][decoration][cors]") {
    site::SiteConfig config = with_cors({"https://app.example"});
    config.max_body = handler::SizeLimit(4);
    AnsweringSite site(config);
    const auto stored = site.put("/a.txt", "text", kFromApp);
    CHECK(stored.status() == 201);
    CHECK(stored.field("Access-Control-Allow-Origin") == "https://app.example");
    CHECK(stored.field("Access-Control-Expose-Headers").find("Location") != std::string::npos);
    CHECK(site.put("/a.txt", "too long", kFromApp).field("Access-Control-Allow-Origin") == "https://app.example");
    const auto grown = site.put_chunked("/a.txt", "too long", {}, kFromApp);
    CHECK(grown.status() == 413);
    CHECK(grown.field("Access-Control-Allow-Origin") == "https://app.example");
}

TEST_CASE("decoration: a preflight names the methods that are really allowed there", "[handlers][decoration][cors]") {
    AnsweringSite site(with_cors({"https://app.example"}));
    const auto preflight = [&](std::string_view target, std::string_view further = {}) {
        return site.ask("OPTIONS", target,
                        std::string(kFromApp).append("Access-Control-Request-Method: PUT\r\n").append(further));
    };
    const auto file = preflight("/a.txt", "Access-Control-Request-Headers: content-type, if-match\r\n");
    CHECK(file.status() == 204);
    CHECK(file.field("Access-Control-Allow-Origin") == "https://app.example");
    CHECK(file.field("Access-Control-Allow-Methods") == file.field("Allow"));
    CHECK(file.field("Access-Control-Allow-Methods").find("PUT") != std::string::npos);
    CHECK(file.field("Access-Control-Allow-Headers") == "content-type, if-match");
    CHECK(file.field("Access-Control-Max-Age") == "600");
    CHECK(preflight("/healthz").field("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS");
    CHECK(
        preflight("/a.txt", "Access-Control-Request-Headers: a\"b\r\n").field("Access-Control-Allow-Headers").empty());
    const std::string long_list = "Access-Control-Request-Headers: " + std::string(1025, 'x') + "\r\n";
    CHECK(preflight("/a.txt", long_list).field("Access-Control-Allow-Headers").empty());
    const auto foreign =
        site.ask("OPTIONS", "/a.txt", "Origin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\n");
    CHECK(foreign.status() == 204);
    CHECK(foreign.field("Access-Control-Allow-Methods").empty());
    CHECK(site.ask("OPTIONS", "/a.txt", kFromApp).field("Access-Control-Allow-Methods").empty());
}

TEST_CASE("decoration: a star is for everybody, and the same for all", "[handlers][decoration][cors]") {
    site::SiteConfig config;
    config.cors.any_origin = true;
    AnsweringSite site(config);
    site.directory.write("a.txt", "text");
    for (const std::string_view lines : {"", "Origin: https://any.example\r\n"}) {
        const auto answer = site.ask("GET", "/a.txt", lines);
        CHECK(answer.field("Access-Control-Allow-Origin") == "*");
        CHECK(answer.field("Vary").empty());
    }
    CHECK(site.ask("OPTIONS", "/a.txt", "Origin: https://x.example\r\nAccess-Control-Request-Method: PUT\r\n")
              .field("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS");
}

TEST_CASE("decoration: a site without any of it allocates nothing for a hit", "[handlers][decoration][allocation]") {
    AnsweringSite site{site::SiteConfig()};
    site.directory.write("a.txt", "text");
    site.ask("GET", "/a.txt");
    const support::ParsedRequest request(support::head("GET", "/a.txt", ""));
    http::Request copy = *request;
    copy.arrival = site.arrivals.latest;
    const std::size_t before = allocations();
    {
        const auto decision = site.site->handle(copy);
        CHECK(allocations() == before);
        CHECK(std::get<http::Response>(decision).status == http::Status::ok);
    }
}
