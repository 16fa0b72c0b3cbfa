// Refuses configurations that expose passwords or writing to a network, unless an option says so. Called by serve at
// the start, and by config_reload for each new configuration.
#pragma once

#include <expected>
#include <string>

#include "app/options.h"

namespace app {

/// Looks at the addresses that other machines can reach: whether passwords would cross a network for all to read
/// (--insecure-auth), and whether anybody there could write everywhere (--insecure-writes). Sockets that were handed
/// over count as well. The error is a sentence for the operator that says what is wrong and how to mend it.
[[nodiscard]] std::expected<void, std::string> check_exposure(const Options& options);

}  // namespace app
