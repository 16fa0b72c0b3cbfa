// The server that holds a pid file, from the outside: godwit -s reload --pidfile F. Called by main.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace app {

/// What a running server is asked for.
enum class Order : std::uint8_t {
    reload,  ///< SIGHUP: the configuration is read again, and logs are opened again
    reopen,  ///< SIGUSR1: logs are opened again
    quit,    ///< SIGTERM: requests in flight are answered first
    stop,    ///< SIGTERM and SIGINT: at once
};

/// "reload", "reopen", "quit", "stop".
[[nodiscard]] std::optional<Order> parse_order(std::string_view text);

/// Signals the process that holds the lock of `pidfile`. The error is a sentence for the operator: no server holds it,
/// or this user may not signal it.
[[nodiscard]] std::expected<void, std::string> send_order(Order order, const std::string& pidfile);

}  // namespace app
