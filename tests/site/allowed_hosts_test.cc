// Which host names a site answers under, and what it says to requests for others.
#include "site/allowed_hosts.h"

#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/write_answers.h"

namespace {

using support::Answer;
using support::AnsweringSite;

site::SiteConfig only(const std::vector<std::string>& names) {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.allowed_hosts = names;
    return config;
}

/// The answer to GET of `target`; an empty `host` leaves the field out, as HTTP/1.0 may.
Answer get(AnsweringSite& site, std::string_view target, std::string_view host) {
    std::string head = "GET " + std::string(target);
    head += host.empty() ? " HTTP/1.0\r\n" : " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
    return site.send(head + "\r\n", {}, {}, 1);
}

}  // namespace

TEST_CASE("allowed hosts: those that are listed are answered, whatever the case and the port", "[handlers][hosts]") {
    AnsweringSite site(only({"files.example", "127.0.0.1", "[::1]"}));
    site.directory.write("a.txt", "a");
    for (const char* host : {"files.example", "FILES.Example", "files.example:8080", "files.example:", "127.0.0.1",
                             "127.0.0.1:4221", "[::1]", "[::1]:4221"}) {
        CAPTURE(host);
        CHECK(get(site, "/a.txt", host).status() == 200);
    }
}

TEST_CASE("allowed hosts: others are misdirected, loopback too", "[handlers][hosts]") {
    AnsweringSite site(only({"files.example", "[::1]"}));
    site.directory.write("a.txt", "a");
    for (const char* host : {"evil.example", "localhost", "127.0.0.1:4221", "[::2]", "[::1:1]", "files.example.evil",
                             "evil.files.example", "file", "files.example.", "files.exampl%65"}) {
        CAPTURE(host);
        const Answer answer = get(site, "/a.txt", host);
        CHECK(answer.status() == 421);
        CHECK(answer.body().find("--") == std::string::npos);
        CHECK_FALSE(answer.response.reason.empty());  // what is logged and counted
    }
    CHECK(get(site, "/a.txt", "").status() == 421);
    CHECK(get(site, "/a.txt", "").body().find("names no host") != std::string::npos);
}

TEST_CASE("allowed hosts: the target's host wins over the field", "[handlers][hosts]") {
    AnsweringSite site(only({"files.example"}));
    site.directory.write("a.txt", "a");
    CHECK(get(site, "http://files.example/a.txt", "evil.example").status() == 200);
    CHECK(get(site, "http://FILES.example:80/a.txt", "evil.example").status() == 200);
    CHECK(get(site, "http://evil.example/a.txt", "files.example").status() == 421);
    CHECK(get(site, "http://files.example/a.txt", "").status() == 200);  // HTTP/1.0
}

TEST_CASE("allowed hosts: every method and path is refused, and nothing changes", "[handlers][hosts]") {
    AnsweringSite site(only({"files.example"}));  // the host of the tests is "x"
    site.directory.write("a.txt", "a");
    CHECK(site.put("/b.txt", "b").status() == 421);
    CHECK(site.put("/b.txt", "b").before_body);
    CHECK(site.upload("POST", "/", "b", "Origin: http://x\r\nSec-Fetch-Site: same-origin\r\n").status() == 421);
    CHECK(site.upload("POST", "/database.txt", "a=b").status() == 421);
    for (const char* method : {"DELETE", "OPTIONS", "MKCOL", "PATCH", "BREW"}) {
        CHECK(site.ask(method, "/a.txt").status() == 421);
    }
    CHECK(site.ask("OPTIONS", "*").status() == 421);
    CHECK(site.ask("GET", "/.godwit/style.css").status() == 421);
    CHECK(site.ask("GET", "/echo/x").status() == 421);
    CHECK(site.ask("GET", "/a.txt", "Expect: other\r\n").status() == 421);
    CHECK(site.directory.list() == std::vector<std::string>{"a.txt"});
}

TEST_CASE("allowed hosts: /healthz is reachable by address, unless it is a file", "[handlers][hosts]") {
    AnsweringSite site(only({"files.example"}));
    CHECK(get(site, "/healthz", "10.0.0.7:4221").status() == 200);
    CHECK(get(site, "/healthz", "").status() == 200);
    CHECK(get(site, "/healthz/", "10.0.0.7").status() == 421);
    site.directory.write("healthz", "a file");
    site.start();
    CHECK(get(site, "/healthz", "10.0.0.7").status() == 421);
    CHECK(get(site, "/healthz", "files.example").body() == "a file");
}

TEST_CASE("allowed hosts: without the option any host is answered", "[handlers][hosts]") {
    AnsweringSite site;
    site.directory.write("a.txt", "a");
    CHECK(get(site, "/a.txt", "evil.example").status() == 200);
    CHECK(get(site, "/a.txt", "").status() == 200);
}
