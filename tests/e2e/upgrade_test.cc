// A server that is replaced by a newer process of its own while it is used: nobody is refused, and what was answered
// holds (docs/decisions/0049-a-server-starts-its-successor.md).
#include <signal.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "e2e/site.h"
#include "support/notify_socket.h"

namespace {

constexpr int kPatienceMs = 20'000;

std::vector<std::string> with_pidfile(const support::TempDir& own, std::vector<std::string> options) {
    options.insert(options.end(), {"--pidfile", own.at("pid"), "--error-log", own.at("errors")});
    return options;
}

/// A server with a pid file. Whichever process has the server in the end is killed with it.
struct Upgradable {
    explicit Upgradable(std::vector<std::string> options = {"--allow-all"},
                        const std::vector<std::string>& environment = {})
        : site(support::ServerSettings{.options = with_pidfile(own, std::move(options)), .environment = environment}) {}
    ~Upgradable() {
        if (const pid_t last = pid(); last > 0 && last != site.server.pid()) ::kill(last, SIGKILL);
    }

    [[nodiscard]] pid_t pid() const {
        const std::string text = own.has("pid") ? own.read("pid") : "";
        return text.empty() ? 0 : static_cast<pid_t>(std::stol(text));
    }
    [[nodiscard]] support::Finished order(const char* word) const {
        return support::run_command({support::godwit_program(), "-s", word, "--pidfile", own.at("pid")});
    }
    [[nodiscard]] bool is_gone(pid_t process) const {
        return support::eventually([process] { return ::kill(process, 0) != 0; }, kPatienceMs);
    }
    [[nodiscard]] std::string errors() const { return own.read("errors"); }

    support::TempDir own;
    e2e::Site site;
};

std::string put_head(std::string_view path, std::size_t length, std::string_view more = {}) {
    return "PUT " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n" +
           std::string(more) + "\r\n";
}

}  // namespace

TEST_CASE("upgrade: another process has the pid file and the port, and open connections are told", "[e2e][upgrade]") {
    Upgradable server;
    const pid_t before = server.pid();
    support::RawClient old = server.site.connect();
    old.send(support::request("GET", "/hello.txt"));
    const auto first = old.read_response();
    REQUIRE(first);
    CHECK_FALSE(first->has("Connection"));
    const support::Finished upgrade = server.order("upgrade");
    CHECK(upgrade.status == 0);
    CHECK(upgrade.errors.empty());
    const pid_t after = server.pid();
    CHECK(after != before);
    CHECK(server.site.fetch("GET", "/hello.txt").status == 200);
    CHECK(old.ends());
    CHECK(server.site.server.wait(kPatienceMs) == 0);
    CHECK(server.errors().find("notice: upgrade: process " + std::to_string(after) + " takes over") !=
          std::string::npos);
    CHECK(server.order("quit").status == 0);
    CHECK(server.is_gone(after));
    CHECK(support::eventually([&] { return !server.own.has("pid"); }));
}

TEST_CASE("upgrade: a new process that cannot serve changes nothing, and the log says why", "[e2e][upgrade]") {
    const support::TempDir config;
    config.write("conf", "allow-upload\n");
    Upgradable server({"--config", config.at("conf")});
    const pid_t before = server.pid();
    config.write("conf", "alow-upload\n");
    const support::Finished upgrade = server.order("upgrade");
    CHECK(upgrade.status == 1);
    CHECK(upgrade.errors ==
          "godwit: the upgrade failed, and process " + std::to_string(before) + " goes on: its error log says why\n");
    CHECK(server.pid() == before);
    CHECK(server.errors().find("no upgrade, this process goes on: the new process ended with status 2: " +
                               config.at("conf") + ", line 1: unknown option") != std::string::npos);
    CHECK(server.site.fetch("PUT", "/new", {}, "1").status == 201);
    // A mistake is no reason that keeps the next one from working.
    config.write("conf", "allow-upload\nmax-body 1\n");
    CHECK(server.order("upgrade").status == 0);
    CHECK(server.site.fetch("PUT", "/newer", {}, "12").status == 413);
}

TEST_CASE("upgrade: who writes waits for the writes of the process before, and never passes them", "[e2e][upgrade]") {
    Upgradable server;
    support::RawClient early = server.site.connect();
    early.send(put_head("/one", 10, "If-None-Match: *\r\n") + "12345");
    REQUIRE(server.order("upgrade").status == 0);
    support::RawClient late = server.site.connect();
    late.send(put_head("/one", 4, "If-None-Match: *\r\n") + "late");
    // Reading does not wait.
    CHECK(server.site.fetch("GET", "/hello.txt").status == 200);
    CHECK(late.silent(300));
    early.send("67890");
    const auto stored = early.read_response();
    REQUIRE(stored);
    CHECK(stored->status == 201);
    CHECK(stored->value("Connection") == "close");
    const auto refused = late.read_response();
    REQUIRE(refused);
    CHECK(refused->status == 412);
    CHECK(server.site.fetch("GET", "/one").body == "1234567890");
    CHECK(server.site.server.wait(kPatienceMs) == 0);
}

TEST_CASE("upgrade: while the process before still writes there is no further one", "[e2e][upgrade]") {
    Upgradable server;
    support::RawClient early = server.site.connect();
    early.send(put_head("/one", 10) + "12345");
    REQUIRE(server.order("upgrade").status == 0);
    CHECK(server.order("upgrade").status == 1);
    CHECK(server.errors().find("no upgrade, this process goes on: the process that this one has replaced still "
                               "finishes its requests") != std::string::npos);
    early.send("67890");
    CHECK(early.read_response());
    CHECK(server.site.server.wait(kPatienceMs) == 0);
    CHECK(support::eventually([&] { return server.order("upgrade").status == 0; }));
}

TEST_CASE("upgrade: a resumable upload goes on with the new process", "[e2e][upgrade]") {
    Upgradable server;
    const auto begun = server.site.fetch("PUT", "/whole", {"Upload-Complete: ?0"}, "12345");
    REQUIRE(begun.status == 201);
    const std::string path = begun.value("Location");
    REQUIRE(server.order("upgrade").status == 0);
    const auto head = server.site.fetch("HEAD", path, {});
    CHECK(head.value("Upload-Offset") == "5");
    const auto rest = server.site.fetch(
        "PATCH", path, {"Upload-Offset: 5", "Upload-Complete: ?1", "Content-Type: application/partial-upload"},
        "67890");
    CHECK(rest.status / 100 == 2);
    CHECK(server.site.fetch("GET", "/whole").body == "1234567890");
}

TEST_CASE("upgrade: the service manager hears of the new process before that one speaks", "[e2e][upgrade]") {
    const support::TempDir folder;
    const support::NotifySocket manager(folder.at("notify"));
    Upgradable server({"--allow-all"}, {"NOTIFY_SOCKET=" + folder.at("notify")});
    CHECK(manager.next(kPatienceMs).starts_with("READY=1\n"));
    REQUIRE(server.order("upgrade").status == 0);
    const std::string process = std::to_string(server.pid());
    CHECK(manager.next(kPatienceMs) == "MAINPID=" + process + "\nSTATUS=Another process takes over\n");
    CHECK(manager.next(kPatienceMs).starts_with("READY=1\nMAINPID=" + process + "\n"));
}

TEST_CASE("upgrade: a unix socket stays where it is, and goes with the last process", "[e2e][upgrade]") {
    const support::TempDir folder;
    const std::string socket = folder.at("socket");
    Upgradable server({"--bind", "unix:" + socket, "--bind", "127.0.0.1"});
    REQUIRE(server.order("upgrade").status == 0);
    CHECK(server.site.server.wait(kPatienceMs) == 0);
    support::RawClient client(socket);
    client.send(support::request("GET", "/hello.txt"));
    CHECK(client.read_response());
    const pid_t last = server.pid();
    CHECK(server.order("quit").status == 0);
    CHECK(server.is_gone(last));
    CHECK_FALSE(folder.has("socket"));
}

namespace {

/// What one client saw.
struct Seen {
    std::uint64_t answered = 0;
    std::uint64_t failed = 0;
    std::string first_failure;
};

/// Sends requests on connections that are kept, as long as `goes_on`. A connection that ends in order, without a byte
/// of an answer, ended before the request was read: it is sent again on another one, as RFC 9112 §9.3.1 has it.
Seen send_requests(std::uint16_t port, const std::string& name, const std::atomic<bool>& goes_on) {
    Seen seen;
    std::optional<support::RawClient> client;
    for (int number = 0; goes_on; ++number) {
        const std::string body = name + std::to_string(number);
        const bool writes = number % 2 == 0;
        const std::string request =
            writes ? support::request("PUT", "/" + name, {}, body) : support::request("GET", "/" + name);
        std::optional<support::ClientResponse> answer;
        bool is_reset = false;
        for (int attempt = 0; attempt < 3 && !answer && !is_reset; ++attempt) {
            if (!client) client.emplace(port);
            client->send(request);
            answer = client->read_response();
            is_reset = !answer && (client->last_end() != support::ReadEnd::closed || !client->received().empty());
            if (!answer || answer->value("Connection") == "close") client.reset();
        }
        // Nobody else writes there: what was stored last is what is there.
        const bool is_right = answer && (writes ? answer->status == 201 || answer->status == 204
                                                : answer->body == name + std::to_string(number - 1));
        if (is_right) {
            ++seen.answered;
        } else if (seen.failed++ == 0) {
            seen.first_failure = request + (answer     ? answer->head_text() + answer->body
                                            : is_reset ? "reset"
                                                       : "closed");
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("upgrade: under load five in a row fail no request and lose no write", "[e2e][upgrade]") {
    constexpr int kClients = 12;
    Upgradable server;
    std::atomic<bool> goes_on = true;
    std::vector<Seen> seen(kClients);
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
        clients.emplace_back([&, i] {
            seen[static_cast<std::size_t>(i)] =
                send_requests(server.site.server.port(), "of" + std::to_string(i) + "-", goes_on);
        });
    }
    int upgrades = 0;
    for (; upgrades < 5; ++upgrades) {
        if (!support::eventually([&] { return server.order("upgrade").status == 0; }, kPatienceMs)) break;
    }
    goes_on = false;
    for (std::thread& client : clients) client.join();
    CHECK(upgrades == 5);
    for (const Seen& each : seen) {
        INFO(each.first_failure);
        CHECK(each.failed == 0);
        CHECK(each.answered > 0);
    }
}
