// Interests to epoll's bits, epoll's bits to events.
#include "net/poller.h"

#include <cerrno>
#include <cstring>

namespace net {

namespace {

bool control(int epoll, int operation, int fd, Token token, Interest interest) {
    epoll_event event{};
    const auto wanted = static_cast<unsigned>(interest);
    if ((wanted & static_cast<unsigned>(Interest::read)) != 0) event.events |= EPOLLIN;
    if ((wanted & static_cast<unsigned>(Interest::write)) != 0) event.events |= EPOLLOUT;
    event.data.u64 = token.packed();
    return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

}  // namespace

std::expected<Poller, std::string> Poller::create() {
    base::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return std::unexpected(std::string("cannot make an epoll instance: ") + std::strerror(errno));
    return Poller(std::move(epoll));
}

bool Poller::add(int fd, Token token, Interest interest) {
    return control(epoll_.get(), EPOLL_CTL_ADD, fd, token, interest);
}

bool Poller::modify(int fd, Token token, Interest interest) {
    return control(epoll_.get(), EPOLL_CTL_MOD, fd, token, interest);
}

bool Poller::remove(int fd) { return ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr) == 0; }

std::span<const Event> Poller::wait(int timeout_ms) {
    const int ready = ::epoll_wait(epoll_.get(), raw_.data(), static_cast<int>(raw_.size()), timeout_ms);
    // EINTR is the one error that can happen to a correct call.
    if (ready <= 0) return {};
    const auto count = static_cast<std::size_t>(ready);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t bits = raw_[i].events;
        events_[i] = {Token::unpack(raw_[i].data.u64), (bits & EPOLLIN) != 0, (bits & EPOLLOUT) != 0,
                      (bits & EPOLLHUP) != 0, (bits & EPOLLERR) != 0};
    }
    return {events_.data(), count};
}

}  // namespace net
