// PROXY headers, as HAProxy sends them and made by hand. Where haproxy or curl is not installed, its tests pass with a
// warning.
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/site.h"
#include "e2e/tls_site.h"
#include "net/listener.h"

namespace {

using e2e::Site;
using e2e::TlsSite;

constexpr const char* kClient = "127.0.0.5";

bool haproxy_is_missing() {
    static const bool missing =
        support::run_command({"haproxy", "-v"}).status != 0 || support::run_command({"curl", "--version"}).status != 0;
    if (missing) WARN("haproxy or curl is not installed");
    return missing;
}

/// HAProxy in front of `server_port`, at a port of its own.
class Haproxy {
public:
    /// `mode`: tcp or http; `words`: of its line "server".
    Haproxy(std::uint16_t server_port, const std::string& mode, const std::string& words) : port_(free_port()) {
        const std::string front = "127.0.0.1:" + std::to_string(port_);
        folder_.write("haproxy.cfg",
                      "global\n  maxconn 100\ndefaults\n  mode " + mode +
                          "\n  timeout connect 5s\n  timeout client 10s\n  timeout server 10s\nlisten front\n  bind " +
                          front + "\n  server godwit 127.0.0.1:" + std::to_string(server_port) + " " + words + "\n");
        const auto begun =
            support::run_command({"haproxy", "-D", "-f", folder_.at("haproxy.cfg"), "-p", folder_.at("haproxy.pid")});
        INFO(begun.output);
        REQUIRE(begun.status == 0);
    }
    ~Haproxy() {
        const int pid = std::atoi(folder_.read("haproxy.pid").c_str());
        if (pid > 1) ::kill(pid, SIGKILL);
    }
    Haproxy(const Haproxy&) = delete;
    Haproxy& operator=(const Haproxy&) = delete;

    /// curl from the address kClient.
    [[nodiscard]] support::Finished curl(const std::string& scheme, const std::string& path,
                                         const std::vector<std::string>& words = {}) const {
        std::vector<std::string> all{"curl", "-sSk", "--max-time", "20", "--noproxy", "*", "--interface", kClient};
        all.insert(all.end(), words.begin(), words.end());
        all.push_back(scheme + "://127.0.0.1:" + std::to_string(port_) + path);
        return support::run_command(all);
    }

private:
    static std::uint16_t free_port() {
        return net::Listener::open(*net::Address::parse("127.0.0.1", 0), 1)->address().port();
    }

    support::TempDir folder_;
    std::uint16_t port_;
};

std::vector<std::string> proxied(const std::string& versions = "on") {
    return {"--allow-all", "--proxy-protocol", versions, "--trusted-proxy", "127.0.0.1", "--access-log", "-"};
}

bool logs_client(const Site& site, const std::string& request) {
    return support::eventually([&] {
        const std::string text = site.server.output_text();
        const std::size_t line = text.find("\n" + std::string(kClient) + " - - [");
        return line != std::string::npos && text.find(request, line) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("proxy: behind HAProxy the log has the client, with either version", "[e2e][proxy]") {
    if (haproxy_is_missing()) return;
    for (const std::string words : {"send-proxy", "send-proxy-v2", "send-proxy-v2 check send-proxy"}) {
        for (const std::string mode : {"tcp", "http"}) {
            CAPTURE(words, mode);
            const Site site(proxied(words == "send-proxy" ? "v1" : "v2"));
            const Haproxy proxy(site.server.port(), mode, words);
            const auto answer = proxy.curl("http", "/hello.txt", {"-H", "X-Forwarded-For: 192.0.2.77"});
            INFO(answer.output);
            CHECK(answer.output == "hello, world\n");
            CHECK(proxy.curl("http", "/up.txt", {"-T", site.files.at("big.bin")}).status == 0);
            CHECK(site.files.read("up.txt") == site.files.read("big.bin"));
            CHECK(logs_client(site, "\"GET /hello.txt "));
            CHECK(site.server.output_text().find("192.0.2.77") == std::string::npos);
        }
    }
}

TEST_CASE("proxy: TLS follows the header of HAProxy", "[e2e][proxy]") {
    if (haproxy_is_missing() || e2e::tls_is_missing()) return;
    for (const std::string words : {"send-proxy", "send-proxy-v2"}) {
        const TlsSite tls(proxied());
        const Haproxy proxy(tls.site.server.port(), "tcp", words);
        CHECK(proxy.curl("https", "/hello.txt").output == "hello, world\n");
        CHECK(proxy.curl("https", "/hello.txt", {"--http1.1"}).output == "hello, world\n");
        CHECK(logs_client(tls.site, "\"GET /hello.txt "));
    }
}

TEST_CASE("proxy: a client that is no proxy is closed", "[e2e][proxy]") {
    const Site site(
        std::vector<std::string>{"--proxy-protocol", "on", "--trusted-proxy", "10.0.0.0/8", "--access-log", "-"});
    support::RawClient client = site.connect();
    client.send("PROXY TCP4 203.0.113.9 198.51.100.2 40000 443\r\n" + support::request("GET", "/hello.txt"));
    CHECK_FALSE(client.read_response());
    CHECK(client.last_end() != support::ReadEnd::timeout);
    CHECK(site.server.output_text().find("GET") == std::string::npos);
}

TEST_CASE("proxy: a header in pieces, then pipelined requests", "[e2e][proxy]") {
    const Site site(proxied());
    support::RawClient client = site.connect();
    client.send_bytewise("PROXY TCP6 2001:db8::9 2001:db8::1 40000 443\r\n");
    client.send(support::request("GET", "/hello.txt") + support::request("GET", "/list/a.txt"));
    const auto first = client.read_response();
    REQUIRE(first);
    CHECK(first->body == "hello, world\n");
    const auto second = client.read_response();
    REQUIRE(second);
    CHECK(second->body == "a\n");
    CHECK(
        support::eventually([&] { return site.server.output_text().find("2001:db8::9 - - [") != std::string::npos; }));
}
