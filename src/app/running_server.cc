// The lock of the pid file tells whether its number still means the server.
#include "app/running_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "app/daemon.h"
#include "base/fd.h"

namespace app {
namespace {

std::vector<int> signals_for(Order order) {
    switch (order) {
        case Order::reload: return {SIGHUP};
        case Order::reopen: return {SIGUSR1};
        case Order::quit: return {SIGTERM};
        case Order::upgrade: return {SIGUSR2};
        case Order::stop: break;
    }
    return {SIGTERM, SIGINT};
}

}  // namespace

std::optional<Order> parse_order(std::string_view text) {
    if (text == "reload") return Order::reload;
    if (text == "reopen") return Order::reopen;
    if (text == "quit") return Order::quit;
    if (text == "stop") return Order::stop;
    if (text == "upgrade") return Order::upgrade;
    return std::nullopt;
}

std::expected<void, std::string> send_order(Order order, const std::string& pidfile) {
    const base::Fd file(::open(pidfile.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        const std::string reason = std::strerror(errno);
        return std::unexpected("no server is known by the pid file " + pidfile + ": " + reason);
    }
    // A server keeps its file locked, so a number that was left by a crash and is another process's now does no harm.
    if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) {
        return std::unexpected("no server holds the pid file " + pidfile + ": none runs with it");
    }
    const auto pid = read_pid(file.get());
    if (!pid) return std::unexpected("the pid file " + pidfile + " has no process's number yet");
    struct stat before{};
    ::fstat(file.get(), &before);
    for (const int number : signals_for(order)) {
        if (::kill(*pid, number) != 0) {
            const std::string reason = std::strerror(errno);
            return std::unexpected("cannot signal the process " + std::to_string(*pid) + ": " + reason);
        }
    }
    return order == Order::upgrade ? await_upgrade(file.get(), *pid, before, kAnswerWithinMs)
                                   : std::expected<void, std::string>();
}

std::expected<void, std::string> await_upgrade(int pidfile, pid_t old, const struct stat& before, int within_ms) {
    constexpr int kLookEveryMs = 10;
    for (int waited_ms = 0; waited_ms < within_ms; waited_ms += kLookEveryMs) {
        const auto pid = read_pid(pidfile);
        if (pid && *pid != old) return {};
        struct stat now{};
        const bool is_answered = ::fstat(pidfile, &now) == 0 && (now.st_mtim.tv_sec != before.st_mtim.tv_sec ||
                                                                 now.st_mtim.tv_nsec != before.st_mtim.tv_nsec);
        // The number may have been written just after it was looked at.
        if (is_answered && read_pid(pidfile) == old) {
            return std::unexpected("the upgrade failed, and process " + std::to_string(old) +
                                   " goes on: its error log says why");
        }
        ::poll(nullptr, 0, kLookEveryMs);
    }
    return std::unexpected("process " + std::to_string(old) + " did not say within " +
                           std::to_string(within_ms / 1'000) + " seconds how the upgrade went: see its error log");
}

}  // namespace app
