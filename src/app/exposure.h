// Set-ups that open to a network what nobody means to open: refused unless an option says that it is meant. Called
// by serve at the start, and by config_reload for each new configuration.
#pragma once

#include <expected>
#include <string>

#include "app/options.h"

namespace app {

/// Looks at the addresses that other machines can reach: whether passwords would cross a network for all to read
/// (--insecure-auth), and whether anybody there could write everywhere (--insecure-writes). Sockets that were handed
/// over count as well. The error is a sentence for the operator, with the ways out.
[[nodiscard]] std::expected<void, std::string> check_exposure(const Options& options);

}  // namespace app
