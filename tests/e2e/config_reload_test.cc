// The configuration file read again by a server that is used.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>

#include "e2e/site.h"

namespace {

/// A server with a configuration file of its own.
struct Configured {
    explicit Configured(const std::string& config, std::vector<std::string> options = {})
        : site((files.write("conf", config), options.insert(options.begin(), {"-c", files.at("conf")}), options)) {}

    [[nodiscard]] bool says(const std::string& text) const {
        return support::eventually([&] { return site.server.error_text().find(text) != std::string::npos; });
    }
    void reload(const std::string& config) const {
        files.write("conf", config);
        site.server.signal(SIGHUP);
    }

    support::TempDir files;
    e2e::Site site;
};

}  // namespace

TEST_CASE("config reload: new rules and limits hold for the next request, and the log names them", "[e2e][reload]") {
    const Configured server("header X-Rule: 1\n");
    CHECK(server.site.fetch("PUT", "/new", {}, "12345").status == 405);
    server.reload("header X-Rule: 2\nallow-upload\nmax-body 3\nkeep-alive 0\n");
    CHECK(server.says("notice: reloaded: header is X-Rule: 2 now, was X-Rule: 1\n"));
    CHECK(server.says("notice: reloaded: allow-upload is on now, was off\n"));
    CHECK(server.says("notice: reloaded: max-body is 3 now, was the default\n"));
    CHECK(server.site.fetch("GET", "/hello.txt").value("X-Rule") == "2");
    CHECK(server.site.fetch("PUT", "/new", {}, "123").status == 201);
    CHECK(server.site.fetch("PUT", "/newer", {}, "12345").status == 413);
    server.reload("");
    CHECK(server.says("notice: reloaded: allow-upload is off now, was on\n"));
    CHECK_FALSE(server.site.fetch("GET", "/hello.txt").has("X-Rule"));
    CHECK(server.site.fetch("DELETE", "/new").status == 405);
}

TEST_CASE("config reload: limits of connections hold at once", "[e2e][reload]") {
    const Configured server("body-timeout 60\nheader-timeout 60\n");
    server.reload("body-timeout 60\nheader-timeout 0.1\n");
    REQUIRE(server.says("reloaded: header-timeout is 0.1 now, was 60\n"));
    support::RawClient slow = server.site.connect();
    slow.send("GET / HTTP/1.1\r\n");
    const auto answer = slow.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 408);
}

TEST_CASE("config reload: a file with a mistake changes nothing and says so", "[e2e][reload]") {
    const Configured server("header X-Rule: 1\n");
    server.reload("header X-Rule: 2\nmax-bodi 3\n");
    CHECK(server.says("error: the configuration was not taken, and nothing changed: " + server.files.at("conf") +
                      ", line 2: unknown option max-bodi: did you mean max-body? See --help\n"));
    CHECK(server.site.fetch("GET", "/hello.txt").value("X-Rule") == "1");
    server.reload("mime-types gone\n");
    CHECK(server.says("cannot read the media types in gone: No such file or directory\n"));
    CHECK(server.site.fetch("GET", "/hello.txt").value("X-Rule") == "1");
    // What follows the mistake is right again.
    server.reload("header X-Rule: 3\n");
    CHECK(server.says("header is X-Rule: 3 now"));
    server.site.server.signal(SIGUSR1);
    CHECK(server.says("config_reloads=1 config_reloads_failed=2"));
}

TEST_CASE("config reload: rights that would let anybody of a network write are not taken", "[e2e][reload]") {
    const Configured server("bind 0.0.0.0\n");
    server.reload("bind 0.0.0.0\nallow-upload\n");
    CHECK(server.says("error: the configuration was not taken, and nothing changed: anybody who can reach http://"));
    CHECK(server.site.fetch("PUT", "/new", {}, "1").status == 405);
    server.reload("bind 0.0.0.0\nallow-upload\ninsecure-writes\n");
    CHECK(server.says("reloaded: allow-upload is on now"));
    CHECK(server.site.fetch("PUT", "/new", {}, "1").status == 201);
}

TEST_CASE("config reload: what needs a new process keeps its value and is named", "[e2e][reload]") {
    const Configured server("bind localhost\ncache-size 1M\nindex hello.txt\n");
    server.reload("bind 0.0.0.0\ncache-size 2M\nindex index.html\n");
    CHECK(server.says("not reloaded, because a new process is needed for it: bind, cache-size\n"));
    CHECK(server.site.fetch("GET", "/").body == "<p>front</p>\n");
    server.reload("bind localhost\ncache-size 1M\nindex index.html\n");
    CHECK(server.says("notice: reloaded: nothing changed\n"));
}

TEST_CASE("config reload: logs go on in other files, in another form", "[e2e][reload]") {
    const support::TempDir logs;
    const Configured server("access-log " + logs.at("one") + "\n");
    server.site.fetch("GET", "/hello.txt");
    REQUIRE(support::eventually([&] { return logs.read("one").find("/hello.txt") != std::string::npos; }));
    server.reload("access-log " + logs.at("two") + "\nlog-format json\nerror-log " + logs.at("errors") + "\n");
    REQUIRE(support::eventually([&] { return logs.has("errors") && !logs.read("errors").empty(); }));
    CHECK(logs.read("errors").find("reloaded: log-format is json now") != std::string::npos);
    server.site.fetch("GET", "/list/a.txt");
    REQUIRE(support::eventually([&] { return !logs.read("two").empty(); }));
    CHECK(logs.read("two").starts_with("{"));
    CHECK(logs.read("one").find("/list/a.txt") == std::string::npos);
    server.reload("access-log /nowhere/at/all\nspa\n");
    CHECK(support::eventually([&] {
        return logs.read("errors").find("nothing changed: cannot open the log /nowhere/at/all: No such file") !=
               std::string::npos;
    }));
    CHECK(server.site.fetch("GET", "/no/such", {"Accept: text/html"}).status == 404);
    server.reload("");
    CHECK(server.says("notice: reloaded: access-log is the default now, was "));
}

TEST_CASE("config reload: the audit log begins, moves and ends", "[e2e][reload]") {
    const support::TempDir logs;
    // Under --sandbox a log may begin only in a directory that had one at the start.
    const std::string others = "allow-upload\naccess-log " + logs.at("access") + "\n";
    const Configured server(others);
    server.site.fetch("PUT", "/one", {}, "1");
    server.reload(others + "audit-log " + logs.at("audit") + "\n");
    REQUIRE(server.says("notice: reloaded: audit-log is "));
    server.site.fetch("PUT", "/two", {}, "2");
    REQUIRE(support::eventually([&] { return logs.read("audit").find("/two") != std::string::npos; }));
    CHECK(logs.read("audit").find("/one") == std::string::npos);
    server.reload(others);
    REQUIRE(server.says("notice: reloaded: audit-log is the default now, was "));
    server.site.fetch("PUT", "/three", {}, "3");
    server.site.fetch("GET", "/three");
    CHECK(logs.read("audit").find("/three") == std::string::npos);
}

TEST_CASE("config reload: grants come and go only where the way of following links stays", "[e2e][reload]") {
    const Configured open("");
    open.reload("grant / * read\n");
    CHECK(open.says("nothing changed: the first --grant, and giving up the last one, need a new process"));
    const Configured granted("grant / * read list\n");
    CHECK(granted.site.fetch("GET", "/docs/").status == 200);
    granted.reload("grant / * read list\ngrant /docs/ * none\n");
    REQUIRE(granted.says("reloaded: grant is "));
    CHECK(granted.site.fetch("GET", "/docs/").status >= 400);
    CHECK(granted.site.fetch("GET", "/hello.txt").status == 200);
}

TEST_CASE("config reload: a file that was served alone never opens its directory", "[e2e][reload]") {
    const support::TempDir folder;
    folder.write("conf", "header X-Rule: 1\n");
    folder.write("served/one.txt", "one");
    folder.write("served/secret.txt", "secret");
    support::ServerProcess server({.directory = folder.at("served/one.txt"), .options = {"-c", folder.at("conf")}});
    folder.write("conf", "header X-Rule: 2\n");
    REQUIRE(support::run_command({"rm", folder.at("served/one.txt")}).status == 0);
    server.signal(SIGHUP);
    CHECK(support::eventually(
        [&] { return server.error_text().find("what is served is no file any more") != std::string::npos; }));
    CHECK(support::fetch(server.port(), "GET", "/secret.txt").status == 404);
}

TEST_CASE("config reload: a hundred reloads under requests lose none and leak nothing", "[e2e][reload]") {
    Configured server("header X-Rule: 0\n", {"--allow-all"});
    const std::size_t descriptors = server.site.server.open_descriptors();
    std::atomic<bool> is_over = false;
    std::atomic<int> answered = 0;
    std::atomic<int> lost = 0;
    // One connection that is kept, with pipelined requests and uploads that stand open while rules change.
    std::thread client([&] {
        support::RawClient kept = server.site.connect();
        const std::string pair = support::request("GET", "/hello.txt") + support::request("GET", "/list/");
        while (!is_over) {
            kept.send(pair + "PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
            const auto first = kept.read_response();
            const auto second = kept.read_response();
            kept.send("def");
            const auto third = kept.read_response();
            const bool is_whole = first && first->status == 200 && first->body == "hello, world\n" && second &&
                                  second->status == 200 && third && third->status < 300;
            ++(is_whole ? answered : lost);
            if (!is_whole) return;
        }
    });
    for (int i = 1; i <= 100; ++i) {
        server.reload("header X-Rule: " + std::to_string(i) + "\nmax-body " + std::to_string(i) + "M\n");
        if (!server.says("max-body is " + std::to_string(i) + "M now")) ++lost;
    }
    is_over = true;
    client.join();
    CHECK(lost == 0);
    CHECK(answered > 0);
    CHECK(server.site.fetch("GET", "/hello.txt").value("X-Rule") == "100");
    CHECK(support::eventually([&] { return server.site.server.open_descriptors() <= descriptors + 2; }));
    CHECK(server.site.server.stop() == 0);
}

TEST_CASE("config reload: orders reach the server of the pid file", "[e2e][reload]") {
    const support::TempDir run;
    const std::string pidfile = run.at("pid");
    Configured server("header X-Rule: 1\n", {"--pidfile", pidfile});
    const auto order = [&](const std::string& word) {
        return support::run_command({support::godwit_program(), "-s", word, "--pidfile", pidfile}).status;
    };
    server.files.write("conf", "header X-Rule: 2\n");
    CHECK(order("reload") == 0);
    CHECK(server.says("header is X-Rule: 2 now"));
    CHECK(order("reopen") == 0);
    CHECK(server.says("config_reloads=1"));
    CHECK(order("quit") == 0);
    CHECK(server.site.server.wait(5'000) == 0);
    CHECK(order("quit") == 1);
}

TEST_CASE("config reload: a server that gave up root says that it may not read the file again", "[e2e][reload]") {
    if (::geteuid() != 0) return;
    const Configured server("header X-Rule: 1\n", {"--user", "nobody"});
    const std::string reason = "cannot read the configuration file " + server.files.at("conf") +
                               ": Permission denied; the server gave up root for --user, so the user nobody must be "
                               "able to read it\n";
    CHECK(server.says("notice: the configuration will not be read again: " + reason));
    server.site.server.signal(SIGHUP);
    CHECK(server.says("error: the configuration was not taken, and nothing changed: " + reason));
}
