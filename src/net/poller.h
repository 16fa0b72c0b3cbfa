// Which descriptors are ready: level-triggered epoll behind four calls. Called by the reactor once per turn.
// The only user of epoll.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>

#include "base/fd.h"
#include "net/interest.h"
#include "net/token.h"

namespace net {

struct Event {
    Token token;
    bool readable = false;
    bool writable = false;
    bool hung_up = false;  ///< both directions are shut, or the connection was reset
    bool error = false;    ///< the next call on the descriptor gives the error
};

class Poller {
public:
    /// The error is one sentence without a full stop.
    static std::expected<Poller, std::string> create();

    /// Each is false with errno set when the kernel refuses (out of memory or watches, wrong descriptor).
    bool add(int fd, Token token, Interest interest);
    bool modify(int fd, Token token, Interest interest);
    /// Needed before closing only when the descriptor is shared with another one; closing removes it as well.
    bool remove(int fd);

    /// Waits up to `timeout_ms` (-1: without end, 0: not at all). At most kMaxEvents come back, the others the next
    /// time; the span holds until the next call. Empty after the timeout and when a signal interrupted.
    std::span<const Event> wait(int timeout_ms);

    /// One wait's worth. More does not pay: the work for one event outweighs its share of the call by far.
    static constexpr std::size_t kMaxEvents = 256;

private:
    explicit Poller(base::Fd epoll) : epoll_(std::move(epoll)) {}

    base::Fd epoll_;
    std::array<epoll_event, kMaxEvents> raw_{};
    std::array<Event, kMaxEvents> events_{};
};

}  // namespace net
