// What the process asks of the kernel, each time in a thread of its own: what it asked ends with that.
#include "app/process.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <utility>

#include "support/catch.h"

namespace {

struct Attributes {
    int policy;
    std::uint64_t slice_ns;
    bool operator==(const Attributes&) const = default;
};

/// Of the calling thread, as sched_getattr(2) tells it in words of four bytes: size, policy, two of flags, nice,
/// priority, two of the slice, and two times that are none of ours.
Attributes attributes() {
    std::array<std::uint32_t, 12> words{};
    REQUIRE(::syscall(SYS_sched_getattr, 0, words.data(), sizeof(words), 0) == 0);
    return {static_cast<int>(words[1]), words[6] | std::uint64_t{words[7]} << 32};
}

/// 6.12 and later have a length for each thread.
bool has_slices() {
    utsname kernel{};
    int major = 0;
    int minor = 0;
    return ::uname(&kernel) == 0 && std::sscanf(kernel.release, "%d.%d", &major, &minor) == 2 &&
           std::pair(major, minor) >= std::pair(6, 12);
}

}  // namespace

TEST_CASE("process: a thread that asks for short slices has them, and the threads it makes do not", "[app]") {
    const Attributes before = attributes();
    Attributes asking{};
    Attributes made{};
    std::thread([&] {
        app::ask_for_short_slices();
        asking = attributes();
        std::thread([&] { made = attributes(); }).join();
    }).join();
    CHECK(asking.policy == before.policy);
    CHECK(made == before);
    if (has_slices() && before.policy == SCHED_OTHER) CHECK(asking.slice_ns == app::kSliceNs);
}

TEST_CASE("process: a filter that kills whoever asks for slices does not end the server", "[app]") {
    const pid_t child = ::fork();
    if (child == 0) {
        std::array<sock_filter, 4> filter{{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                                           {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_sched_setattr},
                                           {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS},
                                           {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}}};
        const sock_fprog program{filter.size(), filter.data()};
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(2);
        if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(2);
        app::ask_for_short_slices();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
}

TEST_CASE("process: a policy that somebody chose stays as it is", "[app]") {
    Attributes chosen{};
    Attributes after{};
    std::thread([&] {
        const sched_param none{};
        ::sched_setscheduler(0, SCHED_BATCH, &none);
        chosen = attributes();
        app::ask_for_short_slices();
        after = attributes();
    }).join();
    CHECK(chosen.policy == SCHED_BATCH);
    CHECK(after == chosen);
}
