// Runs code in a child that ends with it: for what a process cannot take back. Called by the tests of the sandbox.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace support {

/// The number that `run` gave in the child (0 to 255, such as an errno); -1 when the child was killed.
template <class Run>
int result_in_child(Run run) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(run());
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The signal that ended the child in which `run` was called; 0 when it ended by itself.
template <class Run>
int signal_in_child(Run run) {
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        (void)run();
        ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/// The errno of a system call with this result, 0 for success.
inline int error_of(long result) { return result < 0 ? errno : 0; }

}  // namespace support
