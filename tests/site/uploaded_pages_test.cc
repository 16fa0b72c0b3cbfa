// What strangers may have uploaded runs no scripts with the rights of this server's pages.
#include <string>

#include "support/catch.h"
#include "support/field_lines.h"
#include "support/write_answers.h"

namespace {

using support::AnsweringSite;

constexpr const char* kPolicy = "Content-Security-Policy";

site::SiteConfig trusting() {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.trusts_uploads = true;
    return config;
}

void fill(const AnsweringSite& site) {
    for (const char* const name :
         {"a.html", "a.xhtml", "a.svg", "a.xml", "index.html", "d/index.html", "404.html", "a.txt", "a.png", "a.js"}) {
        site.directory.write(name, "<script>1</script>");
    }
}

}  // namespace

TEST_CASE("uploaded pages: where files may be uploaded, what runs scripts is confined", "[handlers][uploaded]") {
    AnsweringSite site;
    fill(site);
    for (const char* const target :
         {"/a.html", "/a.xhtml", "/a.svg", "/a.xml", "/files/a.html", "/", "/d/", "/index.html", "/a.html?download"}) {
        CAPTURE(target);
        CHECK(site.ask("GET", target).field(kPolicy) == "sandbox");
        CHECK(site.ask("HEAD", target).field(kPolicy) == "sandbox");
    }
    for (const char* const target : {"/a.txt", "/a.png", "/a.js"}) {
        CAPTURE(target);
        CHECK(site.ask("GET", target).status() == 200);
        CHECK(site.ask("GET", target).field(kPolicy).empty());
    }
}

TEST_CASE("uploaded pages: a page that was just uploaded is confined, in parts and unchanged, too",
          "[handlers][uploaded]") {
    AnsweringSite site;
    CHECK(site.put("/new.html", "<script>1</script>").status() == 201);
    const auto whole = site.ask("GET", "/new.html");
    CHECK(whole.field(kPolicy) == "sandbox");
    CHECK(site.ask("GET", "/new.html", "Range: bytes=0-3\r\n").field(kPolicy) == "sandbox");
    CHECK(site.ask("GET", "/new.html", "Range: bytes=0-1,4-5\r\n").field(kPolicy) == "sandbox");
    CHECK(site.ask("GET", "/new.html", "Accept-Encoding: gzip\r\n").field(kPolicy) == "sandbox");
    const auto same = site.ask("GET", "/new.html", "If-None-Match: " + whole.field("ETag") + "\r\n");
    CHECK(same.status() == 304);
    CHECK(same.field(kPolicy) == "sandbox");
}

TEST_CASE("uploaded pages: error pages and applications' pages are files like others", "[handlers][uploaded]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.error_pages.push_back({http::Status::not_found, "/404.html"});
    AnsweringSite errors(config);
    fill(errors);
    const auto missing = errors.ask("GET", "/none");
    CHECK(missing.status() == 404);
    CHECK(missing.body() == "<script>1</script>");
    CHECK(missing.field(kPolicy) == "sandbox");
    config.error_pages.clear();
    config.spa = true;
    AnsweringSite routes(config);
    fill(routes);
    CHECK(routes.ask("GET", "/route", "Accept: text/html\r\n").field(kPolicy) == "sandbox");
}

TEST_CASE("uploaded pages: an own policy comes besides the confinement, not in its place", "[handlers][uploaded]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.headers.push_back({"/", kPolicy, "default-src 'self'"});
    AnsweringSite site(config);
    fill(site);
    const std::string lines = support::field_lines(site.ask("GET", "/a.html").response);
    CHECK(lines.find("Content-Security-Policy: sandbox\r\n") != std::string::npos);
    CHECK(lines.find("Content-Security-Policy: default-src 'self'\r\n") != std::string::npos);
}

TEST_CASE("uploaded pages: a listing keeps its own policy", "[handlers][uploaded]") {
    AnsweringSite site;
    site.directory.write("d/a.txt", "a");
    CHECK(site.ask("GET", "/d/", "Accept: text/html\r\n").field(kPolicy).find("script-src 'self'") !=
          std::string::npos);
}

TEST_CASE("uploaded pages: nothing is confined where nothing is uploaded, or uploads are trusted",
          "[handlers][uploaded]") {
    site::SiteConfig deleting;
    deleting.allow_delete = true;
    for (const site::SiteConfig& config : {site::SiteConfig(), deleting, trusting()}) {
        AnsweringSite site(config);
        fill(site);
        for (const char* const target : {"/a.html", "/a.svg", "/", "/a.xml"}) {
            CAPTURE(target);
            CHECK(site.ask("GET", target).field(kPolicy).empty());
        }
    }
}
