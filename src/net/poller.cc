// epoll behind four calls.
#include "net/poller.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace net {
namespace {

epoll_event registration(Token token, Interest interest) {
    epoll_event event{};
    const auto bits = static_cast<unsigned>(interest);
    event.events = ((bits & 1U) != 0 ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                   ((bits & 2U) != 0 ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    event.data.u64 = token.packed();
    return event;
}

}  // namespace

std::expected<Poller, std::string> Poller::create() {
    base::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return std::unexpected(std::string("cannot create an epoll instance: ") + std::strerror(errno));
    return Poller(std::move(epoll));
}

bool Poller::add(int fd, Token token, Interest interest) {
    epoll_event event = registration(token, interest);
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poller::modify(int fd, Token token, Interest interest) {
    epoll_event event = registration(token, interest);
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
}

bool Poller::remove(int fd) { return ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr) == 0; }

std::span<const Event> Poller::wait(int timeout_ms) {
    const int count = ::epoll_wait(epoll_.get(), raw_.data(), static_cast<int>(raw_.size()), timeout_ms);
    const auto ready = static_cast<std::size_t>(std::max(count, 0));
    for (std::size_t i = 0; i < ready; ++i) {
        const std::uint32_t bits = raw_[i].events;
        events_[i] = {.token = Token::unpack(raw_[i].data.u64),
                      .readable = (bits & EPOLLIN) != 0,
                      .writable = (bits & EPOLLOUT) != 0,
                      .hung_up = (bits & EPOLLHUP) != 0,
                      .error = (bits & EPOLLERR) != 0};
    }
    return std::span(events_).first(ready);
}

}  // namespace net
