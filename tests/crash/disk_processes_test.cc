// The real server where io_uring is refused: it waits for the disk with processes, serves on when these are killed, and
// takes them along when it is killed itself. Skipped without strace, which refuses io_uring.
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/child_processes.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace {

using support::fetch;

bool strace_is_missing() {
    const bool missing = support::run_command({"strace", "-o", "/dev/null", "true"}).status != 0;
    if (missing) WARN("strace is not installed, or may not trace here: skipped");
    return missing;
}

support::ServerProcess server_without_ring(const support::TempDir& site, std::vector<std::string> options) {
    // Only the server is traced, and the trace thrown away. What checks memory leaks at the end of a sanitized build
    // cannot run under a tracer.
    return support::ServerProcess({.directory = site.path(),
                                   .options = std::move(options),
                                   .wrapper = {"strace", "-o", "/dev/null", "-e", "trace=io_uring_setup", "-e",
                                               "inject=io_uring_setup:error=ENOSYS"},
                                   .environment = {"ASAN_OPTIONS=detect_leaks=0"}});
}

/// What /proc says of a process that lives; empty when it is gone, or nobody took note of its end yet.
std::string status_of(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/status");
    const std::string status{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return status.find("State:\tZ") == std::string::npos ? status : std::string();
}

bool are_gone(const std::vector<pid_t>& processes) {
    return support::eventually(
        [&] { return std::ranges::all_of(processes, [](pid_t each) { return status_of(each).empty(); }); });
}

/// Those that are children of `server` and live.
std::vector<pid_t> disk_processes(pid_t server) {
    std::vector<pid_t> all;
    for (const pid_t child : support::children_of(server)) {
        if (status_of(child).starts_with("Name:\tgodwit-disk\n")) all.push_back(child);
    }
    return all;
}

/// All eight; each takes its name when it is ready, which may be later than the server.
std::vector<pid_t> ready_processes(pid_t server) {
    REQUIRE(support::eventually([server] { return disk_processes(server).size() == 8; }));
    return disk_processes(server);
}

bool says(const support::ServerProcess& server, const std::string& text) {
    return support::eventually([&] { return server.error_text().find(text) != std::string::npos; });
}

void check_writes(std::uint16_t port, const support::TempDir& site) {
    CHECK(fetch(port, "PUT", "/new.txt", {}, "content").status == 201);
    CHECK(fetch(port, "PUT", "/new.txt", {}, "again").status == 204);
    CHECK(site.read("new.txt") == "again");
    CHECK(fetch(port, "PUT", "/deep/er/new.txt", {}, "content").status == 201);
    CHECK(fetch(port, "DELETE", "/new.txt").status == 204);
    CHECK_FALSE(site.has("new.txt"));
    CHECK(fetch(port, "DELETE", "/deep/er/new.txt").status == 204);
}

}  // namespace

TEST_CASE("disk processes: do the server's syncs, names and removals, and end with it", "[crash][processes]") {
    if (strace_is_missing()) return;
    for (const char* sandbox : {"on", "off"}) {
        const support::TempDir site;
        auto server = server_without_ring(site, {"--allow-all", "--sandbox", sandbox});
        CHECK(says(server, "disk writes: processes"));
        const auto processes = ready_processes(server.pid());
        check_writes(server.port(), site);
        CHECK(disk_processes(server.pid()).size() == 8);
        CHECK(server.error_text().find("error:") == std::string::npos);
        CHECK(server.stop() == 0);
        CHECK(are_gone(processes));
    }
}

TEST_CASE("disk processes: a signal to the whole group does not end them before the server", "[crash][processes]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    auto server = server_without_ring(site, {"--allow-all"});
    for (const pid_t process : ready_processes(server.pid())) {
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) REQUIRE(::kill(process, number) == 0);
    }
    check_writes(server.port(), site);
    CHECK(disk_processes(server.pid()).size() == 8);
}

TEST_CASE("disk processes: when they are killed, the server goes on without them and says so", "[crash][processes]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    auto server = server_without_ring(site, {"--allow-all"});
    const auto processes = ready_processes(server.pid());
    ::kill(processes.front(), SIGKILL);
    CHECK(says(server, "a process that waits for the disk died"));
    check_writes(server.port(), site);
    for (const pid_t process : processes) ::kill(process, SIGKILL);
    CHECK(says(server, "it was the last one"));
    check_writes(server.port(), site);
    server.signal(SIGUSR1);
    CHECK(says(server, " disk_processes_died=8"));
}

TEST_CASE("disk processes: are gone when the server is killed", "[crash][processes]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    auto server = server_without_ring(site, {"--allow-all"});
    const auto processes = ready_processes(server.pid());
    ::kill(server.pid(), SIGKILL);
    CHECK(are_gone(processes));
}
