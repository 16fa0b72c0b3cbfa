// The program as its operator sees it: options and exit statuses, addresses, signals, the daemon.
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/landlock.h"
#include "e2e/site.h"

using e2e::Site;
using support::RawClient;
using support::run_command;

namespace {

constexpr std::size_t kHugeBytes = 24'000'000;

std::vector<std::string> program_with(const std::vector<std::string>& words) {
    std::vector<std::string> all{support::godwit_program()};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

/// One line, that names the program's trouble.
bool is_one_line(const std::string& text) { return !text.empty() && text.find('\n') == text.size() - 1; }

bool ipv6_works() {
    support::TempDir empty;
    const support::Finished finished = run_command(program_with({"--test", "-p", "0", "-b", "::1", empty.path()}));
    const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
    if (socket >= 0) ::close(socket);
    return finished.status == 0 && socket >= 0 && ::access("/proc/net/if_inet6", R_OK) == 0 &&
           !support::read_file("/proc/net/if_inet6").empty();
}

}  // namespace

TEST_CASE("process: the start line names version, directory, address and rights", "[e2e][process]") {
    Site site;
    const std::string expected = " serving " + site.files.path() +
                                 " on http://127.0.0.1:" + std::to_string(site.server.port()) +
                                 "/ (uploads on, deletes on)";
    CHECK(site.server.start_line().starts_with("godwit "));
    CHECK(site.server.start_line().ends_with(expected));
    Site reading(std::vector<std::string>{});
    CHECK(reading.server.start_line().ends_with("/ (uploads off, deletes off)"));
    CHECK(reading.server.stop() == 0);
    CHECK(is_one_line(reading.server.output_text()));
}

TEST_CASE("process: a user who has no right to the directory is a notice at the start", "[e2e][process]") {
    if (::geteuid() != 0) return;                       // --user is root's; everybody else has the rights of the test
    Site site({"--user", "nobody", "--allow-upload"});  // a temporary directory is its maker's alone
    CHECK(site.server.stop() == 0);
    CHECK(site.server.error_text().find("the user nobody has no right to enter the directory") != std::string::npos);
    Site own;
    CHECK(own.server.stop() == 0);
    CHECK(own.server.error_text().find("has no right") == std::string::npos);
}

TEST_CASE("process: a limit of open files below --max-connections is a notice at the start", "[e2e][process]") {
    const auto log_of = [](const std::string& connections) {
        Site site(support::ServerSettings{.options = {"--max-connections", connections}, .descriptors = 2000});
        CHECK(site.server.stop() == 0);
        return site.server.error_text();
    };
    const std::string log = log_of("1000");
    CHECK(log.find("the limit of open files is 2000, and --max-connections 1000 needs 2088") != std::string::npos);
    CHECK(log.find("ulimit -n 2088") != std::string::npos);
    CHECK(log_of("912").find("the limit of open files") == std::string::npos);
}

TEST_CASE("process: wrong options are one line and status 2", "[e2e][process]") {
    const support::TempDir directory;
    const std::vector<std::string> wrong[] = {
        {"--frobnicate", directory.path()},
        {"--port", "70000", directory.path()},
        {"--port", "x", directory.path()},
        {"--bind", "999.1.1.1", directory.path()},
        {"--max-body", "-1", directory.path()},
        {"--log-format", "xml", directory.path()},
        {"--port"},
        {directory.path(), "/tmp", "more"},
    };
    for (const auto& words : wrong) {
        INFO(words.front());
        const support::Finished finished = run_command(program_with(words));
        CHECK(finished.status == 2);
        CHECK(finished.output.empty());
        CHECK(is_one_line(finished.errors));
    }
}

TEST_CASE("process: no directory and no terminal is a refusal", "[e2e][process]") {
    const support::Finished finished = run_command(program_with({"-p", "0"}));
    CHECK(finished.status == 2);
    CHECK(is_one_line(finished.errors));
}

TEST_CASE("process: a missing directory and a port in use are one line and status 1", "[e2e][process]") {
    const support::Finished missing = run_command(program_with({"-p", "0", "/nothing/here"}));
    CHECK(missing.status == 1);
    CHECK(is_one_line(missing.errors));
    Site site;
    const support::Finished taken =
        run_command(program_with({"-p", std::to_string(site.server.port()), site.files.path()}));
    CHECK(taken.status == 1);
    CHECK(is_one_line(taken.errors));
    CHECK(taken.errors.find(std::to_string(site.server.port())) != std::string::npos);
}

TEST_CASE("process: help, version and --test end with status 0", "[e2e][process]") {
    const support::TempDir directory;
    CHECK(run_command(program_with({"--help"})).output.find("--allow-upload") != std::string::npos);
    CHECK(run_command(program_with({"-V"})).output.starts_with("godwit "));
    const support::Finished tested = run_command(program_with({"-t", "-A", directory.path()}));
    CHECK(tested.status == 0);
    CHECK(tested.output.find(directory.path()) != std::string::npos);
    CHECK(run_command(program_with({"-t", "/nothing/here"})).status == 1);
    CHECK(run_command(program_with({"--version"})).status == 0);
}

TEST_CASE("process: a unix socket is served and removed", "[e2e][process]") {
    const support::TempDir sockets;
    const std::string path = sockets.at("socket");
    Site site(std::vector<std::string>{"--bind", "unix:" + path});
    RawClient client(path);
    client.send(support::request("GET", "/hello.txt"));
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->body == "hello, world\n");
    CHECK(site.server.stop() == 0);
    CHECK(!sockets.has("socket"));
}

TEST_CASE("process: several addresses, IPv6 among them", "[e2e][process]") {
    if (!ipv6_works()) {
        WARN("there is no IPv6 here");
        return;
    }
    Site site(std::vector<std::string>{"-b", "::1"});
    CHECK(site.server.start_line().find("http://[::1]:") != std::string::npos);
    RawClient client(site.server.port(), "::1");
    client.send(support::request("GET", "/hello.txt"));
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 200);
}

TEST_CASE("process: SIGTERM and SIGINT end it with status 0", "[e2e][process]") {
    for (const int number : {SIGTERM, SIGINT}) {
        Site site;
        auto idle = site.connect();
        idle.send(support::request("GET", "/hello.txt"));
        REQUIRE(idle.read_response());
        site.server.signal(number);
        CHECK(site.server.wait(3000) == 0);
        CHECK(idle.ends());
    }
}

TEST_CASE("process: SIGTERM lets a download in flight finish", "[e2e][process]") {
    Site site;
    site.files.write("huge.bin", support::noise(kHugeBytes));  // more than socket buffers take
    RawClient client(site.server.port(), "127.0.0.1", 8192);
    client.send(support::request("GET", "/huge.bin"));
    REQUIRE(client.receive(3000) == support::ReadEnd::bytes);
    site.server.signal(SIGTERM);
    support::pause_ms(50);
    CHECK(site.server.runs());
    CHECK_THROWS(RawClient(site.server.port()));
    const auto answer = client.read_response(false, 8000);
    REQUIRE(answer);
    CHECK(answer->whole);
    CHECK((answer->body == support::noise(kHugeBytes)));
    CHECK(site.server.wait(5000) == 0);
}

TEST_CASE("process: SIGTERM lets an upload in flight finish", "[e2e][process]") {
    Site site;
    auto client = site.connect();
    client.send(support::request("PUT", "/up", {"Content-Length: 20"}) + "0123456789");
    support::pause_ms(30);
    site.server.signal(SIGTERM);
    support::pause_ms(30);
    client.send("0123456789");
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 201);
    CHECK(site.server.wait(5000) == 0);
    CHECK(site.files.read("up") == "01234567890123456789");
}

TEST_CASE("process: while it finishes, /healthz says that it is stopping", "[e2e][process]") {
    Site site;
    auto idle = site.connect();
    idle.send(support::request("GET", "/healthz"));
    REQUIRE(idle.read_response()->body == "ok\n");
    auto begun = site.connect();
    begun.send("GET /healthz HTTP/1.1\r\n");
    REQUIRE(begun.silent(50));
    site.server.signal(SIGTERM);
    REQUIRE(idle.ends());
    begun.send("Host: a\r\n\r\n");
    const auto answer = begun.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 503);
    CHECK(answer->body.find("stopping") != std::string::npos);
    CHECK(answer->value("Connection") == "close");
    CHECK(site.server.wait(5000) == 0);
}

TEST_CASE("process: a second signal ends it at once", "[e2e][process]") {
    Site site;
    site.files.write("huge.bin", support::noise(kHugeBytes));  // more than socket buffers take
    RawClient client(site.server.port(), "127.0.0.1", 8192);
    client.send(support::request("GET", "/huge.bin"));
    REQUIRE(client.receive(3000) == support::ReadEnd::bytes);
    site.server.signal(SIGTERM);
    support::pause_ms(50);
    REQUIRE(site.server.runs());
    const std::int64_t begin = support::now_ms();
    site.server.signal(SIGTERM);
    CHECK(site.server.wait(3000).has_value());
    CHECK(support::now_ms() - begin < 1000);
}

TEST_CASE("process: the grace period bounds the stop", "[e2e][process]") {
    Site site({"--allow-all", "--shutdown-grace", "1"});
    auto client = site.connect();
    client.send(support::request("PUT", "/up", {"Content-Length: 20"}) + "0123456789");
    support::pause_ms(30);
    const std::int64_t begin = support::now_ms();
    site.server.signal(SIGTERM);
    CHECK(site.server.wait(5000).has_value());
    CHECK(support::now_ms() - begin < 2500);
    CHECK(!site.files.has("up"));
}

TEST_CASE("process: SIGPIPE does not kill it", "[e2e][process]") {
    Site site;
    site.server.signal(SIGPIPE);
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
}

TEST_CASE("process: a daemon is listening when its parent ends, and keeps its pidfile", "[e2e][process]") {
    const support::TempDir files;
    const support::TempDir run;
    files.write("hello.txt", "hello\n");
    const std::string socket = run.at("socket");
    const std::string pidfile = run.at("pid");
    const std::vector<std::string> words{"--daemon",    "--pidfile",         pidfile,     "-b", "unix:" + socket,
                                         "--error-log", run.at("error.log"), files.path()};
    const support::Finished started = run_command(program_with(words));
    REQUIRE(started.status == 0);
    CHECK(started.output.find("serving") != std::string::npos);
    const pid_t pid = static_cast<pid_t>(std::stoi(support::read_file(pidfile)));
    REQUIRE(pid > 1);
    {
        RawClient client(socket);
        client.send(support::request("GET", "/hello.txt", {"Connection: close"}));
        const auto answer = client.read_response();
        REQUIRE(answer);
        CHECK(answer->body == "hello\n");
    }
    const support::Finished second =
        run_command(program_with({"--daemon", "--pidfile", pidfile, "-b", "unix:" + run.at("other"), files.path()}));
    CHECK(second.status == 1);
    CHECK(is_one_line(second.errors));
    ::kill(pid, SIGTERM);
    CHECK(support::eventually([&] { return ::kill(pid, 0) != 0; }));
    CHECK(!run.has("pid"));
    CHECK(!run.has("socket"));
}

TEST_CASE("process: a daemon that cannot listen says so by its parent's status", "[e2e][process]") {
    Site site;
    const support::Finished finished =
        run_command(program_with({"--daemon", "-p", std::to_string(site.server.port()), site.files.path()}));
    CHECK(finished.status == 1);
    CHECK(is_one_line(finished.errors));
}

TEST_CASE("process: a server that stays root warns of it", "[e2e][process]") {
    if (::geteuid() != 0) return;
    const support::TempDir files;
    support::ServerProcess server({.directory = files.path()});
    const bool has_landlock = base::Landlock::version() >= base::Landlock::kOthers;
    CHECK(server.error_text().find(has_landlock
                                       ? "warning: the server keeps root's rights over the files that the "
                                         "sandbox leaves open; --user"
                                       : "warning: the server keeps rights of root; --user") != std::string::npos);
    support::ServerProcess open({.directory = files.path(), .options = {"--sandbox", "off"}});
    CHECK(open.error_text().find("warning: the server keeps all rights of root; --user") != std::string::npos);
}
