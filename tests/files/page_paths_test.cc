// Clean URLs, routes of an application, downloads, and the icon that nobody made.
#include "files/page_paths.h"

#include <string>

#include "support/catch.h"
#include "support/write_answers.h"

namespace {

using support::AnsweringSite;

site::SiteConfig with_clean_urls() {
    site::SiteConfig config;
    config.clean_urls = true;
    return config;
}

site::SiteConfig with_spa() {
    site::SiteConfig config;
    config.spa = true;
    return config;
}

constexpr std::string_view kBrowser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";

}  // namespace

TEST_CASE("page paths: a page's address without its .html", "[handlers][pages]") {
    CHECK(files::clean_path("/about.html", "index.html") == "/about");
    CHECK(files::clean_path("/a/b.c.html", "index.html") == "/a/b.c");
    CHECK(files::clean_path("/index.html", "index.html") == "/");
    CHECK(files::clean_path("/a/index.html", "index.html") == "/a/");
    CHECK(files::clean_path("/a/index.html", "home.html") == "/a/index");
    CHECK_FALSE(files::clean_path("/about", "index.html"));
    CHECK_FALSE(files::clean_path("/about.htm", "index.html"));
    CHECK_FALSE(files::clean_path("/a/.html", "index.html"));
    CHECK_FALSE(files::clean_path("/", "index.html"));
}

TEST_CASE("page paths: download is a member of the query, with or without a value", "[handlers][pages]") {
    for (const auto query : {"download", "download=1", "a=b&download", "download&a", "download=", "&&download"}) {
        CAPTURE(query);
        CHECK(files::asks_for_download(query));
    }
    for (const auto query : {"", "downloads", "Download", "a=download", "xdownload", "down%6Coad", "&"}) {
        CAPTURE(query);
        CHECK_FALSE(files::asks_for_download(query));
    }
}

TEST_CASE("downloads: ?download names the file, whole, in part and for HEAD", "[handlers][pages]") {
    AnsweringSite site{site::SiteConfig()};
    site.directory.write("a b.txt", "text");
    site.directory.write("na\xC3\xAFve \"x\".txt", "text");
    site.directory.write("d/index.html", "page");
    const auto whole = site.ask("GET", "/a%20b.txt?download");
    CHECK(whole.status() == 200);
    CHECK(whole.field("Content-Disposition") == "attachment; filename=\"a b.txt\"");
    CHECK(whole.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(site.ask("HEAD", "/a%20b.txt?download").field("Content-Disposition") == whole.field("Content-Disposition"));
    const auto part = site.ask("GET", "/a%20b.txt?x=1&download=1", "Range: bytes=0-1\r\n");
    CHECK(part.status() == 206);
    CHECK(part.field("Content-Disposition") == whole.field("Content-Disposition"));
    CHECK(site.ask("GET", "/na%C3%AFve%20%22x%22.txt?download")
              .field("Content-Disposition")
              .find("filename*=UTF-8''na%C3%AFve%20%22x%22.txt") != std::string::npos);
    CHECK(site.ask("GET", "/d/?download").field("Content-Disposition") == "attachment; filename=\"index.html\"");
    // The stored answer has its name already (RFC 9110 section 15.4.5), and what is refused is no file.
    const auto same = site.ask("GET", "/a%20b.txt?download", "If-None-Match: *\r\n");
    CHECK(same.status() == 304);
    CHECK(same.field("Content-Disposition").empty());
    CHECK(site.ask("GET", "/none?download").field("Content-Disposition").empty());
    CHECK(site.ask("GET", "/a%20b.txt?downloads").field("Content-Disposition").empty());
}

TEST_CASE("clean URLs: a page answers without its .html, which leads there", "[handlers][pages]") {
    AnsweringSite site(with_clean_urls());
    site.directory.write("index.html", "front");
    site.directory.write("about.html", "about");
    site.directory.write("docs/index.html", "docs");
    site.directory.write("docs/two words.html", "two");
    const auto about = site.ask("GET", "/about");
    CHECK(about.status() == 200);
    CHECK(about.body() == "about");
    CHECK(about.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(site.ask("HEAD", "/about").status() == 200);
    CHECK(site.ask("GET", "/about", "If-None-Match: " + about.field("ETag") + "\r\n").status() == 304);
    CHECK(site.ask("GET", "/about", "Range: bytes=0-0\r\n").status() == 206);
    const auto moved = site.ask("GET", "/about.html?a=b&c");
    CHECK(moved.status() == 301);
    CHECK(moved.field("Location") == "/about?a=b&c");
    CHECK(site.ask("GET", "/docs/two%20words.html").field("Location") == "/docs/two%20words");
    CHECK(site.ask("GET", "/docs/two%20words").body() == "two");
    CHECK(site.ask("GET", "/index.html").field("Location") == "/");
    CHECK(site.ask("GET", "/docs/index.html").field("Location") == "/docs/");
    CHECK(site.ask("GET", "/docs").field("Location") == "/docs/");
    CHECK(site.ask("GET", "/none").status() == 404);
    CHECK(site.ask("GET", "/none.html").status() == 404);
    // Other spellings of the address lead there, below /files/ too, and never in a circle.
    CHECK(site.ask("GET", "/about/?a").status() == 301);
    CHECK(site.ask("GET", "/about/?a").field("Location") == "/about?a");
    CHECK(site.ask("GET", "/index").field("Location") == "/");
    CHECK(site.ask("GET", "/index/").field("Location") == "/");
    CHECK(site.ask("GET", "/docs/index").field("Location") == "/docs/");
    CHECK(site.ask("GET", "/files/about/").field("Location") == "/files/about");
    CHECK(site.ask("GET", "/files/docs").field("Location") == "/files/docs/");
    CHECK(site.ask("GET", "/none/").status() == 404);
    CHECK(site.ask("GET", "/about?download").field("Content-Disposition") == "attachment; filename=\"about.html\"");
}

TEST_CASE("clean URLs: a file or directory of the clean name wins, and nothing becomes unreachable",
          "[handlers][pages]") {
    AnsweringSite site(with_clean_urls());
    site.directory.write("guide.html", "page");
    site.directory.write("guide/index.html", "directory");
    site.directory.write("raw.html", "page");
    site.directory.write("raw", "file");
    CHECK(site.ask("GET", "/guide").field("Location") == "/guide/");
    CHECK(site.ask("GET", "/guide/").body() == "directory");
    CHECK(site.ask("GET", "/guide.html").body() == "page");
    CHECK(site.ask("GET", "/raw").body() == "file");
    CHECK(site.ask("GET", "/raw.html").body() == "page");
}

TEST_CASE("clean URLs: off unless asked for", "[handlers][pages]") {
    AnsweringSite site{site::SiteConfig()};
    site.directory.write("about.html", "about");
    CHECK(site.ask("GET", "/about").status() == 404);
    CHECK(site.ask("GET", "/about.html").status() == 200);
}

TEST_CASE("single page: a route gets the root's index where HTML is taken", "[handlers][pages]") {
    AnsweringSite site(with_spa());
    site.directory.write("index.html", "app");
    site.directory.write("assets/app.js", "code");
    for (const auto target : {"/users/7", "/users/", "/a/b/c?d=e", "/user/john.doe", "/v1.2", "/assets/none"}) {
        CAPTURE(target);
        const auto answer = site.ask("GET", target, kBrowser);
        CHECK(answer.status() == 200);
        CHECK(answer.body() == "app");
        CHECK(answer.field("Content-Type") == "text/html; charset=utf-8");
        CHECK(answer.field("Vary") == "Accept, Sec-Fetch-Dest");
    }
    CHECK(site.ask("HEAD", "/users/7", kBrowser).status() == 200);
    CHECK(site.ask("GET", "/users/7").status() == 200);  // takes anything
    CHECK(site.ask("GET", "/users/7", "Accept: */*\r\n").status() == 200);
    CHECK(site.ask("GET", "/users/7", "Accept: application/json\r\n").status() == 404);
    CHECK(site.ask("GET", "/users/7", "Accept: text/html;q=0, */*\r\n").status() == 404);
    const auto same = site.ask("GET", "/users/7", "If-None-Match: *\r\n");
    CHECK(same.status() == 304);
    CHECK(same.field("Vary") == "Accept, Sec-Fetch-Dest");
}

TEST_CASE("single page: a browser that navigates gets the index whatever the path looks like", "[handlers][pages]") {
    AnsweringSite site(with_spa());
    site.directory.write("index.html", "app");
    for (const auto target :
         {"/users/jane@example.org", "/wiki/README.md", "/from/https%3A%2F%2Fa.example%2Fb.zip/c"}) {
        CAPTURE(target);
        CHECK(site.ask("GET", target, kBrowser).body() == "app");
        CHECK(site.ask("GET", target, "Accept: */*\r\nSec-Fetch-Dest: document\r\n").body() == "app");
    }
    CHECK(site.ask("PUT", "/a%2Fb", kBrowser).status() == 400);
    AnsweringSite plain{site::SiteConfig()};
    plain.directory.write("index.html", "app");
    CHECK(plain.ask("GET", "/a%2Fb", kBrowser).status() == 400);
}

TEST_CASE("single page: missing files, hidden ones and writes are what they were", "[handlers][pages]") {
    AnsweringSite site(with_spa());
    site.directory.write("index.html", "app");
    site.directory.write("list/a.txt", "text");
    for (const auto target :
         {"/assets/none.js", "/none.html", "/pic.png", "/.git/config", "/.well-known/security", "/index.html/x.css"}) {
        CAPTURE(target);
        CHECK(site.ask("GET", target, "Accept: */*\r\n").status() == 404);
        CHECK(site.ask("GET", target, "Accept: */*\r\nSec-Fetch-Dest: script\r\n").status() == 404);
    }
    CHECK(site.ask("GET", "/.git/config", kBrowser).status() == 404);
    CHECK(site.ask("GET", "/.well-known/security", kBrowser).status() == 404);
    CHECK(site.ask("GET", "/list/", kBrowser).status() == 200);
    CHECK(site.ask("GET", "/list/", kBrowser).body() != "app");
    CHECK(site.ask("PUT", "/users/7").status() == 405);
    AnsweringSite empty(with_spa());
    CHECK(empty.ask("GET", "/users/7", kBrowser).status() == 404);
}

TEST_CASE("favicon: a missing one is no content, and nothing to log", "[handlers][pages]") {
    AnsweringSite site(with_spa());
    site.directory.write("index.html", "app");
    const auto missing = site.ask("GET", "/favicon.ico");
    CHECK(missing.status() == 204);
    CHECK(missing.response.quiet);
    CHECK(missing.response.reason.empty());
    CHECK(site.ask("HEAD", "/favicon.ico").status() == 204);
    CHECK(site.ask("GET", "/sub/favicon.ico").status() == 404);
    site.directory.write("favicon.ico", "icon");
    const auto there = site.ask("GET", "/favicon.ico");
    CHECK(there.status() == 200);
    CHECK(there.body() == "icon");
    CHECK_FALSE(there.response.quiet);
}
