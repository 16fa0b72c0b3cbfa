// Each kind of access, tried by a process that has restricted itself.
#include "base/landlock.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "support/catch.h"
#include "support/in_child.h"
#include "support/temp_dir.h"

using base::Access;
using base::Landlock;
using support::error_of;

namespace {

bool is_missing() {
    if (Landlock::version() >= Landlock::kTruncation) return false;
    WARN("this kernel has no Landlock, or an old one");
    return true;
}

struct Tree {
    Tree() {
        folder.write("in/old.txt", "old");
        folder.write("in/sub/deep.txt", "deep");
        folder.write("out/secret.txt", "secret");
    }
    /// What `attempt` gives where `access` is allowed below "in", and nothing else anywhere.
    template <class Attempt>
    int with(Access access, Attempt attempt) const {
        return support::result_in_child([&] {
            const auto landlock = Landlock::create();
            if (!landlock || landlock->allow(folder.at("in"), access) != 0 || landlock->restrict_self() != 0)
                return 255;
            return attempt();
        });
    }
    [[nodiscard]] int open_with(Access access, const char* name, int flags) const {
        return with(access, [&] { return error_of(::open(folder.at(name).c_str(), flags, 0600)); });
    }

    support::TempDir folder;
};

}  // namespace

TEST_CASE("landlock: what is allowed to read can be read, and nothing written", "[base][landlock]") {
    if (is_missing()) return;
    const Tree tree;
    CHECK(tree.open_with(Access::read, "in/sub/deep.txt", O_RDONLY) == 0);
    CHECK(tree.open_with(Access::read, "in/sub", O_RDONLY | O_DIRECTORY) == 0);
    CHECK(tree.open_with(Access::read, "in/old.txt", O_WRONLY) == EACCES);
    CHECK(tree.open_with(Access::read, "in/new.txt", O_WRONLY | O_CREAT) == EACCES);
    CHECK(tree.open_with(Access::read, "out/secret.txt", O_RDONLY) == EACCES);
    CHECK(tree.open_with(Access::read, "out", O_RDONLY | O_DIRECTORY) == EACCES);
    CHECK(tree.with(Access::read, [&] { return error_of(::unlink(tree.folder.at("in/old.txt").c_str())); }) == EACCES);
}

TEST_CASE("landlock: what is allowed to write can be changed in every way that files have", "[base][landlock]") {
    if (is_missing()) return;
    const Tree tree;
    const auto at = [&](const char* name) { return tree.folder.at(name); };
    CHECK(tree.open_with(Access::write, "in/new.txt", O_RDWR | O_CREAT | O_TRUNC) == 0);
    CHECK(tree.with(Access::write, [&] { return error_of(::mkdir(at("in/made").c_str(), 0700)); }) == 0);
    CHECK(tree.with(Access::write, [&] {
        return error_of(std::rename(at("in/old.txt").c_str(), at("in/made/moved.txt").c_str()));
    }) == 0);
    CHECK(tree.with(Access::write, [&] { return error_of(::unlink(at("in/made/moved.txt").c_str())); }) == 0);
    CHECK(tree.with(Access::write, [&] { return error_of(::rmdir(at("in/made").c_str())); }) == 0);
    CHECK(tree.with(Access::write, [&] { return error_of(::symlink("/", at("in/link").c_str())); }) == EACCES);
    CHECK(tree.with(Access::write, [&] { return error_of(::mkfifo(at("in/fifo").c_str(), 0600)); }) == EACCES);
    CHECK(tree.with(Access::write,
                    [&] { return error_of(std::rename(at("in/new.txt").c_str(), at("out/new.txt").c_str())); }) != 0);
    CHECK(tree.folder.read("out/secret.txt") == "secret");
}

TEST_CASE("landlock: a log can be made and written, and what is removed can only be removed", "[base][landlock]") {
    if (is_missing()) return;
    const Tree tree;
    CHECK(tree.open_with(Access::append, "in/a.log", O_WRONLY | O_APPEND | O_CREAT | O_EXCL) == 0);
    CHECK(tree.open_with(Access::append, "in/a.log", O_WRONLY | O_APPEND) == 0);
    CHECK(tree.open_with(Access::append, "in/a.log", O_RDONLY) == EACCES);
    CHECK(tree.open_with(Access::append, "in/a.log", O_WRONLY | O_TRUNC) == EACCES);
    CHECK(tree.open_with(Access::remove, "in/a.log", O_WRONLY) == EACCES);
    CHECK(tree.with(Access::remove, [&] { return error_of(::unlink(tree.folder.at("in/a.log").c_str())); }) == 0);
}

TEST_CASE("landlock: no access allows to execute, and no new privileges are to be had", "[base][landlock]") {
    if (is_missing()) return;
    const Tree tree;
    tree.folder.write("in/run", "#!/bin/sh\n");
    REQUIRE(::chmod(tree.folder.at("in/run").c_str(), 0700) == 0);
    for (const Access access : {Access::read, Access::write, Access::stream}) {
        CHECK(tree.with(access, [&] {
            return error_of(::execl(tree.folder.at("in/run").c_str(), "run", static_cast<char*>(nullptr)));
        }) == EACCES);
    }
    CHECK(tree.with(Access::read, [] { return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); }) == 1);
}

TEST_CASE("landlock: there are no outgoing connections, no new ports and no other processes", "[base][landlock]") {
    if (Landlock::version() < Landlock::kOthers) return;
    const Tree tree;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* const name = reinterpret_cast<const sockaddr*>(&address);
    const base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const pid_t other = ::getpid();
    CHECK(tree.with(Access::read, [&] { return error_of(::connect(socket.get(), name, sizeof address)); }) == EACCES);
    CHECK(tree.with(Access::read, [&] { return error_of(::bind(socket.get(), name, sizeof address)); }) == EACCES);
    CHECK(tree.with(Access::read, [=] { return error_of(::kill(other, 0)); }) == EPERM);
    CHECK(tree.with(Access::read, [=] { return error_of(::ptrace(PTRACE_SEIZE, other, nullptr, nullptr)); }) == EPERM);
}

TEST_CASE("landlock: a file that takes another one's place is read where links lead, too", "[base][landlock]") {
    if (is_missing()) return;
    const Tree tree;
    tree.folder.write("kept/v1", "one");
    tree.folder.make_directory("live");
    REQUIRE(::symlink("../kept/v1", tree.folder.at("live/now").c_str()) == 0);
    const auto open_after_change = [&](Access access, int flags) {
        return support::result_in_child([&] {
            const auto landlock = Landlock::create();
            if (!landlock || landlock->allow_beside(tree.folder.at("live/now"), access) != 0) return 255;
            tree.folder.write("kept/v2", "two");
            ::unlink(tree.folder.at("live/now").c_str());
            if (::symlink("../kept/v2", tree.folder.at("live/now").c_str()) != 0) return 255;
            if (landlock->restrict_self() != 0) return 255;
            return error_of(::open(tree.folder.at("live/now").c_str(), flags, 0600));
        });
    };
    CHECK(open_after_change(Access::read, O_RDONLY) == 0);
    CHECK(open_after_change(Access::append, O_WRONLY) == 0);
    CHECK(open_after_change(Access::append, O_RDONLY) == EACCES);
    CHECK(Landlock::create()->allow_beside(tree.folder.at("nowhere/file"), Access::read) == ENOENT);
    CHECK(Landlock::create()->allow(tree.folder.at("nowhere"), Access::read) == ENOENT);
}
