// The admin listeners of the real program, beside its site.
#include <signal.h>

#include <charconv>
#include <sstream>

#include "e2e/site.h"
#include "net/listener.h"

using e2e::Site;
using support::RawClient;

namespace {

/// A port of the start line, behind `before`.
std::uint16_t port_behind(const std::string& line, std::string_view before) {
    const std::size_t begin = line.find(before) + before.size();
    std::uint16_t port = 0;
    std::from_chars(line.data() + begin, line.data() + line.size(), port);
    return port;
}

struct WatchedSite {
    explicit WatchedSite(std::vector<std::string> more = {}) : site(options(std::move(more))) {}

    static std::vector<std::string> options(std::vector<std::string> more) {
        more.insert(more.end(), {"--admin", "127.0.0.1:0", "--allow-all", "--access-log", "-"});
        return more;
    }
    [[nodiscard]] std::uint16_t port() const {
        return port_behind(site.server.start_line(), "; admin on http://127.0.0.1:");
    }
    [[nodiscard]] std::string metrics() const { return support::fetch(port(), "GET", "http://localhost/metrics").body; }

    Site site;
};

bool has(const std::string& text, std::string_view line) { return text.find(line) != std::string::npos; }

}  // namespace

TEST_CASE("admin: metrics follow what clients of the site do", "[e2e][admin]") {
    WatchedSite watched;
    CHECK(watched.site.fetch("GET", "/hello.txt").status == 200);
    CHECK(watched.site.fetch("GET", "/missing").status == 404);
    CHECK(watched.site.fetch("PUT", "/new.txt", {}, "new").status == 201);
    CHECK(watched.site.fetch("BREW", "/").status == 501);
    const std::string text = watched.metrics();
    CHECK(has(text, "\ngodwit_requests_total{method=\"GET\",class=\"2xx\"} 1\n"));
    CHECK(has(text, "\ngodwit_requests_total{method=\"GET\",class=\"4xx\"} 1\n"));
    CHECK(has(text, "\ngodwit_requests_total{method=\"PUT\",class=\"2xx\"} 1\n"));
    CHECK(has(text, "\ngodwit_requests_total{method=\"other\",class=\"5xx\"} 1\n"));
    CHECK(has(text, "\ngodwit_request_duration_seconds_count 4\n"));
    CHECK(has(text, "\ngodwit_uploads_committed_total 1\n"));
    CHECK(has(text, "\ngodwit_connections_accepted_total 4\n"));
    CHECK(has(text, "\ngodwit_loop_longest_turn_seconds 0."));
    CHECK(has(text, "\ngodwit_disk_queue_depth 0\n"));
    // Read from /proc, which the sandbox closes.
    CHECK(has(text, "\ngodwit_resident_bytes "));
    CHECK_FALSE(has(text, "\ngodwit_resident_bytes 0\n"));
}

TEST_CASE("admin: whoever watches is neither counted nor logged, and serves no files", "[e2e][admin]") {
    WatchedSite watched;
    for (int i = 0; i < 3; ++i) CHECK(!watched.metrics().empty());
    CHECK(support::fetch(watched.port(), "GET", "http://localhost/hello.txt").status == 404);
    CHECK(support::fetch(watched.port(), "PUT", "http://localhost/x.txt", {}, "x").status == 405);
    CHECK(support::fetch(watched.port(), "GET", "http://evil.example/metrics").status == 421);
    const std::string text = watched.metrics();
    CHECK(has(text, "\ngodwit_connections_accepted_total 0\n"));
    CHECK(has(text, "\ngodwit_bytes_sent_total 0\n"));
    CHECK(has(text, "\ngodwit_connections{state=\"busy\"} 0\n"));
    CHECK(has(text, "\ngodwit_requests_total{method=\"GET\",class=\"4xx\"} 0\n"));
    CHECK(watched.site.server.stop() == 0);
    CHECK(watched.site.server.output_text().find("GET") == std::string::npos);
}

TEST_CASE("admin: the set of series does not depend on what clients send", "[e2e][admin]") {
    WatchedSite watched;
    const auto names = [&watched] {
        std::string text;
        std::istringstream lines(watched.metrics());
        for (std::string line; std::getline(lines, line);) text += line.substr(0, line.rfind(' ')) + "\n";
        return text;
    };
    const std::string before = names();
    for (int i = 0; i < 20; ++i) {
        (void)watched.site.fetch("M" + std::to_string(i), "/" + std::to_string(i),
                                 {"User-Agent: " + std::to_string(i)});
    }
    CHECK(names() == before);
}

TEST_CASE("admin: can be asked when clients have every connection", "[e2e][admin]") {
    WatchedSite watched({"--max-connections", "2"});
    std::vector<RawClient> clients;
    for (int i = 0; i < 2; ++i) {
        clients.push_back(watched.site.connect());
        clients.back().send("PUT /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx");
    }
    CHECK(support::eventually([&] { return has(watched.metrics(), "\ngodwit_connections{state=\"busy\"} 2\n"); }));
    CHECK(watched.site.fetch("GET", "/hello.txt").status == 503);
    CHECK(has(watched.metrics(), "\ngodwit_connections_over_share_total 1\n"));
}

TEST_CASE("admin: connections that a watcher forgot to close make room for the next one", "[e2e][admin]") {
    const WatchedSite watched;
    constexpr int kMost = 64;
    std::vector<RawClient> forgotten;
    for (int i = 0; i < kMost; ++i) {
        forgotten.emplace_back(watched.port());
        forgotten.back().send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const auto answer = forgotten.back().read_response();
        REQUIRE(answer);
        CHECK(answer->status == 200);
    }
    CHECK(support::fetch(watched.port(), "GET", "http://localhost/readyz").status == 200);
    CHECK(forgotten.front().ends());
}

TEST_CASE("admin: says that the server stops while requests are finished", "[e2e][admin]") {
    WatchedSite watched;
    const std::uint16_t port = watched.port();
    CHECK(support::fetch(port, "GET", "http://localhost/readyz").status == 200);
    const RawClient slow = watched.site.connect();
    slow.send("PUT /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx");
    CHECK(support::eventually([&] { return has(watched.metrics(), "\ngodwit_connections{state=\"busy\"} 1\n"); }));
    watched.site.server.signal(SIGTERM);
    CHECK(support::eventually([&] { return support::fetch(port, "GET", "http://localhost/readyz").status == 503; }));
    CHECK(support::fetch(port, "GET", "http://localhost/healthz").status == 200);
    slow.send("y");
    CHECK(watched.site.server.wait(10'000) == 0);
}

TEST_CASE("admin: a unix socket is answered under any name", "[e2e][admin]") {
    const support::TempDir folder;
    Site site({"--admin", "unix:" + folder.at("admin")});
    RawClient client(folder.at("admin"));
    client.send("GET /healthz HTTP/1.1\r\nHost: anything\r\n\r\n");
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(site.server.stop() == 0);
    CHECK_FALSE(folder.has("admin"));
}

TEST_CASE("admin: a handed-over socket named admin watches, and only where others cannot reach it", "[e2e][admin]") {
    const auto site_socket = net::Listener::open(net::Address::parse("127.0.0.1", 0).value(), 16);
    const auto admin_socket = net::Listener::open(net::Address::parse("127.0.0.1", 0).value(), 16);
    const auto open_socket = net::Listener::open(net::Address::parse("0.0.0.0", 0).value(), 16);
    REQUIRE((site_socket && admin_socket && open_socket));
    support::ServerSettings settings{.environment = {"LISTEN_FDNAMES=web:admin"},
                                     .handed = {site_socket->descriptor(), admin_socket->descriptor()}};
    const Site site(settings);
    CHECK(support::fetch(admin_socket->address().port(), "GET", "http://localhost/healthz").body == "ok\n");
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    settings.directory = site.files.path();
    settings.handed.back() = open_socket->descriptor();
    settings.await_start = false;
    support::ServerProcess refused(settings);
    CHECK(refused.wait(10'000) == 1);
    CHECK(has(refused.error_text(), "can be reached by others"));
}
