// The addresses of this machine that other machines may use. Called by serve for the start line, and by encryption for
// the certificate that is made.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "net/address.h"

namespace app {

/// For each of `bound` that is all addresses of its family: the machine's own, without the loopback and without those
/// that hold on one link only; a few at most.
[[nodiscard]] std::vector<net::Address> reachable_addresses(std::span<const net::Address> bound);
/// Their URLs.
[[nodiscard]] std::vector<std::string> reachable_urls(std::span<const net::Address> bound);

}  // namespace app
