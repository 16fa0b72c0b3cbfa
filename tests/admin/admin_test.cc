// What the admin listeners answer, through the handler.
#include "admin/admin.h"

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/parsed_request.h"

using admin::Admin;
using admin::Hosts;

namespace {

struct Bench {
    explicit Bench(Hosts hosts = Hosts::any)
        : watched(counters, clock, {.version = "1.2.3", .directory = "/srv", .addresses = {"http://127.0.0.1:1/"}},
                  hosts) {}

    Answer ask(std::string_view method, std::string_view target, std::string_view lines = {}) {
        const ParsedRequest request(method, target, lines);
        return take_answer(watched.handle(request.get()), request.get().method);
    }

    FakeClock clock;
    base::Counters counters;
    std::uint64_t hits = 7;
    base::Counters::Registration shown =
        counters.add({base::counter("hits", base::CounterKind::total, "hits of the cache", hits)});
    Admin watched;
};

}  // namespace

TEST_CASE("admin: metrics are Prometheus' text, and OpenMetrics for those who name it", "[admin]") {
    Bench bench;
    const Answer plain = bench.ask("GET", "/metrics", "Accept: */*\r\n");
    CHECK(plain.status == 200);
    CHECK(plain.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(plain.field("Vary") == "Accept");
    CHECK(plain.body.find("godwit_hits_total 7\n") != std::string::npos);
    const Answer open =
        bench.ask("GET", "/metrics", "Accept: application/openmetrics-text; version=1.0.0, */*;q=0.1\r\n");
    CHECK(open.field("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8");
    CHECK(open.body.ends_with("# EOF\n"));
}

TEST_CASE("admin: the status is JSON for programs and a page for browsers", "[admin]") {
    Bench bench;
    bench.clock.advance_ms(2500);
    const Answer json = bench.ask("GET", "/status", "Accept: */*\r\n");
    CHECK(json.field("Content-Type") == "application/json");
    CHECK(json.body.find("\"uptime_s\":2,") != std::string::npos);
    const Answer page = bench.ask("GET", "/status", "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n");
    CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.field("Content-Security-Policy").starts_with("default-src 'none'; style-src 'self';"));
    CHECK(page.body.find("hits of the cache") != std::string::npos);
    CHECK(bench.ask("GET", "/status.css").field("Content-Type") == "text/css; charset=utf-8");
}

TEST_CASE("admin: is ready until the server stops, and healthy also then", "[admin]") {
    Bench bench;
    CHECK(bench.ask("GET", "/healthz").body == "ok\n");
    CHECK(bench.ask("GET", "/readyz").status == 200);
    bench.watched.begin_stopping();
    CHECK(bench.ask("GET", "/readyz").status == 503);
    CHECK(bench.ask("GET", "/healthz").status == 200);
    CHECK(bench.ask("GET", "/status").body.find("\"state\":\"stopping\"") != std::string::npos);
}

TEST_CASE("admin: nothing is stored by caches, and HEAD states what GET has", "[admin]") {
    Bench bench;
    for (const char* path : {"/metrics", "/status", "/healthz", "/readyz", "/status.css"}) {
        INFO(path);
        const Answer got = bench.ask("GET", path);
        const Answer head = bench.ask("HEAD", path);
        CHECK(got.field("Cache-Control") == "no-store");
        CHECK(head.body.empty());
        CHECK(head.length == got.body.size());
    }
}

TEST_CASE("admin: other paths and methods are refused", "[admin]") {
    Bench bench;
    CHECK(bench.ask("GET", "/hello.txt").status == 404);
    CHECK(bench.ask("PUT", "/metrics", "Content-Length: 1\r\n").status == 405);
    CHECK(bench.ask("POST", "/").field("Allow") == "GET, HEAD");
}

TEST_CASE("admin: a name that a stranger may have pointed here is not answered", "[admin]") {
    Bench bench(Hosts::own);
    for (const char* own : {"http://localhost/metrics", "http://localhost:1/metrics", "http://127.0.0.1/metrics",
                            "http://[::1]:9221/metrics"}) {
        CHECK(bench.ask("GET", own).status == 200);
    }
    for (const char* other : {"/metrics", "http://evil.example/metrics", "http://127.0.0.1.evil.example/metrics",
                              "http://localhost.evil.example/metrics"}) {
        CHECK(bench.ask("GET", other).status == 421);
    }
}
