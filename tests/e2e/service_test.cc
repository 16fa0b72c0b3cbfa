// The program under a service manager: its messages, and sockets that were opened before it.
#include <signal.h>

#include "e2e/site.h"
#include "net/listener.h"
#include "support/notify_socket.h"

using e2e::Site;
using support::ServerSettings;

namespace {

constexpr int kPatienceMs = 10'000;

/// The next message that is no sign of life for the watchdog.
std::string next_message(const support::NotifySocket& manager) {
    std::string text = manager.next(kPatienceMs);
    while (text == "WATCHDOG=1\n") text = manager.next(kPatienceMs);
    return text;
}

net::Listener open_listener() {
    auto listener = net::Listener::open(net::Address::parse("127.0.0.1", 0).value(), 16);
    REQUIRE(listener);
    return std::move(*listener);
}

}  // namespace

TEST_CASE("service: the manager hears of the start, of a reload, of life and of the end", "[e2e][service]") {
    const support::TempDir folder;
    const support::NotifySocket manager(folder.at("notify"));
    Site site(ServerSettings{.environment = {"NOTIFY_SOCKET=" + folder.at("notify"), "WATCHDOG_USEC=100000"}});
    CHECK(manager.next(kPatienceMs) ==
          "READY=1\nMAINPID=" + std::to_string(site.server.pid()) +
              "\nSTATUS=" + site.server.start_line().substr(site.server.start_line().find("serving")) + "\n");
    CHECK(manager.next(kPatienceMs) == "WATCHDOG=1\n");
    CHECK(manager.next(kPatienceMs) == "WATCHDOG=1\n");
    site.server.signal(SIGHUP);
    CHECK(next_message(manager).starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(next_message(manager).starts_with("READY=1\n"));
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    site.server.signal(SIGTERM);
    CHECK(next_message(manager).starts_with("STOPPING=1\n"));
    CHECK(site.server.wait(kPatienceMs) == 0);
}

TEST_CASE("service: sockets that were handed over take the place of --bind and --port", "[e2e][service]") {
    const net::Listener listener = open_listener();
    const std::uint16_t port = listener.address().port();
    Site site(ServerSettings{.options = {"--bind", "127.0.0.1:1"}, .handed = {listener.descriptor()}});
    CHECK(site.server.port() == port);
    CHECK(site.server.start_line().find("on http://127.0.0.1:" + std::to_string(port) + "/ (") != std::string::npos);
    CHECK(site.server.start_line().ends_with("; on sockets that were handed over)"));
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
}

TEST_CASE("service: a restart on a socket that stays open refuses nobody", "[e2e][service]") {
    const net::Listener listener = open_listener();
    std::optional<Site> site(std::in_place, ServerSettings{.handed = {listener.descriptor()}});
    CHECK(site->fetch("GET", "/hello.txt").status == 200);
    CHECK(site->server.stop() == 0);
    support::RawClient early(listener.address().port());
    early.send("GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    site.emplace(ServerSettings{.handed = {listener.descriptor()}});
    const auto answer = early.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 200);
}

TEST_CASE("service: a socket named https needs what TLS needs, and TLS needs such a socket", "[e2e][service]") {
    const net::Listener listener = open_listener();
    const support::TempDir folder;
    ServerSettings settings{.directory = folder.path(),
                            .options = {"--bind", "https://127.0.0.1", "--hsts", "60"},
                            .await_start = false,
                            .handed = {listener.descriptor()}};
    support::ServerProcess plain(settings);
    REQUIRE(plain.wait(kPatienceMs));
    CHECK(*plain.wait(0) != 0);
    settings.options = {};
    settings.environment = {"LISTEN_FDNAMES=https"};
    const bool has_tls =
        support::run_command({support::godwit_program(), "--version"}).output.find("TLS (") != std::string::npos;
    support::ServerProcess secure(settings);
    if (has_tls) {
        CHECK(support::eventually(
            [&] { return secure.output_text().find("on https://127.0.0.1:") != std::string::npos; }, kPatienceMs));
    } else {
        CHECK(secure.wait(kPatienceMs) == 1);
    }
}
