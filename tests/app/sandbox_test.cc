// Attempts from inside: each runs in a child that confines itself as the options say.
#include "app/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "app/command_line.h"
#include "base/call_filter.h"
#include "base/landlock.h"
#include "base/wake_queue.h"
#include "net/listener.h"
#include "storage/disk_queue.h"
#include "storage/process_disk_queue.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/in_child.h"
#include "support/notify_socket.h"
#include "support/temp_dir.h"

using base::Landlock;
using support::error_of;

namespace {

bool is_missing() {
    if (Landlock::version() >= Landlock::kOthers) return false;
    WARN("this kernel has no Landlock, or an old one");
    return true;
}

constexpr int kNotConfined = 255;

/// What becomes of an attempt that both hinder: the filter ends the process before Landlock answers.
int hindered(int error) { return base::kFiltersCalls ? -1 : error; }

/// A directory that is served with these options, and one beside it that is not.
struct Confined {
    explicit Confined(std::vector<std::string> words) {
        files.write("root/a.txt", "a");
        files.write("out/b.txt", "b");
        words.push_back(files.at("root"));
        options = command_line::accepted(std::move(words));
    }

    /// What `attempt` gives within the sandbox.
    template <class Attempt>
    int attempt(Attempt attempt) const {
        return support::result_in_child([&] {
            const FakeClock clock;
            const auto root = storage::FileRoot::open(options.directory, options.site.symlinks);
            const auto service = app::ServiceNotify::from_environment(clock);
            if (!root || !service || !app::confine(options, *root, *service)) return kNotConfined;
            return attempt();
        });
    }
    [[nodiscard]] int open(const std::string& name, int flags) const {
        return attempt([&] { return error_of(::open(name.c_str(), flags, 0600)); });
    }

    support::TempDir files;
    app::Options options;
};

sockaddr_in address_of(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int socket_error(bool binds, std::uint16_t port) {
    const base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = address_of(port);
    const auto* const name = reinterpret_cast<const sockaddr*>(&address);
    return error_of(binds ? ::bind(socket.get(), name, sizeof address) : ::connect(socket.get(), name, sizeof address));
}

}  // namespace

TEST_CASE("sandbox: files outside the directory are neither read nor written", "[app][sandbox]") {
    if (is_missing()) return;
    const Confined site({"--allow-all"});
    CHECK(site.open("/etc/passwd", O_RDONLY) == EACCES);
    CHECK(site.open("/", O_RDONLY | O_DIRECTORY) == EACCES);
    CHECK(site.open("/dev/zero", O_RDONLY) == EACCES);
    CHECK(site.open(site.files.at("out/b.txt"), O_RDONLY) == EACCES);
    CHECK(site.open(site.files.at("out/b.txt"), O_WRONLY) == EACCES);
    CHECK(site.open(site.files.at("out/new"), O_WRONLY | O_CREAT) == EACCES);
    CHECK(site.open(site.files.at("root/a.txt"), O_RDONLY) == 0);
    CHECK(site.open(site.files.at("root/a.txt"), O_WRONLY | O_TRUNC) == 0);
    CHECK(site.open(site.files.at("root/new"), O_WRONLY | O_CREAT) == 0);
    CHECK(site.open(site.files.at("root"), O_RDWR | O_TMPFILE) == 0);
}

TEST_CASE("sandbox: the directory is written only where an option or a later configuration may allow it",
          "[app][sandbox]") {
    if (is_missing()) return;
    const auto creates = [](const Confined& site) { return site.open(site.files.at("root/n"), O_WRONLY | O_CREAT); };
    CHECK(creates(Confined({})) == EACCES);
    CHECK(creates(Confined({"--allow-upload"})) == 0);
    CHECK(creates(Confined({"--allow-delete"})) == 0);
    CHECK(creates(Confined({"--grant", "/in/ * create"})) == 0);
    const support::TempDir folder;
    folder.write("conf", "no-listing\n");
    CHECK(creates(Confined({"--config", folder.at("conf")})) == 0);
    CHECK(Confined({"--config", folder.at("conf")}).open(folder.at("conf"), O_RDONLY) == 0);
    CHECK(Confined({"--config", folder.at("conf")}).open(folder.at("conf"), O_WRONLY) == EACCES);
}

TEST_CASE("sandbox: links may lead outside only where --symlinks all says so", "[app][sandbox]") {
    if (is_missing()) return;
    const Confined site({"--symlinks", "all"});
    CHECK(site.open(site.files.at("out/b.txt"), O_RDONLY) == 0);
    CHECK(site.open(site.files.at("out/b.txt"), O_WRONLY) == EACCES);
}

TEST_CASE("sandbox: logs are opened anew, and nothing else is written beside them", "[app][sandbox]") {
    if (is_missing()) return;
    const support::TempDir logs;
    logs.write("access.log", "");
    const Confined site({"--access-log", logs.at("access.log"), "--error-log", "/dev/null"});
    CHECK(site.open(logs.at("access.log"), O_WRONLY | O_APPEND | O_CREAT) == 0);
    CHECK(site.open(logs.at("rotated.log"), O_WRONLY | O_APPEND | O_CREAT | O_EXCL) == 0);
    CHECK(site.open(logs.at("access.log"), O_RDONLY) == EACCES);
    CHECK(site.open("/dev/null", O_WRONLY) == 0);
    CHECK(site.open("/dev/zero", O_WRONLY) == EACCES);
}

TEST_CASE("sandbox: the users file is for the process that checks passwords alone", "[app][sandbox]") {
    if (is_missing()) return;
    const support::TempDir folder;
    folder.write("users", "");
    const Confined site({"--users", folder.at("users"), "--grant", "/ + read"});
    CHECK(site.open(folder.at("users"), O_RDONLY) == EACCES);
}

TEST_CASE("sandbox: no program is executed", "[app][sandbox]") {
    if (is_missing()) return;
    const Confined site({"--allow-all"});
    CHECK(site.attempt([] { return error_of(::execl("/bin/true", "true", static_cast<char*>(nullptr))); }) ==
          hindered(EACCES));
    CHECK(site.attempt([] { return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); }) == hindered(1));
}

TEST_CASE("sandbox: there are no outgoing connections and no new ports", "[app][sandbox]") {
    if (is_missing()) return;
    const auto listener = net::Listener::open(*net::Address::parse("127.0.0.1:0", 0), 4);
    REQUIRE(listener);
    const std::uint16_t port = listener->address().port();
    const Confined site({});
    CHECK(socket_error(false, port) == 0);
    CHECK(site.attempt([&] { return socket_error(false, port); }) == hindered(EACCES));
    CHECK(site.attempt([] { return socket_error(true, 0); }) == hindered(EACCES));
    CHECK(site.attempt([&] { return socket_error(true, static_cast<std::uint16_t>(port + 1)); }) == hindered(EACCES));
    // What comes in is accepted.
    CHECK(site.attempt([&] { return error_of(::accept4(listener->descriptor(), nullptr, nullptr, 0)); }) == 0);
}

TEST_CASE("sandbox: other processes are out of reach", "[app][sandbox]") {
    if (is_missing()) return;
    const Confined site({});
    const pid_t other = ::getpid();
    CHECK(site.attempt([=] { return error_of(::kill(other, 0)); }) == hindered(EPERM));
    CHECK(site.attempt([=] { return error_of(::ptrace(PTRACE_SEIZE, other, nullptr, nullptr)); }) == hindered(EPERM));
    std::array<char, 4> bytes{"abc"};
    CHECK(site.attempt([&] {
        std::array<char, 4> copy{};
        const iovec here{copy.data(), copy.size()};
        const iovec there{bytes.data(), bytes.size()};
        return error_of(::process_vm_readv(other, &here, 1, &there, 1, 0));
    }) == hindered(EPERM));
    CHECK(site.attempt([] { return error_of(::chroot("/")); }) == hindered(EPERM));
    CHECK(site.attempt([] { return error_of(::sethostname("x", 1)); }) == hindered(EPERM));
}

TEST_CASE("sandbox: an abstract socket is reached where the service manager has one", "[app][sandbox]") {
    if (is_missing()) return;
    const std::string name = "@godwit-sandbox-" + std::to_string(::getpid());
    const support::NotifySocket manager(name);
    const Confined site({});
    const auto say_ready = [&](bool announced) {
        return support::result_in_child([&] {
            const FakeClock clock;
            ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
            auto speaks = app::ServiceNotify::from_environment(clock);
            const auto silent = app::ServiceNotify::from_environment(clock);  // the variable is taken already
            const auto root = storage::FileRoot::open(site.options.directory, site.options.site.symlinks);
            if (!app::confine(site.options, *root, announced ? *speaks : *silent)) return kNotConfined;
            speaks->ready("serving");
            return 0;
        });
    };
    REQUIRE(say_ready(true) == 0);
    CHECK(manager.next(1'000).starts_with("READY=1"));
    REQUIRE(say_ready(false) == 0);
    CHECK(manager.next().empty());
}

TEST_CASE("sandbox: what the disk does in the background is refused like the rest", "[app][sandbox]") {
    if (is_missing()) return;
    for (auto* make : {storage::make_disk_queue, storage::make_process_disk_queue}) {
        const Confined site({"--allow-all"});
        for (const char* name : {"root/.godwit-1", "out/.godwit-1"}) site.files.write(name, "x");
        CHECK(site.attempt([] { return 0; }) == 0);
        const int result = support::result_in_child([&] {
            // The ring, the sockets and the descriptors are older than the sandbox.
            base::WakeQueue wakes;
            auto disk = make(wakes);
            const auto folder = [&](const char* name) {
                return base::share(base::Fd(::open(site.files.at(name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
            };
            const base::SharedFd inside = folder("root");
            const base::SharedFd outside = folder("out");
            const FakeClock clock;
            const auto root = storage::FileRoot::open(site.options.directory, site.options.site.symlinks);
            const auto service = app::ServiceNotify::from_environment(clock);
            std::size_t said = 0;
            const auto confined = app::confine(site.options, *root, *service, [&](storage::ProcessCalls calls) {
                disk->start(calls, [&](std::string_view, const std::string&) { ++said; });
            });
            if (!confined) return kNotConfined;
            disk->remove_later(outside, ".godwit-1");
            disk->remove_later(inside, ".godwit-1");
            const storage::SyncTicket sync = disk->sync_all(inside, 1);
            disk->submit();
            while (!sync->done) disk->reap();
            disk.reset();
            return sync->error == 0 && said == 0 ? 0 : 1;
        });
        CHECK(result == 0);
        CHECK(site.files.has("out/.godwit-1"));
        CHECK_FALSE(site.files.has("root/.godwit-1"));
    }
}

TEST_CASE("sandbox: off changes nothing, and the notice says what holds", "[app][sandbox]") {
    CHECK(Confined({"--sandbox", "off"}).open("/etc/passwd", O_RDONLY) == 0);
    CHECK(command_line::accepted({"d"}).sandbox == app::SandboxMode::on);
    CHECK(command_line::accepted({"--sandbox", "required", "d"}).sandbox == app::SandboxMode::required);
    CHECK(command_line::refused({"--sandbox", "maybe", "d"}) ==
          "--sandbox does not take \"maybe\": it takes on, off or required");
    CHECK(command_line::contains(describe(command_line::accepted({"--sandbox", "required", "d"}), "/d"),
                                 "\nsandbox:           required\n"));
}
