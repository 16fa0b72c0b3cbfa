// Texts to socket addresses and back.
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace net {

namespace {

constexpr std::string_view kLocalPrefix = "unix:";
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

}  // namespace

std::expected<Address, std::string> Address::parse(std::string_view text, std::uint16_t port) {
    if (text.starts_with(kLocalPrefix)) return parse_local(text.substr(kLocalPrefix.size()));

    const bool bracketed = text.size() >= 2 && text.front() == '[' && text.back() == ']';
    const std::string host(bracketed ? text.substr(1, text.size() - 2) : text);
    Address address;
    address.port_number = port;
    // A zero byte would end the text early for inet_pton.
    if (host.find('\0') == std::string::npos) {
        address.family = Family::ipv4;
        if (!bracketed && ::inet_pton(AF_INET, host.c_str(), address.octets.data()) == 1) return address;
        address.family = Family::ipv6;
        if (::inet_pton(AF_INET6, host.c_str(), address.octets.data()) == 1) return address;
    }
    return std::unexpected(
        "'" + std::string(text) +
        "' is not an address: an IPv4 address, an IPv6 address or unix:PATH is needed (names are not "
        "looked up; use 127.0.0.1 or ::1 for localhost)");
}

Address Address::from_socket(const sockaddr_storage& storage, socklen_t length) {
    Address address;
    if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6) {
        const PeerAddress peer = PeerAddress::from_socket(storage);
        address.family = peer.family;
        address.port_number = peer.port;
        address.octets = peer.octets;
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
    if (family == Family::ipv6) text += ']';
    return text;
}

std::string Address::to_text() const {
    if (family == Family::local) return host_text();
    return host_text() + ':' + std::to_string(port_number);
}

std::string Address::url() const {
    if (family == Family::local) return host_text();
    return "http://" + to_text() + '/';
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
