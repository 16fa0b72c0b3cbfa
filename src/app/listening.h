// The sockets that the server listens on: opened, handed over by a service manager, or taken over from an earlier
// process. Called by serve.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "app/daemon.h"
#include "app/options.h"
#include "app/predecessor.h"
#include "net/listener.h"

namespace app {

/// Whose unix sockets are: of --unix-owner, or of `identity`, so that its group may connect.
[[nodiscard]] std::expected<net::SocketRights, std::string> socket_rights(const Options& options,
                                                                          const std::optional<Identity>& identity);

/// One for each address: that of `predecessor` (null: there is none) where it has one, otherwise a new one.
[[nodiscard]] std::expected<std::vector<net::Listener>, std::string> open_listeners(
    const std::vector<net::Address>& addresses, const net::SocketRights& rights, Predecessor* predecessor);

[[nodiscard]] std::vector<net::Address> addresses_of(const std::vector<net::Listener>& listeners);

/// Sockets that were handed over take the place of --bind and --port; the options that need an https address need one
/// among them.
[[nodiscard]] std::expected<void, std::string> take_addresses(const std::vector<net::Listener>& handed,
                                                              Options& options);

/// Where --redirect-https leads; 0 where no address is https.
[[nodiscard]] std::uint16_t https_port(const std::vector<net::Listener>& listeners);

}  // namespace app
