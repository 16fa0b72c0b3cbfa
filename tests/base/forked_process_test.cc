// What a child keeps; each case runs in one.
#include "base/forked_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

#include "base/fd.h"
#include "support/catch.h"
#include "support/in_child.h"

namespace {

ino_t number_of(int file) {
    struct stat status{};
    return ::fstat(file, &status) == 0 ? status.st_ino : 0;
}

bool is_open(int file) { return ::fcntl(file, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("forked process: keeps what it is told, in that order, and nothing else", "[base]") {
    const int ended = support::result_in_child([] {
        const base::Fd root(::open("/", O_PATH));
        const base::Fd proc(::open("/proc", O_PATH));
        const ino_t first = number_of(proc.get());
        const ino_t second = number_of(root.get());
        const std::array<int, 3> kept{proc.get(), root.get(), -1};
        if (!base::keep_only(kept)) return 1;
        if (number_of(base::kFirstKept) != first || number_of(base::kFirstKept + 1) != second) return 2;
        const ino_t nowhere = number_of(STDERR_FILENO);
        if (number_of(base::kFirstKept + 2) != nowhere || number_of(STDIN_FILENO) != nowhere) return 3;
        for (int number = base::kFirstKept + 3; number < 100; ++number) {
            if (is_open(number)) return 4;
        }
        return 0;
    });
    CHECK(ended == 0);
}

TEST_CASE("forked process: two that have each other's numbers are both kept", "[base]") {
    const int ended = support::result_in_child([] {
        const int root = ::open("/", O_PATH);
        const int proc = ::open("/proc", O_PATH);
        const ino_t first = number_of(proc);
        const ino_t second = number_of(root);
        ::dup2(root, 20);
        ::dup2(proc, 21);
        ::dup2(20, base::kFirstKept);
        ::dup2(21, base::kFirstKept + 1);
        const std::array<int, 2> kept{base::kFirstKept + 1, base::kFirstKept};
        if (!base::keep_only(kept)) return 1;
        return number_of(base::kFirstKept) == first && number_of(base::kFirstKept + 1) == second ? 0 : 2;
    });
    CHECK(ended == 0);
}

TEST_CASE("forked process: a signal to the whole group does not end it, and it has a name of its own", "[base]") {
    const int ended = support::result_in_child([] {
        base::leave_group("a-name");
        for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE}) ::raise(number);
        std::array<char, 16> name{};
        ::prctl(PR_GET_NAME, name.data());
        return std::string_view(name.data()) == "a-name" ? 0 : 1;
    });
    CHECK(ended == 0);
}
