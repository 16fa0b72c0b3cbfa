// Variables in, datagrams out.
#include "app/service_notify.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "app/environment.h"
#include "base/ascii.h"

namespace app {
namespace {

/// A manager that is busy for longer misses a message; the server does not wait for it any longer.
constexpr timeval kLongestWait{.tv_sec = 1, .tv_usec = 0};
/// A sign of life is due at half of the watchdog's time, so that a late one still counts.
constexpr std::uint64_t kUsPerHalfMs = 2'000;

bool is_usable(std::string_view address) {
    return address.size() > 1 && (address[0] == '/' || address[0] == '@') &&
           address.size() < sizeof(sockaddr_un::sun_path);
}

}  // namespace

std::expected<ServiceNotify, std::string> ServiceNotify::from_environment(const base::Clock& clock) {
    ServiceNotify notify(clock);
    const auto address = take_variable("NOTIFY_SOCKET");
    const auto watchdog_us = take_variable("WATCHDOG_USEC");
    const auto watched_process = take_variable("WATCHDOG_PID");
    if (!address || address->empty()) return notify;
    if (!is_usable(*address)) {
        return std::unexpected("NOTIFY_SOCKET is neither a path nor the name of an abstract socket (@NAME)");
    }
    notify.address_ = *address;
    notify.socket_ = base::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!notify.socket_) return std::unexpected("cannot make the socket that NOTIFY_SOCKET needs");
    ::setsockopt(notify.socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &kLongestWait, sizeof kLongestWait);
    if (!watchdog_us || (watched_process && *watched_process != std::to_string(::getpid()))) return notify;
    const auto time_us = base::parse_decimal(*watchdog_us);
    if (!time_us || *time_us == 0 || *time_us > std::numeric_limits<std::int64_t>::max()) {
        return std::unexpected("WATCHDOG_USEC is not a number of microseconds above 0");
    }
    notify.alive_every_ms_ = std::max<base::MonotonicMs>(static_cast<std::int64_t>(*time_us / kUsPerHalfMs), 1);
    return notify;
}

void ServiceNotify::send(std::string_view text, int flags) const {
    if (!socket_) return;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address_.data(), address_.size());
    if (name.sun_path[0] == '@') name.sun_path[0] = '\0';
    // The name of an abstract socket is as long as it is: a zero byte behind it would be a part of it.
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    (void)::sendto(socket_.get(), text.data(), text.size(), flags | MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&name), length);
}

void ServiceNotify::tell_ready() {
    send("READY=1\nMAINPID=" + std::to_string(::getpid()) + "\nSTATUS=" + status_ + "\n", 0);
}

void ServiceNotify::ready(std::string_view status) {
    status_ = status.substr(0, status.find('\n'));
    alive_due_ms_ = clock_.now_ms();
    tell_ready();
}

void ServiceNotify::reload() {
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(clock_.read_us()) + "\nSTATUS=Reloading\n", 0);
    if (followed_ != nullptr) followed_->reload();
    tell_ready();
}

void ServiceNotify::advance() {
    const base::MonotonicMs now_ms = clock_.now_ms();
    if (alive_every_ms_ > 0 && alive_due_ms_ <= now_ms) {
        alive_due_ms_ = now_ms + alive_every_ms_;
        send("WATCHDOG=1\n", MSG_DONTWAIT);
    }
    if (followed_ != nullptr && followed_->due() <= now_ms) followed_->advance();
}

void ServiceNotify::begin_stopping() {
    send("STOPPING=1\nSTATUS=Finishing the requests in flight\n", 0);
    if (followed_ != nullptr) followed_->begin_stopping();
}

void ServiceNotify::hand_over_sockets() {
    // Before the successor learns that it may go on, so that its own messages are believed.
    if (const auto process = successor()) {
        send("MAINPID=" + std::to_string(*process) + "\nSTATUS=Another process takes over\n", 0);
    }
    // The signs of life are those of the successor now.
    alive_every_ms_ = 0;
    if (followed_ != nullptr) followed_->hand_over_sockets();
}

base::MonotonicMs ServiceNotify::due() const {
    const base::MonotonicMs never = std::numeric_limits<base::MonotonicMs>::max();
    const base::MonotonicMs followed_ms = followed_ == nullptr ? never : followed_->due();
    return alive_every_ms_ == 0 ? followed_ms : std::min(alive_due_ms_, followed_ms);
}

}  // namespace app
