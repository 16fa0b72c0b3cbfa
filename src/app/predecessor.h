// The process whose place this one takes: the sockets and the pid file that it hands over, and what the two say to each
// other. Made by main, used by serve (docs/decisions/0049-a-server-starts-its-successor.md).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/handed_sockets.h"
#include "base/fd.h"

namespace app {

class Predecessor {
public:
    /// That of GODWIT_UPGRADE, which is removed from the environment; nullopt without it. Waits for the first message,
    /// for a bounded time. The error is a sentence.
    static std::expected<std::optional<Predecessor>, std::string> find();

    /// What the service manager had opened.
    [[nodiscard]] std::expected<HandedSockets, std::string> take_handed();
    /// What it opened itself, or took over: the listening socket of `address`, once. With port 0 one of that host.
    [[nodiscard]] base::Fd take_own(const net::Address& address);
    /// Invalid where it has none.
    [[nodiscard]] base::Fd take_pidfile() { return std::move(pidfile_); }

    enum class OfPidfile : std::uint8_t { taken_over, not_used };
    /// Tells that this process can accept at once, and whose the pid file is then, and waits until it may, for a
    /// bounded time. On error this process must not serve.
    [[nodiscard]] std::expected<void, std::string> await_sockets(OfPidfile pidfile);
    /// True from when it changes nothing any more, or is gone. Never blocks. After await_sockets().
    [[nodiscard]] bool has_ended_writing();
    /// Tells why this process ends.
    void tell_failure(std::string_view sentence) const;

private:
    struct File {
        std::string word;  ///< of upgrade_messages.h
        base::Fd file;
    };

    explicit Predecessor(base::Fd line) : line_(std::move(line)) {}
    [[nodiscard]] std::expected<void, std::string> take_files();

    base::Fd line_;
    std::vector<File> sockets_;
    base::Fd pidfile_;
};

}  // namespace app
