// The names under which this server may be asked for without --allowed-host. Called by serve once the listeners are
// open, and by encryption for the certificate that is made.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/encryption.h"
#include "net/address.h"
#include "site/site_rules.h"

namespace app {

/// The machine's name in lower case, where it can stand in a URL.
[[nodiscard]] std::optional<std::string> machine_name();

/// `encryption` is null where no address is https; it outlives what is returned.
[[nodiscard]] site::OwnHosts own_hosts(std::span<const net::Address> bound, const Encryption* encryption);

}  // namespace app
