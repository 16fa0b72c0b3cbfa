// Texts to socket addresses and back.
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/ascii.h"

namespace net {

namespace {

constexpr std::string_view kLocalPrefix = "unix:";
constexpr std::string_view kHttpPrefix = "http://";
constexpr std::string_view kHttpsPrefix = "https://";
constexpr std::size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;

// inet_ntop cannot fail here: the family is known and the room is large enough for both.
void append_ip(Family family, const std::array<std::uint8_t, 16>& octets, std::string& text) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    ::inet_ntop(family == Family::ipv4 ? AF_INET : AF_INET6, octets.data(), buffer.data(), buffer.size());
    text += buffer.data();
}

std::expected<Address, std::string> parse_local(std::string_view path) {
    if (path.empty()) return std::unexpected("'unix:' lacks the path of the socket");
    if (path.find('\0') != std::string_view::npos)
        return std::unexpected("the path of a unix socket holds a zero byte");
    if (path.size() > kMaxPath) {
        return std::unexpected("the path of a unix socket has at most " + std::to_string(kMaxPath) + " bytes, not " +
                               std::to_string(path.size()));
    }
    Address address;
    address.family = Family::local;
    address.path = path;
    return address;
}

/// Of "fe80::1%eth0": the name of an interface, or its number.
std::optional<std::uint32_t> find_scope(const std::string& zone) {
    if (const unsigned index = ::if_nametoindex(zone.c_str()); index != 0) return index;
    const auto number = base::parse_decimal(zone);
    if (!number || *number == 0 || *number > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

/// The IP address that `host` is, with octets and family alone. `is_bracketed`: IPv6 only.
std::optional<Address> parse_ip(std::string host, bool is_bracketed) {
    Address address;
    // A zero byte would end the text early for inet_pton.
    if (host.find('\0') != std::string::npos) return std::nullopt;
    if (!is_bracketed) {
        address.family = Family::ipv4;
        if (host == "localhost") host = "127.0.0.1";
        if (host == "*" || host.empty()) host = "0.0.0.0";
        if (::inet_pton(AF_INET, host.c_str(), address.octets.data()) == 1) return address;
    }
    address.family = Family::ipv6;
    if (const std::size_t percent = host.find('%'); percent != std::string::npos) {
        const auto scope = find_scope(host.substr(percent + 1));
        if (!scope) return std::nullopt;
        address.scope = *scope;
        host.resize(percent);
    }
    if (::inet_pton(AF_INET6, host.c_str(), address.octets.data()) == 1) return address;
    return std::nullopt;
}

struct HostAndPort {
    std::string_view host;
    bool is_bracketed = false;
    std::string_view port;  ///< behind the colon
    bool has_port = false;
};

/// "HOST", "HOST:PORT", ":PORT", "[HOST]" or "[HOST]:PORT"; an IPv6 address without brackets has no port.
HostAndPort split(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return {.host = text};
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':')) return {.host = text};
        return {text.substr(1, end - 1), true, rest.substr(rest.empty() ? 0 : 1), !rest.empty()};
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) return {.host = text};
    return {text.substr(0, colon), false, text.substr(colon + 1), true};
}

std::string refusal(std::string_view text) {
    const std::string shown = "'" + std::string(text) + "'";
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    if (is_number) return shown + " is not an address: a port alone is :" + std::string(text) + " or --port";
    const std::size_t percent = text.find('%');
    if (percent != std::string_view::npos) {
        return shown + " is not an address of this machine: there is no interface for what stands behind the %";
    }
    return shown + " is not an address (of names only localhost is known)";
}

}  // namespace

std::expected<Address, std::string> Address::parse(std::string_view text, std::uint16_t port) {
    if (text.starts_with(kLocalPrefix)) return parse_local(text.substr(kLocalPrefix.size()));
    const Scheme scheme = text.starts_with(kHttpsPrefix) ? Scheme::https : Scheme::http;
    const std::string_view prefix = scheme == Scheme::https ? kHttpsPrefix : kHttpPrefix;
    if (text.starts_with(prefix)) {
        text.remove_prefix(prefix.size());
        // As a URL is copied from somewhere.
        if (text.ends_with('/')) text.remove_suffix(1);
    }
    const HostAndPort parts = split(text);
    if (parts.has_port) {
        const auto number = base::parse_decimal(parts.port);
        if (!number || *number > UINT16_MAX) {
            return std::unexpected("'" + std::string(text) +
                                   "' has no valid port: ports are 0 to 65535, 0 for any free");
        }
        port = static_cast<std::uint16_t>(*number);
    }
    // An empty text is no address, although ":80" stands for all addresses.
    auto address = text.empty() ? std::nullopt : parse_ip(std::string(parts.host), parts.is_bracketed);
    if (!address || (parts.is_bracketed && parts.host.empty())) return std::unexpected(refusal(text));
    address->port_number = port;
    address->scheme = scheme;
    return std::move(*address);
}

bool Address::is_wildcard() const { return family != Family::local && octets == std::array<std::uint8_t, 16>{}; }

bool Address::is_loopback() const {
    if (family == Family::ipv4) return octets[0] == 127;
    constexpr std::array<std::uint8_t, 16> kLoopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    constexpr std::array<std::uint8_t, 13> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127};
    return family == Family::ipv6 &&
           (octets == kLoopback || std::equal(kMapped.begin(), kMapped.end(), octets.begin()));
}

Address Address::from_socket(const sockaddr_storage& storage, socklen_t length) {
    Address address;
    if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6) {
        const PeerAddress peer = PeerAddress::from_socket(storage);
        address.family = peer.family;
        address.port_number = peer.port;
        address.octets = peer.octets;
        if (storage.ss_family == AF_INET6) {
            sockaddr_in6 v6{};
            std::memcpy(&v6, &storage, sizeof v6);
            address.scope = v6.sin6_scope_id;
        }
        return address;
    }
    address.family = Family::local;
    constexpr std::size_t kPathOffset = offsetof(sockaddr_un, sun_path);
    if (length > kPathOffset) {
        std::array<char, kMaxPath + 1> path{};
        std::memcpy(path.data(), reinterpret_cast<const char*>(&storage) + kPathOffset,
                    std::min<std::size_t>(length - kPathOffset, kMaxPath));
        address.path = path.data();
    }
    return address;
}

std::string Address::host_text() const {
    if (family == Family::local) return std::string(kLocalPrefix) + path;
    std::string text;
    if (family == Family::ipv6) text += '[';
    append_ip(family, octets, text);
    if (scope != 0) {
        std::array<char, IF_NAMESIZE> name{};
        text += '%';
        text += ::if_indextoname(scope, name.data()) != nullptr ? std::string(name.data()) : std::to_string(scope);
    }
    if (family == Family::ipv6) text += ']';
    return text;
}

std::string Address::to_text() const {
    if (family == Family::local) return host_text();
    return host_text() + ':' + std::to_string(port_number);
}

std::string Address::url() const {
    if (family == Family::local) return host_text();
    return std::string(scheme == Scheme::https ? kHttpsPrefix : kHttpPrefix) + to_text() + '/';
}

socklen_t Address::fill(sockaddr_storage& into) const {
    into = {};
    if (family == Family::ipv4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port_number);
        std::memcpy(&v4.sin_addr, octets.data(), sizeof v4.sin_addr);
        std::memcpy(&into, &v4, sizeof v4);
        return sizeof v4;
    }
    if (family == Family::ipv6) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port_number);
        std::memcpy(&v6.sin6_addr, octets.data(), sizeof v6.sin6_addr);
        v6.sin6_scope_id = scope;
        std::memcpy(&into, &v6, sizeof v6);
        return sizeof v6;
    }
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, path.data(), std::min(path.size(), kMaxPath));
    std::memcpy(&into, &local, sizeof local);
    return sizeof local;
}

PeerAddress PeerAddress::from_socket(const sockaddr_storage& storage) {
    PeerAddress peer;
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &storage, sizeof v4);
        peer.family = Family::ipv4;
        peer.port = ntohs(v4.sin_port);
        std::memcpy(peer.octets.data(), &v4.sin_addr, sizeof v4.sin_addr);
    } else if (storage.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &storage, sizeof v6);
        peer.family = Family::ipv6;
        peer.port = ntohs(v6.sin6_port);
        std::memcpy(peer.octets.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    }
    return peer;
}

void PeerAddress::append_to(std::string& text) const {
    if (family == Family::local) {
        text += "unix";
        return;
    }
    append_ip(family, octets, text);
}

}  // namespace net
