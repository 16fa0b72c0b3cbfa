// signalfd.
#include "net/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace net {

std::expected<Signals, std::string> Signals::open() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) ::sigaddset(&wanted, number);
    // A peer that leaves early is met at the call that sends, also where no flag can say so (sendfile).
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    // A file that outgrows the limit set for the process (RLIMIT_FSIZE) is met at the call that writes.
    const bool ignored = ::sigaction(SIGPIPE, &ignore, nullptr) == 0 && ::sigaction(SIGXFSZ, &ignore, nullptr) == 0;
    if (!ignored || ::sigprocmask(SIG_BLOCK, &wanted, nullptr) != 0) {
        return std::unexpected(std::string("cannot block signals: ") + std::strerror(errno));
    }
    base::Fd fd(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd) return std::unexpected(std::string("cannot make a signal descriptor: ") + std::strerror(errno));
    return Signals(std::move(fd));
}

std::optional<int> Signals::next() const {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

}  // namespace net
