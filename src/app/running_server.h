// The server that holds a pid file, from the outside: godwit -s reload --pidfile F. Called by main.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace app {

/// What a running server is asked for.
enum class Order : std::uint8_t {
    reload,   ///< SIGHUP: the configuration is read again, and logs are opened again
    reopen,   ///< SIGUSR1: logs are opened again
    quit,     ///< SIGTERM: requests in flight are answered first
    stop,     ///< SIGTERM and SIGINT: at once
    upgrade,  ///< SIGUSR2: a new process of the program takes the place of this one
};

/// "reload", "reopen", "quit", "stop", "upgrade".
[[nodiscard]] std::optional<Order> parse_order(std::string_view text);

/// Signals the process that holds the lock of `pidfile`; for an upgrade also waits until another one has its place,
/// which takes kAnswerWithinMs at most. The error is a sentence for the operator: no server holds it, this user may not
/// signal it, or the server goes on as it was.
[[nodiscard]] std::expected<void, std::string> send_order(Order order, const std::string& pidfile);

/// The time of the starter and some more.
inline constexpr int kAnswerWithinMs = 40'000;
/// Waits until the open `pidfile` names another process than `old`, or was written again: `before` is its status from
/// before the order. The error is a sentence.
[[nodiscard]] std::expected<void, std::string> await_upgrade(int pidfile, pid_t old, const struct stat& before,
                                                             int within_ms);

}  // namespace app
