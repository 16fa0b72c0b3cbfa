// Connections that begin with a PROXY header: whose they are, and what is not believed.
#include "server/proxied_connection.h"

#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/reactor_bench.h"

namespace {

using support::ReactorBench;

constexpr std::string_view kLine = "PROXY TCP4 203.0.113.9 198.51.100.2 40000 443\r\n";

/// A server whose proxies connect to its unix socket.
struct Bench : ReactorBench {
    Bench() {
        config.trusted_proxies.push_back(*net::AddressRange::parse("unix"));
        config.proxy_protocol = net::ProxyVersions::both;
        handler.on_client = [this](const http::Request& request) { client = request.client; };
    }
    /// What a connection that sends `bytes` receives.
    std::string exchange(std::string_view bytes) {
        const base::Fd peer = connect();
        send(peer, bytes);
        turns(1);
        return receive(peer);
    }
    [[nodiscard]] bool counts(const std::string& counter) const {
        return base::counters_line(counters).find(counter) != std::string::npos;
    }

    http::Client client;  ///< of the last request
};

http::ClientKey key_of(std::string_view address) { return server::client_key(*net::parse_peer(address)); }

std::string line_of(std::string_view address) {
    return "PROXY TCP4 " + std::string(address) + " 198.51.100.2 40000 443\r\n";
}

}  // namespace

TEST_CASE("proxied connection: the request is that of the client whom the proxy names", "[server][proxy]") {
    Bench bench;
    const std::string answer = bench.exchange(std::string(kLine) + Bench::get("/a") + Bench::get("/b"));
    CHECK(answer.starts_with("HTTP/1.1 200 "));
    CHECK(bench.handler.order == std::vector<std::string>{"/a", "/b"});
    CHECK(bench.client.key == key_of("203.0.113.9"));
    CHECK(bench.client.scheme == http::Client::Scheme::unknown);
    CHECK(bench.counts("connections_accepted=1"));
}

TEST_CASE("proxied connection: the header may come in pieces, and before the request", "[server][proxy]") {
    Bench bench;
    const base::Fd peer = bench.connect();
    for (const char byte : std::string(kLine)) {
        Bench::send(peer, std::string_view(&byte, 1));
        bench.reactor->turn();
    }
    bench.turns(1);
    Bench::send(peer, Bench::get("/a"));
    bench.turns(1);
    CHECK(Bench::receive(peer).starts_with("HTTP/1.1 200 "));
    CHECK(bench.client.key == key_of("203.0.113.9"));
}

TEST_CASE("proxied connection: the binary header says https", "[server][proxy]") {
    Bench bench;
    const std::string header(
        "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x14\xcb\0\x71\x09\xc6\x33\x64\x02\x9c\x40\x01\xbb"
        "\x20\0\x05\x01\0\0\0\0",
        36);
    CHECK(bench.exchange(header + Bench::get("/a")).starts_with("HTTP/1.1 200 "));
    CHECK(bench.client.key == key_of("203.0.113.9"));
    CHECK(bench.client.scheme == http::Client::Scheme::https);
}

TEST_CASE("proxied connection: fields of a client behind the proxy are not believed", "[server][proxy]") {
    Bench bench;
    const std::string request =
        "GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.77\r\nX-Forwarded-Proto: https\r\n\r\n";
    bench.exchange(std::string(kLine) + request);
    CHECK(bench.client.key == key_of("203.0.113.9"));
    // The proxy names nobody: still anybody may have written the fields.
    bench.exchange("PROXY UNKNOWN\r\n" + request);
    CHECK(bench.client.key == http::ClientKey());
    CHECK(bench.client.scheme == http::Client::Scheme::unknown);
    CHECK(bench.handler.order.size() == 2);
    // A client that is a trusted proxy itself says who is behind it.
    bench.config.trusted_proxies.push_back(*net::AddressRange::parse("203.0.113.9"));
    bench.exchange(std::string(kLine) + request);
    CHECK(bench.client.key == key_of("192.0.2.77"));
}

TEST_CASE("proxied connection: without a header, or with a wrong one, it is closed and counted", "[server][proxy]") {
    Bench bench;
    for (const std::string_view bytes : {"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "PROXY TCP4 203.0.113.9\r\n"}) {
        const base::Fd peer = bench.connect();
        Bench::send(peer, bytes);
        bench.turns(1);
        CHECK(Bench::receive(peer).empty());
    }
    CHECK(bench.handler.order.empty());
    CHECK(bench.counts("proxy_headers_refused=2"));
    CHECK(bench.counts("requests=0"));
}

TEST_CASE("proxied connection: nobody but a trusted proxy may connect", "[server][proxy]") {
    Bench bench;
    bench.config.trusted_proxies = {*net::AddressRange::parse("10.0.0.0/8")};
    CHECK(bench.exchange(std::string(kLine) + Bench::get("/a")).empty());
    CHECK(bench.handler.order.empty());
    CHECK(bench.counts("proxy_strangers=1"));
}

TEST_CASE("proxied connection: the header has a deadline that trickling does not move", "[server][proxy]") {
    Bench bench;
    const base::Fd peer = bench.connect();
    Bench::send(peer, "PROXY ");
    bench.turns(1);
    bench.clock.advance_ms(bench.config.header_timeout_ms - 1);
    Bench::send(peer, "TCP4 ");
    bench.turns(1);
    CHECK_FALSE(Bench::is_ended(peer));
    bench.clock.advance_ms(1);
    bench.turns(1);
    CHECK(Bench::is_ended(peer));
    CHECK(bench.counts("proxy_headers_refused=1"));
}

TEST_CASE("proxied connection: a proxy that only looks whether the server is there leaves no trace",
          "[server][proxy]") {
    Bench bench;
    bench.connect().reset();
    bench.turns(1);
    CHECK(bench.counts("proxy_headers_refused=0"));
    CHECK(bench.counts("deadlines_passed=0"));
}

TEST_CASE("proxied connection: connections are counted for the client, not for the proxy", "[server][proxy]") {
    Bench bench;
    bench.config.max_connections_per_client = 2;
    const std::string begun = "GET /a HTTP/1.1\r\n";
    std::vector<base::Fd> held;
    for (int i = 0; i < 2; ++i) {
        held.push_back(bench.connect());
        Bench::send(held.back(), std::string(kLine) + begun);
    }
    bench.turns(1);
    CHECK(bench.exchange(std::string(kLine) + Bench::get("/b")).starts_with("HTTP/1.1 503 "));
    CHECK(bench.exchange(line_of("203.0.113.10") + Bench::get("/c")).starts_with("HTTP/1.1 200 "));
    CHECK(bench.counts("connections_over_share=1"));
    held.pop_back();
    bench.turns(1);
    CHECK(bench.exchange(std::string(kLine) + Bench::get("/d")).starts_with("HTTP/1.1 200 "));
}

TEST_CASE("proxied connection: at the limit of all an unused connection makes room", "[server][proxy]") {
    Bench bench;
    bench.config.max_connections = 2;
    const base::Fd silent = bench.connect();
    const base::Fd busy = bench.connect();
    Bench::send(busy, std::string(kLine) + "GET /a HTTP/1.1\r\n");
    bench.turns(1);
    CHECK(bench.exchange(line_of("203.0.113.10") + Bench::get("/b")).starts_with("HTTP/1.1 200 "));
    CHECK(Bench::is_ended(silent));
    const base::Fd second = bench.connect();
    Bench::send(second, std::string(kLine) + "GET /a HTTP/1.1\r\n");
    bench.turns(1);
    CHECK(bench.exchange(line_of("203.0.113.10") + Bench::get("/c")).starts_with("HTTP/1.1 503 "));
    CHECK(bench.counts("connections_refused=1"));
}
