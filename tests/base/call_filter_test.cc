// A call that is in no list ends the process that tries it; a call that is in one still works.
#include "base/call_filter.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

#include "support/catch.h"
#include "support/in_child.h"
#include "support/temp_dir.h"

using base::Calls;
using support::error_of;

namespace {

bool is_missing() {
    if (base::kFiltersCalls) return false;
    WARN("this build has no filter of system calls");
    return true;
}

constexpr int kUnfiltered = 255;

/// What a server keeps, as app/sandbox has it.
int keep_serving() {
    return base::keep_calls({Calls::library, Calls::reading, Calls::changing, Calls::talking, Calls::serving});
}

/// How a process ends that tries this with the calls of a server.
template <class Attempt>
int end_of(Attempt attempt) {
    return support::signal_in_child([&] {
        if (keep_serving() == 0) attempt();
    });
}

/// What the attempt gives with these calls.
template <class Attempt>
int result_of(Attempt attempt) {
    return support::result_in_child([&] { return keep_serving() != 0 ? kUnfiltered : attempt(); });
}

}  // namespace

TEST_CASE("call filter: programs and processes end who asks for them", "[base][call_filter]") {
    if (is_missing()) return;
    CHECK(end_of([] { ::execl("/bin/true", "true", static_cast<char*>(nullptr)); }) == SIGSYS);
    CHECK(end_of([] { (void)::fork(); }) == SIGSYS);
    CHECK(end_of([] { ::syscall(SYS_clone3, nullptr, 0); }) == SIGSYS);
    CHECK(end_of([] { ::syscall(SYS_execveat, -1, "/bin/true", nullptr, nullptr, 0); }) == SIGSYS);
}

TEST_CASE("call filter: other processes are out of reach", "[base][call_filter]") {
    if (is_missing()) return;
    const pid_t other = ::getpid();
    CHECK(end_of([=] { ::ptrace(PTRACE_SEIZE, other, nullptr, nullptr); }) == SIGSYS);
    CHECK(end_of([=] { ::kill(other, 0); }) == SIGSYS);
    CHECK(end_of([=] {
              std::array<char, 4> copy{};
              const iovec here{copy.data(), copy.size()};
              ::process_vm_readv(other, &here, 1, &here, 1, 0);
          }) == SIGSYS);
    CHECK(end_of([=] { ::syscall(SYS_pidfd_open, other, 0); }) == SIGSYS);
    rlimit limit{};
    CHECK(end_of([&] { ::prlimit(other, RLIMIT_NOFILE, nullptr, &limit); }) == SIGSYS);
    CHECK(result_of([&] { return error_of(::getrlimit(RLIMIT_NOFILE, &limit)); }) == 0);
}

TEST_CASE("call filter: only sockets that are there go on, and local ones are made", "[base][call_filter]") {
    if (is_missing()) return;
    for (const int family : {AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK}) {
        CHECK(end_of([=] { (void)::socket(family, SOCK_DGRAM, 0); }) == SIGSYS);
    }
    // A configuration that is read again may name an interface.
    CHECK(result_of([] { return ::if_nametoindex("lo") > 0 ? 0 : 1; }) == 0);
    CHECK(result_of([] { return error_of(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }) == 0);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(socket >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* const name = reinterpret_cast<const sockaddr*>(&address);
    CHECK(end_of([&] { (void)::connect(socket, name, sizeof address); }) == SIGSYS);
    CHECK(end_of([&] { (void)::bind(socket, name, sizeof address); }) == SIGSYS);
    CHECK(end_of([&] { ::listen(socket, 1); }) == SIGSYS);
    CHECK(result_of([&] { return error_of(::shutdown(socket, SHUT_RD)) == ENOTCONN ? 0 : 1; }) == 0);
    ::close(socket);
}

TEST_CASE("call filter: of what descriptors take beside reading and writing only harmless things stay",
          "[base][call_filter]") {
    if (is_missing()) return;
    CHECK(end_of([] { ::ioctl(STDIN_FILENO, TIOCSTI, "x"); }) == SIGSYS);
    CHECK(end_of([] { ::ioctl(STDIN_FILENO, TIOCSCTTY, 0); }) == SIGSYS);
    CHECK(end_of([] { ::syscall(SYS_io_uring_setup, 1, nullptr); }) == SIGSYS);
    CHECK(end_of([] { ::syscall(SYS_io_uring_register, -1, 0, nullptr, 0); }) == SIGSYS);
    CHECK(result_of([] { return ::isatty(STDIN_FILENO) >= 0 ? 0 : 1; }) == 0);
}

TEST_CASE("call filter: a call that a tracer had fail is none", "[base][call_filter]") {
    if (is_missing()) return;
    CHECK(result_of([] { return error_of(::syscall(-1)); }) == ENOSYS);
}

TEST_CASE("call filter: what waits for the disk opens, makes and connects nothing", "[base][call_filter]") {
    if (is_missing()) return;
    const auto end_with = [](auto attempt) {
        return support::signal_in_child([&] {
            if (base::keep_calls({Calls::library, Calls::disk}) == 0) attempt();
        });
    };
    CHECK(end_with([] { (void)::open("/", O_RDONLY); }) == SIGSYS);
    CHECK(end_with([] { (void)::socket(AF_UNIX, SOCK_STREAM, 0); }) == SIGSYS);
    CHECK(end_with([] { (void)::mkdirat(AT_FDCWD, "/none/x", 0700); }) == SIGSYS);
    CHECK(end_with([] { (void)::write(STDERR_FILENO, "x", 1); }) == SIGSYS);
    CHECK(end_with([] { (void)::fork(); }) == SIGSYS);
    CHECK(end_with([] {
              (void)::fsync(-1);
              (void)::fdatasync(-1);
              (void)::linkat(-1, "a", -1, "b", 0);
              (void)::renameat2(-1, "a", -1, "b", 0);
              (void)::unlinkat(-1, "a", 0);
              ::close(-1);
          }) == 0);
}

TEST_CASE("call filter: the machine is not changed", "[base][call_filter]") {
    if (is_missing()) return;
    CHECK(end_of([] { (void)::chroot("/"); }) == SIGSYS);
    CHECK(end_of([] { (void)::sethostname("x", 1); }) == SIGSYS);
    CHECK(end_of([] { (void)::setuid(::getuid()); }) == SIGSYS);
    CHECK(end_of([] { ::prctl(PR_SET_DUMPABLE, 1); }) == SIGSYS);
    for (const long number : {SYS_mount, SYS_bpf, SYS_keyctl, SYS_unshare, SYS_setns, SYS_init_module,
                              SYS_perf_event_open, SYS_userfaultfd, SYS_symlinkat, SYS_mknodat, SYS_seccomp}) {
        CHECK(end_of([=] { ::syscall(number, 0, 0, 0, 0, 0); }) == SIGSYS);
    }
}

TEST_CASE("call filter: what a server does goes on", "[base][call_filter]") {
    if (is_missing()) return;
    const support::TempDir folder;
    folder.make_directory("in");
    const int result = support::result_in_child([&] {
        if (keep_serving() != 0) return kUnfiltered;
        const int file = ::open(folder.at("in/new").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0 || ::write(file, "abc", 3) != 3 || ::fsync(file) != 0) return 1;
        struct stat status{};
        if (::fstat(file, &status) != 0 || status.st_size != 3) return 2;
        if (std::rename(folder.at("in/new").c_str(), folder.at("in/kept").c_str()) != 0) return 3;
        void* const memory = ::mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED || ::munmap(memory, 1 << 20) != 0) return 4;
        return ::usleep(1) == 0 ? 0 : 5;
    });
    CHECK(result == 0);
    CHECK(folder.read("in/kept") == "abc");
}

TEST_CASE("call filter: a process with fewer lists has no more than these", "[base][call_filter]") {
    if (is_missing()) return;
    const support::TempDir folder;
    folder.write("a", "a");
    const auto end_of_reader = [&](auto attempt) {
        return support::signal_in_child([&] {
            if (base::keep_calls({Calls::library, Calls::reading, Calls::talking, Calls::children}) == 0) attempt();
        });
    };
    CHECK(end_of_reader([&] { ::unlink(folder.at("a").c_str()); }) == SIGSYS);
    CHECK(end_of_reader([&] { (void)::truncate(folder.at("a").c_str(), 0); }) == SIGSYS);
    CHECK(end_of_reader([] { (void)::socket(AF_UNIX, SOCK_DGRAM, 0); }) == SIGSYS);
    CHECK(end_of_reader([] { ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }) == SIGSYS);
    CHECK(end_of_reader([&] { ::close(::open(folder.at("a").c_str(), O_RDONLY | O_CLOEXEC)); }) == 0);
    CHECK(end_of_reader([] {
              const pid_t child = ::fork();
              if (child == 0) ::_exit(0);
              ::waitpid(child, nullptr, 0);
          }) == 0);
}

TEST_CASE("call filter: calls by the interface of another kind of processor end the process", "[base][call_filter]") {
    if (is_missing()) return;
#if defined(__x86_64__)
    constexpr long kX32 = 0x4000'0000;  // the bit of the third interface that such a kernel may have
    CHECK(end_of([] { ::syscall(kX32 | SYS_getpid); }) == SIGSYS);
#endif
}
