// Detaching, the pid file and privileges, on real processes; what needs root is left out without it.
#include "app/daemon.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "support/catch.h"

namespace {

/// A directory of its own, removed with what the test left in it.
class Folder {
public:
    Folder() {
        std::array<char, 32> name{"/tmp/godwit-test-XXXXXX"};
        path_ = ::mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        ::unlink((path_ + "/pid").c_str());
        ::rmdir(path_.c_str());
    }
    [[nodiscard]] std::string file() const { return path_ + "/pid"; }

private:
    std::string path_;
};

std::string contents(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

struct Outcome {
    int status = -1;
    std::string output;
};

/// Runs `body` in a process of its own whose standard output is collected; it must end by _exit.
Outcome run_apart(const std::function<void()>& body) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[1]);
        body();
        ::_exit(99);
    }
    ::close(ends[1]);
    Outcome outcome;
    std::array<char, 256> block{};
    for (ssize_t n = 0; (n = ::read(ends[0], block.data(), block.size())) > 0;) {
        outcome.output.append(block.data(), static_cast<std::size_t>(n));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) outcome.status = WEXITSTATUS(status);
    return outcome;
}

}  // namespace

TEST_CASE("daemon: the parent prints the child's line and exits 0 once the child is ready", "[app][daemon]") {
    const Outcome outcome = run_apart([] {
        auto detached = app::Detached::detach();
        if (!detached) ::_exit(90);
        const int error = detached->ready("serving\n");
        ::_exit(error == 0 ? 0 : 91);
    });
    CHECK(outcome.status == 0);
    CHECK(outcome.output == "serving\n");
}

TEST_CASE("daemon: the parent exits with the child's failure when it never becomes ready", "[app][daemon]") {
    CHECK(run_apart([] {
              auto detached = app::Detached::detach();
              ::_exit(3);
          }).status == 3);
    CHECK(run_apart([] {
              auto detached = app::Detached::detach();
              ::_exit(0);  // gone without a word is a failure too
          }).status == 1);
    CHECK(run_apart([] {
              auto detached = app::Detached::detach();
              ::kill(::getpid(), SIGKILL);
          }).status == 1);
}

TEST_CASE("daemon: the child leads a session, sits in / and holds no terminal stream", "[app][daemon]") {
    const Outcome outcome = run_apart([] {
        // A second way to the collected output: the streams themselves are led away by ready().
        const int report = ::dup(STDOUT_FILENO);
        auto detached = app::Detached::detach();
        if (!detached || detached->ready("") != 0) ::_exit(90);
        std::array<char, 64> directory{};
        struct stat null_status{};
        struct stat stream_status{};
        ::stat("/dev/null", &null_status);
        std::string text = ::getsid(0) == ::getpid() ? "session " : "no-session ";
        text += ::getcwd(directory.data(), directory.size());
        for (int stream = 0; stream < 3; ++stream) {
            ::fstat(stream, &stream_status);
            text += stream_status.st_rdev == null_status.st_rdev ? " null" : " other";
        }
        (void)!::write(report, text.data(), text.size());
        ::_exit(0);
    });
    CHECK(outcome.status == 0);
    CHECK(outcome.output == "session / null null null");
}

TEST_CASE("pid file: holds the process's number and is removed at the end", "[app][daemon]") {
    const Folder folder;
    {
        auto pidfile = app::Pidfile::create(folder.file());
        REQUIRE(pidfile);
        CHECK(contents(folder.file()) == std::to_string(::getpid()) + "\n");
        const app::Pidfile moved = std::move(*pidfile);
        CHECK(exists(folder.file()));
    }
    CHECK_FALSE(exists(folder.file()));
}

TEST_CASE("pid file: one that another server holds is refused and left alone", "[app][daemon]") {
    const Folder folder;
    const auto first = app::Pidfile::create(folder.file());
    REQUIRE(first);
    const auto second = app::Pidfile::create(folder.file());
    REQUIRE_FALSE(second);
    CHECK(second.error().find("locked by another process (" + std::to_string(::getpid()) + ")") != std::string::npos);
    CHECK(exists(folder.file()));
}

TEST_CASE("pid file: one left by a crash is taken over, whatever the crash made of it", "[app][daemon]") {
    for (const std::string& left : {std::string("4294967296\n"), std::string(), std::string(7, '\0')}) {
        CAPTURE(left);
        const Folder folder;
        std::ofstream(folder.file()) << left;
        const auto pidfile = app::Pidfile::create(folder.file());
        REQUIRE(pidfile);
        CHECK(contents(folder.file()) == std::to_string(::getpid()) + "\n");
    }
}

TEST_CASE("pid file: a file of another kind is refused and stays as it is", "[app][daemon]") {
    for (const std::string& other : {std::string("port 80\n"), std::string(33, '1')}) {
        CAPTURE(other);
        const Folder folder;
        std::ofstream(folder.file()) << other;
        const auto pidfile = app::Pidfile::create(folder.file());
        REQUIRE_FALSE(pidfile);
        CHECK(pidfile.error().find("holds something else than the number of a process") != std::string::npos);
        CHECK(contents(folder.file()) == other);
    }
}

TEST_CASE("pid file: a child that ends does not remove its parent's file", "[app][daemon]") {
    const Folder folder;
    auto pidfile = app::Pidfile::create(folder.file());
    REQUIRE(pidfile);
    run_apart([&] {
        {
            const app::Pidfile gone = std::move(*pidfile);
        }
        ::_exit(0);
    });
    CHECK(exists(folder.file()));
}

TEST_CASE("pid file: someone else's file in its place is not removed", "[app][daemon]") {
    const Folder folder;
    {
        const auto pidfile = app::Pidfile::create(folder.file());
        REQUIRE(pidfile);
        ::unlink(folder.file().c_str());
        std::ofstream(folder.file()) << "1\n";
    }
    CHECK(contents(folder.file()) == "1\n");
}

TEST_CASE("pid file: in a directory that is closed after giving up root, it is emptied", "[app][daemon]") {
    if (::geteuid() != 0) return;  // only root has anything to give up
    const Folder folder;           // 0700
    const Outcome outcome = run_apart([&] {
        {
            const auto pidfile = app::Pidfile::create(folder.file());
            if (!pidfile || !app::drop_privileges({65534, 65534, ""})) ::_exit(1);
        }
        ::_exit(0);
    });
    CHECK(outcome.status == 0);
    REQUIRE(exists(folder.file()));
    CHECK(contents(folder.file()).empty());
}

TEST_CASE("pid file: a place that cannot be written is named", "[app][daemon]") {
    const auto pidfile = app::Pidfile::create("/no-such-directory/pid");
    REQUIRE_FALSE(pidfile);
    CHECK(pidfile.error() == "cannot open the pid file /no-such-directory/pid: No such file or directory");
}

TEST_CASE("privileges: users and groups are found by name and by number", "[app][daemon]") {
    const auto root = app::find_identity("root", "");
    REQUIRE(root);
    CHECK(root->uid == 0);
    CHECK(root->gid == 0);
    CHECK(root->user == "root");
    const auto numbers = app::find_identity("54321", "54322");
    REQUIRE(numbers);
    CHECK(numbers->uid == 54321);
    CHECK(numbers->gid == 54322);
    CHECK(app::find_identity("0", "")->user == "root");
}

TEST_CASE("privileges: a name that does not exist is refused in a sentence", "[app][daemon]") {
    CHECK(app::find_identity("no-such-user", "").error().find("there is no user no-such-user") == 0);
    CHECK(app::find_identity("root", "no-such-group").error().find("there is no group no-such-group") == 0);
    CHECK(app::find_identity("54321", "").error().find("give USER:GROUP") != std::string::npos);
    // -1 means "leave it as it is" to the system calls, so it must never get there.
    CHECK_FALSE(app::find_identity("4294967295", "0"));
    CHECK_FALSE(app::find_identity("root", "4294967295"));
}

TEST_CASE("privileges: given up for good, with every group of root", "[app][daemon]") {
    if (::geteuid() != 0) return;  // only root has any to give up
    const Outcome outcome = run_apart([] {
        const bool dropped = app::drop_privileges({65534, 65534, ""}).has_value();
        std::array<gid_t, 8> groups{};
        const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
        const bool kept = ::setuid(0) == 0 || ::setgid(0) == 0;
        ::_exit(dropped && ::getuid() == 65534 && ::getgid() == 65534 && count == 1 && groups[0] == 65534 && !kept ? 0
                                                                                                                   : 1);
    });
    CHECK(outcome.status == 0);
}

TEST_CASE("privileges: only root can become another user", "[app][daemon]") {
    const Outcome outcome = run_apart([] {
        if (::geteuid() == 0 && !app::drop_privileges({65534, 65534, ""})) ::_exit(2);
        ::_exit(app::drop_privileges({65533, 65533, ""}).has_value() ? 1 : 0);
    });
    CHECK(outcome.status == 0);
}

TEST_CASE("pid file: who takes it over has its lock, and it goes with the process that it names", "[app][daemon]") {
    const Folder folder;
    auto first = app::Pidfile::create(folder.file());
    REQUIRE(first);
    const std::string before = contents(folder.file());
    {
        auto second = app::Pidfile::take_over(base::Fd(::dup(first->descriptor())), folder.file());
        REQUIRE(second);
        CHECK(contents(folder.file()) == before);
        // It names the first one until it is claimed, so that a successor that fails takes nothing away.
    }
    CHECK(exists(folder.file()));
    const pid_t child = ::fork();
    if (child == 0) {
        auto second = app::Pidfile::take_over(base::Fd(::dup(first->descriptor())), folder.file());
        ::_exit(second && second->claim() == 0 && contents(folder.file()) == std::to_string(::getpid()) + "\n" ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    {
        const app::Pidfile gone = std::move(*first);
    }
    CHECK(contents(folder.file()) == std::to_string(child) + "\n");
    CHECK_FALSE(app::Pidfile::take_over(base::Fd(::open("/dev/null", O_RDWR)), folder.file()));
}
