// Runs code that is expected to abort the process, in a child, and gives back what it wrote to standard error.
#pragma once

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

namespace support {

/// What `run` wrote to standard error before it aborted; "(no abort)" where it returned or ended in another way.
template <class Run>
std::string stderr_of_abort(Run run) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return "(no pipe)";
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::signal(SIGABRT, SIG_DFL);  // the test runner has a handler of its own
        ::dup2(ends[1], STDERR_FILENO);
        run();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 512> bytes{};
    for (ssize_t got = 0; (got = ::read(ends[0], bytes.data(), bytes.size())) > 0;) {
        text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? text : "(no abort)";
}

}  // namespace support
