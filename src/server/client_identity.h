// Who sent a request: the peer of its connection or, when that is a trusted proxy, the client that the proxy names
// (Forwarded, RFC 7239; X-Forwarded-For, -Proto, -Host). Nobody else is believed. Called by connections before the
// handler is asked.
#pragma once

#include <span>

#include "http/client.h"
#include "http/request.h"
#include "net/address.h"
#include "net/address_range.h"
#include "net/proxy_header.h"

namespace server {

[[nodiscard]] http::ClientKey client_key(const net::PeerAddress& address);

/// What is known of the client of a new connection. `is_secured`: by TLS.
[[nodiscard]] http::Client client_of(const net::PeerAddress& peer, bool is_secured,
                                     std::span<const net::AddressRange> trusted_proxies);

/// What is known of the client of a connection that a trusted proxy passes on. `peer`, the proxy, becomes the client.
/// Where the header names nobody it stays the proxy, and fields of requests are not believed: anybody behind the proxy
/// may have written them.
[[nodiscard]] http::Client client_of(const net::ProxyHeader& header, net::PeerAddress& peer, bool is_secured,
                                     std::span<const net::AddressRange> trusted_proxies);

/// Adds what the trusted proxy of `request.client` says in the request's fields. Returns the address of the client, for
/// the logs. In a list of addresses the last one that is no trusted proxy's counts, because a client can make up those
/// in front of it. When the proxy names no address that can be read, the proxy itself (`peer`) is the client.
net::PeerAddress take_forwarded(http::Request& request, const net::PeerAddress& peer,
                                std::span<const net::AddressRange> trusted_proxies);

}  // namespace server
