// The real program under the sandbox: all its features still work, and it says what a reload cannot widen.
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <optional>

#include "base/call_filter.h"
#include "base/landlock.h"
#include "e2e/tls_site.h"

using e2e::Site;

namespace {

bool is_missing() {
    if (base::Landlock::version() >= base::Landlock::kOthers) return false;
    WARN("this kernel has no Landlock, or an old one");
    return true;
}

bool says(const support::ServerProcess& server, const std::string& text) {
    return support::eventually([&] { return server.error_text().find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("sandbox: files, directories and records are written and removed within it", "[e2e][sandbox]") {
    if (is_missing()) return;
    const Site site({"--allow-all", "--sandbox", "required"});
    CHECK(says(site.server, "notice: sandbox: on (Landlock "));
    CHECK(site.server.start_line().find(", sandbox on: serving ") != std::string::npos);
    CHECK(site.fetch("PUT", "/new/folder/a.txt", {}, "one").status == 201);
    CHECK(site.fetch("PUT", "/new/folder/a.txt", {}, "two").status == 204);
    CHECK(site.fetch("GET", "/new/folder/a.txt").body == "two");
    CHECK(site.fetch("MKCOL", "/made/").status == 201);
    CHECK(site.fetch("DELETE", "/made/").status == 204);
    CHECK(site.fetch("DELETE", "/new/folder/a.txt").status == 204);
    CHECK(
        site.fetch("POST", "/database.txt", {"Content-Type: application/json"}, R"({"id":"7","name":"Ada"})").status ==
        201);
    CHECK(site.fetch("PUT", "/database.txt/7", {"Content-Type: application/json"}, R"({"name":"Grace"})").status /
              100 ==
          2);
    CHECK(site.fetch("DELETE", "/database.txt/7").status == 204);
    CHECK(site.fetch("GET", "/list/").status == 200);
}

TEST_CASE("sandbox: an upload is resumed within it, and ends in another directory", "[e2e][sandbox]") {
    if (is_missing()) return;
    const Site site({"--allow-all", "--sandbox", "required"});
    const auto begun = site.fetch("PUT", "/films/film", {"Upload-Complete: ?0"}, "first ");
    REQUIRE(begun.status == 201);
    const auto ended =
        site.fetch("PATCH", begun.value("Location"),
                   {"Upload-Complete: ?1", "Upload-Offset: 6", "Content-Type: application/partial-upload"}, "second");
    CHECK(ended.status / 100 == 2);
    CHECK(site.fetch("GET", "/films/film").body == "first second");
}

TEST_CASE("sandbox: logs are rotated, and the pid file and the socket removed at the end", "[e2e][sandbox]") {
    if (is_missing()) return;
    const support::TempDir run;
    for (const char* folder : {"log", "pid", "socket"}) run.make_directory(folder);
    Site site(std::vector<std::string>{"--sandbox", "required", "--access-log", run.at("log/access"), "--error-log",
                                       run.at("log/error"), "--pidfile", run.at("pid/file"), "--bind", "127.0.0.1",
                                       "--bind", "unix:" + run.at("socket/it")});
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    for (const char* log : {"log/access", "log/error"}) {
        REQUIRE(std::rename(run.at(log).c_str(), run.at(std::string(log) + ".1").c_str()) == 0);
    }
    site.server.signal(SIGHUP);
    REQUIRE(support::eventually([&] { return run.has("log/access") && run.has("log/error"); }));
    CHECK(site.fetch("GET", "/hello.txt?after").status == 200);
    CHECK(support::eventually([&] { return run.read("log/access").find("?after") != std::string::npos; }));
    CHECK(run.has("socket/it"));
    CHECK(site.server.stop() == 0);
    CHECK_FALSE(run.has("pid/file"));
    CHECK_FALSE(run.has("socket/it"));
    CHECK(run.read("log/error").find("Permission denied") == std::string::npos);
}

TEST_CASE("sandbox: a reload may allow writing, but opens no log where none was", "[e2e][sandbox]") {
    if (is_missing()) return;
    const support::TempDir folder;
    folder.make_directory("elsewhere");
    folder.write("config/godwit.conf", "no-listing\n");
    folder.write("media/types", "text/x-one one\n");
    const Site site(std::vector<std::string>{"--sandbox", "required", "--config", folder.at("config/godwit.conf"),
                                             "--mime-types", folder.at("media/types")});
    CHECK(site.fetch("PUT", "/new", {}, "x").status == 405);
    std::remove(folder.at("config/godwit.conf").c_str());
    folder.write("config/godwit.conf", "allow-upload\n");
    site.server.signal(SIGHUP);
    REQUIRE(says(site.server, "reloaded: allow-upload is on now"));
    CHECK(site.fetch("PUT", "/new", {}, "x").status == 201);
    folder.write("config/godwit.conf", "allow-upload\naccess-log " + folder.at("elsewhere/log") + "\n");
    site.server.signal(SIGHUP);
    CHECK(says(site.server,
               "Permission denied; under --sandbox, logs and files of the configuration stay in the "
               "directories where they were at the start\n"));
}

TEST_CASE("sandbox: a renewed certificate is loaded within it", "[e2e][sandbox][tls]") {
    if (is_missing() || e2e::tls_is_missing()) return;
    const e2e::TlsSite tls({"--sandbox", "required"});
    e2e::make_pair(tls.secrets, "new", "new.example");
    for (const std::string end : {".key", ".pem"}) {
        REQUIRE(std::rename(tls.secrets.at("new" + end).c_str(), tls.secrets.at("a" + end).c_str()) == 0);
    }
    tls.site.server.signal(SIGHUP);
    CHECK(says(tls.site.server, "was loaded anew"));
    CHECK(tls.curl("/hello.txt", {"--resolve", "new.example:1:127.0.0.1"}).output == "hello, world\n");
}

TEST_CASE("sandbox: a kernel without it is a notice, or no start where it is required", "[e2e][sandbox]") {
    if (support::run_command({"strace", "-o", "/dev/null", "true"}).status != 0) {
        WARN("strace is not installed or not allowed");
        return;
    }
    const support::TempDir files;
    const auto start = [&](const char* mode, const char* failing = "landlock_create_ruleset:error=ENOSYS") {
        return support::ServerSettings{
            .directory = files.path(),
            .options = {"--sandbox", mode},
            .wrapper = {"strace", "-f", "-o", "/dev/null", "-e", std::string("inject=") + failing},
            .environment = {"ASAN_OPTIONS=detect_leaks=0"},
            .await_start = std::string_view(mode) != "required"};
    };
    const support::ServerProcess on(start("on"));
    CHECK(says(on, "notice: no whole sandbox: this kernel has no Landlock (Linux 5.19 or later has it)\n"));
    support::ServerProcess required(start("required"));
    CHECK(required.wait(20'000) == 1);
    CHECK(required.error_text().find("--sandbox required: this kernel has no Landlock") != std::string::npos);
    const support::ServerProcess off(start("off"));
    CHECK(says(off, "notice: sandbox: off\n"));
    CHECK(off.start_line().find(", sandbox off: serving ") != std::string::npos);
    CHECK(on.start_line().find(", sandbox not whole: serving ") != std::string::npos);
    if (!base::kFiltersCalls || is_missing()) return;
    const support::ServerProcess unfiltered(start("on", "prctl:error=EINVAL"));
    CHECK(says(unfiltered, "; this kernel has no filters of system calls (seccomp)\n"));
}
