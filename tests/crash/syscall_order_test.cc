// The order of the system calls of one upload, seen by strace: the content is synced, then it gets its name, then the
// directory is synced, and only then the status is sent. With synchronous syncs (io_uring and sockets for processes
// refused by strace) every step is a call of its own; with processes it is one of theirs; with io_uring the submissions
// must stand at the same places. Skipped without strace.
#include <signal.h>

#include <sstream>

#include "support/catch.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace {

bool strace_is_missing() {
    const bool missing = support::run_command({"strace", "-o", "/dev/null", "true"}).status != 0;
    if (missing) WARN("strace is not installed, or may not trace here");
    return missing;
}

enum class Disk { synchronous, processes, io_uring };

/// What the server did between its start line and its end, one call a line.
std::vector<std::string> trace(Disk disk, const support::TempDir& site, const std::string& target,
                               std::string_view body, int expected_status) {
    const support::TempDir traces;
    std::vector<std::string> wrapper{
        "strace",
        "-f",
        "-tt",
        "-v",
        "-s",
        "64",
        "-o",
        traces.at("trace"),
        "-e",
        "trace=fdatasync,fsync,link,linkat,rename,renameat,renameat2,mkdirat,sendto,sendmsg,write,writev,"
        "socketpair,io_uring_setup,io_uring_enter"};
    if (disk != Disk::io_uring) wrapper.insert(wrapper.end(), {"-e", "inject=io_uring_setup:error=ENOSYS"});
    if (disk == Disk::synchronous) wrapper.insert(wrapper.end(), {"-e", "inject=socketpair:error=EMFILE"});
    // What checks memory leaks at the end of a sanitized build cannot run under a tracer.
    support::ServerProcess server(
        {.directory = site.path(), .wrapper = wrapper, .environment = {"ASAN_OPTIONS=detect_leaks=0"}});
    const auto answer = support::fetch(server.port(), "PUT", target, {}, body);
    CHECK(answer.status == expected_status);
    CHECK(server.stop() == 0);
    std::istringstream text(traces.read("trace"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

/// The first line at or after `begin` that names one of the calls and holds `part`; the number of lines when none does.
std::size_t find_call(const std::vector<std::string>& lines, std::size_t begin, const std::vector<std::string>& calls,
                      const std::string& part = "") {
    for (std::size_t i = begin; i < lines.size(); ++i) {
        for (const std::string& call : calls) {
            if (lines[i].find(" " + call + "(") != std::string::npos && lines[i].find(part) != std::string::npos)
                return i;
        }
    }
    return lines.size();
}

const std::vector<std::string> kNaming{"link", "linkat", "rename", "renameat", "renameat2"};
const std::vector<std::string> kSending{"sendto", "sendmsg", "write", "writev"};

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

/// The last call that gives the target its name.
std::size_t find_last_naming(const std::vector<std::string>& lines, std::size_t end) {
    std::size_t last = lines.size();
    for (std::size_t i = find_call(lines, 0, kNaming); i < end; i = find_call(lines, i + 1, kNaming)) last = i;
    return last;
}

void check_synchronous_order(const std::vector<std::string>& lines, const std::string& status) {
    INFO(joined(lines));
    const std::size_t answered = find_call(lines, 0, kSending, status);
    const std::size_t synced = find_call(lines, 0, {"fdatasync", "fsync"});
    const std::size_t named = find_last_naming(lines, answered);
    const std::size_t listed = find_call(lines, named, {"fsync"});
    REQUIRE(answered < lines.size());
    REQUIRE(synced < lines.size());
    CHECK(lines[synced].find("= 0") != std::string::npos);
    CHECK(synced < find_call(lines, 0, kNaming));
    CHECK(named < listed);
    CHECK(listed < answered);
}

/// The number of the process that made the call, at the beginning of the line.
std::string caller(const std::string& line) { return line.substr(0, line.find(' ')); }

/// The same steps, each of them begun when the one before was reported; the server makes none of them itself.
void check_order_of_processes(const std::vector<std::string>& lines, const std::string& status) {
    INFO(joined(lines));
    const std::size_t answered = find_call(lines, 0, kSending, status);
    const std::size_t synced = find_call(lines, 0, {"fdatasync"});
    const std::size_t named = find_last_naming(lines, answered);
    const std::size_t listed = find_call(lines, named, {"fsync"});
    REQUIRE(answered < lines.size());
    REQUIRE(synced < lines.size());
    CHECK(synced < find_call(lines, 0, kNaming));
    CHECK(named < listed);
    CHECK(listed < answered);
    for (const std::size_t step : {synced, named, listed}) CHECK(caller(lines[step]) != caller(lines[answered]));
}

/// Sends a status only after two submissions: the content's sync, then the name with the directory's sync behind it.
/// The loop itself gives no names.
void check_order_of_submissions(const std::vector<std::string>& lines, const std::string& status) {
    INFO(joined(lines));
    const std::size_t answered = find_call(lines, 0, kSending, status);
    const std::size_t synced = find_call(lines, 0, {"io_uring_enter"});
    REQUIRE(answered < lines.size());
    CHECK(find_call(lines, synced + 1, {"io_uring_enter"}) < answered);
    CHECK(find_last_naming(lines, answered) == lines.size());
}

bool uses_io_uring(const std::vector<std::string>& lines) {
    const std::size_t setup = find_call(lines, 0, {"io_uring_setup"});
    return setup < lines.size() && lines[setup].find("= -1") == std::string::npos;
}

}  // namespace

TEST_CASE("uploads: a new file is synced, named and listed before its 201", "[crash][order]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    check_synchronous_order(trace(Disk::synchronous, site, "/new.txt", "content", 201), "HTTP/1.1 201");
    CHECK(site.read("new.txt") == "content");
}

TEST_CASE("uploads: a replaced file is synced, renamed and listed before its 204", "[crash][order]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    site.write("old.txt", "old");
    check_synchronous_order(trace(Disk::synchronous, site, "/old.txt", "content", 204), "HTTP/1.1 204");
    CHECK(site.read("old.txt") == "content");
}

TEST_CASE("uploads: an empty file takes the same way", "[crash][order]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    check_synchronous_order(trace(Disk::synchronous, site, "/empty.txt", "", 201), "HTTP/1.1 201");
}

TEST_CASE("uploads: directories that were made for a file are synced before its 201", "[crash][order]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    const auto lines = trace(Disk::synchronous, site, "/a/b/new.txt", "content", 201);
    check_synchronous_order(lines, "HTTP/1.1 201");
    const std::size_t answered = find_call(lines, 0, kSending, "HTTP/1.1 201");
    std::size_t syncs = 0;
    for (std::size_t i = find_call(lines, 0, {"fsync"}); i < answered; i = find_call(lines, i + 1, {"fsync"})) ++syncs;
    INFO(joined(lines));
    CHECK(syncs >= 3);  // the root, a and b each got a new entry
}

TEST_CASE("uploads: processes that wait for the disk keep the order", "[crash][order]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    check_order_of_processes(trace(Disk::processes, site, "/new.txt", "content", 201), "HTTP/1.1 201");
    check_order_of_processes(trace(Disk::processes, site, "/new.txt", "again", 204), "HTTP/1.1 204");
    CHECK(site.read("new.txt") == "again");
}

TEST_CASE("uploads: submissions to io_uring keep the order", "[crash][order]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    const auto created = trace(Disk::io_uring, site, "/new.txt", "content", 201);
    if (!uses_io_uring(created)) {
        WARN("this build or kernel has no io_uring");
        return;
    }
    check_order_of_submissions(created, "HTTP/1.1 201");
    check_order_of_submissions(trace(Disk::io_uring, site, "/new.txt", "again", 204), "HTTP/1.1 204");
}
