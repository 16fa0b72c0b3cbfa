// Disks that fail under the real server: full, over quota, read-only, broken. Each time the status says what was wrong,
// the old file is whole, nothing is left over, and the server goes on. Faults that cannot be had for real are put in by
// strace, with synchronous syncs (io_uring and processes refused), so that each is a call of its own. Skipped where
// strace or the right to mount is missing.
#include <sys/mount.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstring>

#include "support/catch.h"
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

/// A server whose calls fail as `faults` say, in strace's words.
support::ServerProcess faulty_server(const support::TempDir& site, const support::TempDir& traces,
                                     const std::vector<std::string>& faults) {
    std::vector<std::string> wrapper{
        "strace",
        "-f",
        "-o",
        traces.at("trace"),
        "-e",
        "trace=io_uring_setup,socketpair,pwrite64,fallocate,fdatasync,fsync,linkat,renameat,fgetxattr,fsetxattr",
        "-e",
        "inject=io_uring_setup:error=ENOSYS",
        "-e",
        "inject=socketpair:error=EMFILE"};
    for (const std::string& fault : faults) wrapper.insert(wrapper.end(), {"-e", "inject=" + fault});
    // What checks memory leaks at the end of a sanitized build cannot run under a tracer.
    return support::ServerProcess(
        {.directory = site.path(), .wrapper = wrapper, .environment = {"ASAN_OPTIONS=detect_leaks=0"}});
}

/// A tmpfs at `at`, until the end of the scope.
class SmallDisk {
public:
    SmallDisk(std::string at, const char* options) : at_(std::move(at)), options_(options) {
        if (::mount("none", at_.c_str(), "tmpfs", 0, options) == 0) return;
        WARN("no right to mount a small file system (" << std::strerror(errno) << "): skipped");
        at_.clear();
    }
    ~SmallDisk() {
        if (is_mounted()) ::umount2(at_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool is_mounted() const { return !at_.empty(); }
    void remount(unsigned long flags) const {
        REQUIRE(::mount("none", at_.c_str(), "tmpfs", MS_REMOUNT | flags, options_) == 0);
    }

private:
    std::string at_;
    const char* options_;
};

const std::string kOld(3000, 'o');

}  // namespace

TEST_CASE("disk faults: a call that fails is a status, and the old file stays", "[crash][faults]") {
    if (strace_is_missing()) return;
    struct Fault {
        const char* text;
        int status;
    };
    const Fault faults[] = {
        {"pwrite64:error=EIO:when=1", 500},     {"pwrite64:error=EDQUOT:when=1", 507},
        {"pwrite64:error=ENOSPC:when=2", 507},  {"fallocate:error=ENOSPC:when=1", 507},
        {"fallocate:error=EDQUOT:when=1", 507}, {"fallocate:error=EIO:when=1", 500},
        {"fdatasync:error=EIO:when=1", 500},    {"fdatasync:error=ENOSPC:when=1", 507},
        {"fdatasync:error=EDQUOT:when=1", 507}, {"linkat:error=EDQUOT:when=1", 507},
        {"linkat:error=EROFS:when=1", 403},     {"renameat:error=EIO:when=1", 500},
        {"renameat:error=ENOSPC:when=1", 507},
    };
    const std::string content = support::noise(400'000);
    for (const Fault& fault : faults) {
        INFO(fault.text);
        const support::TempDir site;
        const support::TempDir traces;
        site.write("old.bin", kOld);
        support::ServerProcess server = faulty_server(site, traces, {fault.text});
        const auto refused = fetch(server.port(), "PUT", "/old.bin", {}, content);
        CHECK(refused.status == fault.status);
        CHECK_FALSE(refused.body.empty());
        CHECK(site.list() == std::vector<std::string>{"old.bin"});
        CHECK((site.read("old.bin") == kOld));
        CHECK((fetch(server.port(), "GET", "/old.bin").body == kOld));
        // The disk is well again.
        CHECK(fetch(server.port(), "PUT", "/old.bin", {}, content).status == 204);
        CHECK((fetch(server.port(), "GET", "/old.bin").body == content));
        CHECK(site.list() == std::vector<std::string>{"old.bin"});
        CHECK(server.stop() == 0);
    }
}

TEST_CASE("disk faults: a directory that cannot be synced is no success", "[crash][faults]") {
    if (strace_is_missing()) return;
    const support::TempDir site;
    const support::TempDir traces;
    site.write("old.bin", kOld);
    support::ServerProcess server = faulty_server(site, traces, {"fsync:error=EIO:when=1..2"});
    CHECK(fetch(server.port(), "PUT", "/old.bin", {}, "new").status == 500);
    // It has its name already: the new version, whole.
    CHECK(fetch(server.port(), "GET", "/old.bin").body == "new");
    CHECK(fetch(server.port(), "DELETE", "/old.bin").status == 500);
    CHECK(fetch(server.port(), "PUT", "/old.bin", {}, "again").status == 201);
    CHECK(site.list() == std::vector<std::string>{"old.bin"});
    CHECK(server.stop() == 0);
}

TEST_CASE("disk faults: properties of a file that cannot be taken along are not lost", "[crash][faults]") {
    if (strace_is_missing()) return;
    constexpr const char* kAttribute = "user.godwit.properties";
    constexpr std::string_view kText = "<D:prop xmlns:D=\"DAV:\"><a/></D:prop>";
    for (const char* fault : {"fgetxattr:error=EIO:when=1..2", "fsetxattr:error=EIO:when=1..2"}) {
        INFO(fault);
        const support::TempDir site;
        const support::TempDir traces;
        site.write("old.bin", kOld);
        if (::setxattr(site.at("old.bin").c_str(), kAttribute, kText.data(), kText.size(), 0) != 0) return;
        support::ServerProcess server = faulty_server(site, traces, {fault});
        CHECK(fetch(server.port(), "PUT", "/old.bin", {}, "new").status == 500);
        CHECK((fetch(server.port(), "GET", "/old.bin").body == kOld));
        CHECK(fetch(server.port(), "COPY", "/old.bin", {"Destination: /copy.bin"}).status == 500);
        CHECK(site.list() == std::vector<std::string>{"old.bin"});
        // The disk is well again.
        CHECK(fetch(server.port(), "PUT", "/old.bin", {}, "new").status == 204);
        CHECK(fetch(server.port(), "COPY", "/old.bin", {"Destination: /copy.bin"}).status == 201);
        CHECK(server.stop() == 0);
        for (const char* name : {"old.bin", "copy.bin"}) {
            std::string text(kText.size() + 1, '\0');
            const ssize_t got = ::getxattr(site.at(name).c_str(), kAttribute, text.data(), text.size());
            REQUIRE(got >= 0);
            CHECK(text.substr(0, static_cast<std::size_t>(got)) == kText);
        }
    }
}

TEST_CASE("disk faults: a full disk is 507, and serves on", "[crash][faults]") {
    const support::TempDir site;
    site.make_directory("www");
    const SmallDisk disk(site.at("www"), "size=1m");
    if (!disk.is_mounted()) return;
    site.write("www/old.bin", kOld);
    support::ServerProcess server({.directory = site.at("www")});
    const std::string content = support::noise(3'000'000);
    support::RawClient asking(server.port());
    asking.send(support::request("PUT", "/old.bin", {"Expect: 100-continue", "Content-Length: 3000000"}));
    const auto before_body = asking.read_response();
    REQUIRE(before_body);
    CHECK(before_body->status == 507);
    support::RawClient client(server.port());
    client.send(support::request("PUT", "/old.bin", {"Transfer-Encoding: chunked"}) +
                support::chunked(content, 50'000));
    const auto in_the_middle = client.read_response(false, 20'000);
    REQUIRE(in_the_middle);
    CHECK(in_the_middle->status == 507);
    CHECK(site.list() == std::vector<std::string>{"www", "www/old.bin"});
    CHECK((fetch(server.port(), "GET", "/old.bin").body == kOld));
    // What was written of the refused one is given back in the background.
    CHECK(support::eventually([&] { return fetch(server.port(), "PUT", "/old.bin", {}, "fits").status == 204; }));
    CHECK(fetch(server.port(), "GET", "/old.bin").body == "fits");
    CHECK(server.stop() == 0);
}

TEST_CASE("disk faults: a file system that becomes read-only is 403, and serves on", "[crash][faults]") {
    const support::TempDir site;
    site.make_directory("www");
    const SmallDisk disk(site.at("www"), "size=1m");
    if (!disk.is_mounted()) return;
    site.write("www/old.bin", kOld);
    support::ServerProcess server({.directory = site.at("www")});
    disk.remount(MS_RDONLY);
    CHECK(fetch(server.port(), "PUT", "/old.bin", {}, "new").status == 403);
    CHECK(fetch(server.port(), "PUT", "/d/new.bin", {}, "new").status == 403);
    CHECK(fetch(server.port(), "DELETE", "/old.bin").status == 403);
    CHECK((fetch(server.port(), "GET", "/old.bin").body == kOld));
    disk.remount(0);
    CHECK(fetch(server.port(), "PUT", "/old.bin", {}, "new").status == 204);
    CHECK(fetch(server.port(), "GET", "/old.bin").body == "new");
    CHECK(site.list() == std::vector<std::string>{"www", "www/old.bin"});
    CHECK(server.stop() == 0);
}

TEST_CASE("disk faults: a limit on the size of files is 413, not the end of the server", "[crash][faults]") {
    const support::TempDir site;
    site.write("old.bin", kOld);
    const std::string limited = R"(ulimit -f 200; "$@"; exit $?)";  // blocks of 512 bytes
    support::ServerProcess server({.directory = site.path(), .wrapper = {"sh", "-c", limited, "sh"}});
    CHECK(fetch(server.port(), "PUT", "/old.bin", {}, support::noise(200'000)).status == 413);
    CHECK(fetch(server.port(), "PUT", "/old.bin", {"Transfer-Encoding: chunked"},
                support::chunked(support::noise(200'000), 10'000))
              .status == 413);
    CHECK((fetch(server.port(), "GET", "/old.bin").body == kOld));
    CHECK(fetch(server.port(), "PUT", "/old.bin", {}, "fits").status == 204);
    CHECK(site.list() == std::vector<std::string>{"old.bin"});
    CHECK(server.stop() == 0);
}
