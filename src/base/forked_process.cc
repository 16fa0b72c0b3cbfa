// Descriptors, signals and the name.
#include "base/forked_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace base {

bool keep_only(std::span<const int> kept) {
    const int nowhere = ::open("/dev/null", O_RDWR);
    if (nowhere < 0) return false;
    // All are moved up first: one may have the number that another one gets.
    const int above = kFirstKept + static_cast<int>(kept.size());
    std::vector<int> high;
    for (const int number : kept) {
        high.push_back(::fcntl(number < 0 ? nowhere : number, F_DUPFD, above));
        if (high.back() < 0) return false;
    }
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
    int place = kFirstKept;
    for (const int number : high) ::dup2(number, place++);
    return ::close_range(static_cast<unsigned>(above), ~0U, 0) == 0;
}

void leave_group(const char* name) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE}) {
        std::signal(number, SIG_IGN);
    }
    std::signal(SIGCHLD, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    (void)::chdir("/");
    ::prctl(PR_SET_NAME, name);
}

}  // namespace base
