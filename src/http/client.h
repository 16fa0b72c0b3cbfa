// Who sent a request, as far as limits and rules have to know. Filled by the server from the connection, or from what a
// trusted proxy says (server/client_identity); read by the site.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "http/fields.h"

namespace http {

/// What bounds for each client are counted by: an IPv4 address, the first 64 bits of an IPv6 address (one customer has
/// them all), or the one client that all unix sockets are.
struct ClientKey {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend bool operator==(const ClientKey&, const ClientKey&) = default;
};

struct ClientKeyHash {
    std::size_t operator()(const ClientKey& key) const noexcept {
        return std::hash<std::uint64_t>{}((key.high ^ (key.low * 0x9E37'79B9'7F4A'7C15)) * 0xD6E8'FEB8'6659'FD93);
    }
};

struct Client {
    enum class Scheme : std::uint8_t {
        unknown,  ///< plain HTTP: a proxy that is not known may have taken TLS off
        http,     ///< a trusted proxy says so
        https,    ///< the connection is secured, or a trusted proxy says so
    };

    ClientKey key;
    Scheme scheme = Scheme::unknown;
    bool is_forwarded = false;  ///< the connection is that of a trusted proxy
    /// The host that a trusted proxy was asked for (X-Forwarded-Host, or host= of Forwarded), of the request's text;
    /// empty when it says none.
    Slice host;
};

}  // namespace http
