// The lock of the pid file tells whether its number still means the server.
#include "app/running_server.h"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <span>
#include <vector>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/file_io.h"

namespace app {
namespace {

std::vector<int> signals_for(Order order) {
    switch (order) {
        case Order::reload: return {SIGHUP};
        case Order::reopen: return {SIGUSR1};
        case Order::quit: return {SIGTERM};
        case Order::stop: break;
    }
    return {SIGTERM, SIGINT};
}

/// The number in an open pid file.
std::optional<pid_t> read_number(int file) {
    std::array<char, 32> text{};
    const std::size_t size = base::read_at(file, 0, std::as_writable_bytes(std::span(text)));
    const std::string_view digits(text.data(), size);
    const auto number = base::parse_decimal(digits.substr(0, digits.find('\n')));
    if (!number || *number == 0 || *number > INT_MAX) return std::nullopt;
    return static_cast<pid_t>(*number);
}

}  // namespace

std::optional<Order> parse_order(std::string_view text) {
    if (text == "reload") return Order::reload;
    if (text == "reopen") return Order::reopen;
    if (text == "quit") return Order::quit;
    if (text == "stop") return Order::stop;
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
    const auto pid = read_number(file.get());
    if (!pid) return std::unexpected("the pid file " + pidfile + " has no process's number yet");
    for (const int number : signals_for(order)) {
        if (::kill(*pid, number) != 0) {
            const std::string reason = std::strerror(errno);
            return std::unexpected("cannot signal the process " + std::to_string(*pid) + ": " + reason);
        }
    }
    return {};
}

}  // namespace app
