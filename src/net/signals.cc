// signalfd for the four signals.
#include "net/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace net {

std::expected<Signals, std::string> Signals::open() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) ::sigaddset(&wanted, number);
    if (::sigprocmask(SIG_BLOCK, &wanted, nullptr) != 0 || std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        return std::unexpected(std::string("cannot take over the signals: ") + std::strerror(errno));
    }
    base::Fd fd(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd) return std::unexpected(std::string("cannot take over the signals: ") + std::strerror(errno));
    return Signals(std::move(fd));
}

std::optional<int> Signals::next() const {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

}  // namespace net
