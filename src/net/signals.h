// The process's signals as something to read: SIGTERM, SIGINT, SIGHUP, SIGUSR1 and SIGUSR2 arrive through a
// descriptor in the poller, SIGPIPE and SIGXFSZ are ignored. Made by app before anything else runs; the reactor decides
// what a signal means.
#pragma once

#include <csignal>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "base/fd.h"

namespace net {

class Signals {
public:
    /// Blocks the five signals for ordinary delivery. The error is one sentence without a full stop.
    static std::expected<Signals, std::string> open();

    /// Readable when a signal waits.
    [[nodiscard]] int descriptor() const { return fd_.get(); }
    /// The next signal that waits, such as SIGTERM; never blocks.
    [[nodiscard]] std::optional<int> next() const;

private:
    explicit Signals(base::Fd fd) : fd_(std::move(fd)) {}

    base::Fd fd_;
};

}  // namespace net
