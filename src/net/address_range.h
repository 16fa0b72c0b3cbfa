// A range of addresses, as --trusted-proxy names it. Called by app/ for its value and by the server for each peer.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "net/address.h"

namespace net {

class AddressRange {
public:
    /// "10.0.0.0/8", "2001:db8::/32", an address alone, or "unix" for unix sockets. The error is one sentence without a
    /// full stop.
    static std::expected<AddressRange, std::string> parse(std::string_view text);

    /// An IPv6 address that stands for an IPv4 one (::ffff:10.0.0.1) is compared as that one.
    [[nodiscard]] bool contains(const PeerAddress& peer) const;
    [[nodiscard]] std::string text() const;

private:
    PeerAddress first_;
    unsigned bits_ = 0;  ///< that have to agree
};

/// An IPv4 or IPv6 address without brackets and port, as it is written. nullopt for anything else.
[[nodiscard]] std::optional<PeerAddress> parse_ip(std::string_view text);

/// An IPv4 address in IPv6 form (::ffff:192.0.2.1) as the IPv4 one that it is; any other address as it stands.
[[nodiscard]] PeerAddress unmapped(const PeerAddress& peer);

/// The peer that `text` names: an IPv4 or IPv6 address, the latter in brackets or not, with a port or without (RFC 7239
/// §6). An IPv4 address in IPv6 form (::ffff:192.0.2.1), as proxies on sockets for both families write it, is taken as
/// IPv4. nullopt for anything else, such as "unknown".
[[nodiscard]] std::optional<PeerAddress> parse_peer(std::string_view text);

}  // namespace net
