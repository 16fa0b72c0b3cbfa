// Which host names a site answers under, listed or known, and what it says to requests for others.
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

/// A client with an IPv4 address.
constexpr http::Client kBrowser{
    .key = {0, (std::uint64_t{4} << 32) | 1}, .scheme = {}, .is_forwarded = false, .host = {}};

site::SiteConfig guarded() {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.own_hosts = {.is_local = false, .names = {"box", "box.local"}, .is_certified = [](std::string_view host) {
                            return host == "www.example" || host == "WWW.example";
                        }};
    return config;
}

Answer ask(AnsweringSite& site, std::string_view method, std::string_view host, std::string_view line) {
    std::string head = std::string(method) + " /a.txt HTTP/1.1\r\nHost: " + std::string(host) + "\r\n";
    return site.send(head.append(line).append("\r\n\r\n"), {}, {}, 1);
}

Answer browse(AnsweringSite& site, std::string_view host) { return ask(site, "GET", host, "User-Agent: Mozilla/5.0"); }

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

TEST_CASE("allowed hosts: a star, or no guard, answers any host", "[handlers][hosts]") {
    site::SiteConfig any = only({"files.example"});
    any.answers_any_host = true;
    for (const site::SiteConfig& config : {any, site::SiteConfig()}) {
        AnsweringSite site(config);
        site.client = kBrowser;
        site.directory.write("a.txt", "a");
        CHECK(site.send("GET /a.txt HTTP/1.1\r\nHost: evil.example\r\nUser-Agent: b\r\n\r\n", {}, {}, 1).status() ==
              200);
        CHECK(get(site, "/a.txt", "").status() == 200);
    }
}

TEST_CASE("own hosts: a browser is answered under names that no stranger's DNS can make lead here",
          "[handlers][hosts]") {
    AnsweringSite site(guarded());
    site.client = kBrowser;
    site.directory.write("a.txt", "a");
    for (const char* const host :
         {"localhost", "LOCALHOST:4221", "localhost.", "a.localhost", "127.0.0.1:80", "192.0.2.7", "[::1]:4221",
          "[2001:db8::1]", "nas", "box", "Box.local", "box.local.", "www.example", "WWW.example:443"}) {
        CAPTURE(host);
        CHECK(browse(site, host).status() == 200);
    }
    for (const char* const host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "1.2.3.4.5",
                                   "1.2.3", "box.local.evil", "evillocalhost.x", "a.box", "other.example"}) {
        CAPTURE(host);
        CHECK(browse(site, host).status() == 421);
    }
}

TEST_CASE("own hosts: reading is guarded where only this machine can connect", "[handlers][hosts]") {
    site::SiteConfig config;
    for (const bool is_local : {true, false}) {
        config.own_hosts.is_local = is_local;
        AnsweringSite site(config);
        site.client = kBrowser;
        site.directory.write("a.txt", "a");
        CHECK(browse(site, "evil.example").status() == (is_local ? 421 : 200));
        CHECK(browse(site, "localhost").status() == 200);
    }
}

TEST_CASE("own hosts: a refusal is counted, and only the operator reads of the option", "[handlers][hosts]") {
    AnsweringSite site(guarded());
    site.client = kBrowser;
    base::Counters counters;
    site.site->register_counters(counters);
    const Answer answer = browse(site, "evil.example");
    CHECK(answer.status() == 421);
    CHECK(answer.body().find("--") == std::string::npos);
    CHECK(answer.response.reason.find("--allowed-host") != std::string_view::npos);
    std::uint64_t counted = 0;
    counters.visit([&](const base::Counter& counter, std::uint64_t value) {
        if (counter.name == "requests_misdirected") counted = value;
    });
    CHECK(counted == 1);
    site.site.reset();  // before the registry
}

TEST_CASE("own hosts: every field that a browser sends shows one", "[handlers][hosts]") {
    AnsweringSite site(guarded());
    site.client = kBrowser;
    site.directory.write("a.txt", "a");
    for (const char* const line :
         {"User-Agent: x", "Accept-Encoding: identity", "Origin: null", "Referer: http://x/", "Cookie: a=b"}) {
        CAPTURE(line);
        CHECK(ask(site, "GET", "evil.example", line).status() == 421);
        CHECK(ask(site, "DELETE", "evil.example", line).status() == 421);
    }
    CHECK(ask(site, "GET", "evil.example", "Accept: */*").status() == 200);
    CHECK(site.directory.list() == std::vector<std::string>{"a.txt"});
}

TEST_CASE("own hosts: behind a trusted proxy or a unix socket names are the proxy's matter", "[handlers][hosts]") {
    AnsweringSite site(guarded());
    site.directory.write("a.txt", "a");
    CHECK(browse(site, "evil.example").status() == 200);
    site.client = kBrowser;
    CHECK(browse(site, "evil.example").status() == 421);
    site.client.is_forwarded = true;
    CHECK(browse(site, "evil.example").status() == 200);
}

TEST_CASE("own hosts: listed names take the place of those that are known", "[handlers][hosts]") {
    site::SiteConfig config = guarded();
    config.allowed_hosts = {"files.example"};
    AnsweringSite site(config);
    site.client = kBrowser;
    site.directory.write("a.txt", "a");
    CHECK(browse(site, "files.example").status() == 200);
    CHECK(browse(site, "localhost").status() == 421);
}

TEST_CASE("allowed hosts: an authority reads its challenge by the name that is still to be certified",
          "[handlers][hosts]") {
    const auto asked = [](const site::SiteConfig& config, const std::string& method, const std::string& path) {
        AnsweringSite site(config);
        site.client = kBrowser;
        site.directory.write(".well-known/acme-challenge/token", "t");
        const std::string head =
            method + " " + path + " HTTP/1.1\r\nHost: new.example\r\nUser-Agent: Mozilla/5.0\r\n\r\n";
        return site.send(head, {}, {}, 1).status();
    };
    const std::string token = "/.well-known/acme-challenge/token";
    CHECK(asked(guarded(), "GET", token) == 200);
    CHECK(asked(guarded(), "HEAD", token) == 200);
    CHECK(asked(guarded(), "GET", "/.well-known/other") == 421);
    CHECK(asked(guarded(), "DELETE", token) == 421);
    CHECK(asked(only({"files.example"}), "GET", token) == 421);
}
