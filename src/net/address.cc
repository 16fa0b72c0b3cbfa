// Text to socket addresses and back; no name is looked up.
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

namespace net {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;

std::string ip_text(Family family, const std::array<std::uint8_t, 16>& octets) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(family == Family::ipv6 ? AF_INET6 : AF_INET, octets.data(), text, sizeof text);
    return text;
}

std::expected<Address, std::string> parse_local(std::string_view path) {
    if (path.empty()) return std::unexpected("unix: needs a path, as in unix:/run/godwit.sock");
    if (path.size() > kMaxPathBytes) {
        return std::unexpected("the path of a unix socket has at most " + std::to_string(kMaxPathBytes) + " bytes");
    }
    if (path.find('\0') != std::string_view::npos) return std::unexpected("the path of a unix socket holds a NUL");
    Address address;
    address.family = Family::local;
    address.path = path;
    return address;
}

}  // namespace

std::expected<Address, std::string> Address::parse(std::string_view text, std::uint16_t port) {
    if (text.starts_with(kUnixPrefix)) return parse_local(text.substr(kUnixPrefix.size()));
    std::string host(text);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    Address address;
    address.port_number = port;
    if (::inet_pton(AF_INET, host.c_str(), address.octets.data()) == 1 && host == text) return address;
    address.family = Family::ipv6;
    if (::inet_pton(AF_INET6, host.c_str(), address.octets.data()) == 1) return address;
    return std::unexpected("'" + std::string(text) +
                           "' is no address: give an IPv4 address, an IPv6 address or unix:PATH");
}

Address Address::from_socket(const sockaddr_storage& storage, socklen_t length) {
    Address address;
    if (storage.ss_family == AF_UNIX) {
        const auto& local = reinterpret_cast<const sockaddr_un&>(storage);
        address.family = Family::local;
        const std::size_t most = length > offsetof(sockaddr_un, sun_path) ? length - offsetof(sockaddr_un, sun_path) : 0;
        address.path.assign(local.sun_path, ::strnlen(local.sun_path, most));
        return address;
    }
    const PeerAddress peer = PeerAddress::from_socket(storage);
    address.family = peer.family;
    address.octets = peer.octets;
    address.port_number = peer.port;
    return address;
}

std::string Address::host_text() const {
    switch (family) {
        case Family::local: return std::string(kUnixPrefix) + path;
        case Family::ipv4: return ip_text(family, octets);
        case Family::ipv6: return "[" + ip_text(family, octets) + "]";
    }
    return {};
}

std::string Address::to_text() const {
    return family == Family::local ? host_text() : host_text() + ":" + std::to_string(port_number);
}

std::string Address::url() const { return family == Family::local ? host_text() : "http://" + to_text() + "/"; }

socklen_t Address::fill(sockaddr_storage& into) const {
    into = {};
    switch (family) {
        case Family::local: {
            auto& local = reinterpret_cast<sockaddr_un&>(into);
            local.sun_family = AF_UNIX;
            std::memcpy(local.sun_path, path.data(), path.size());
            return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
        }
        case Family::ipv4: {
            auto& ipv4 = reinterpret_cast<sockaddr_in&>(into);
            ipv4.sin_family = AF_INET;
            ipv4.sin_port = htons(port_number);
            std::memcpy(&ipv4.sin_addr, octets.data(), 4);
            return sizeof(sockaddr_in);
        }
        case Family::ipv6: {
            auto& ipv6 = reinterpret_cast<sockaddr_in6&>(into);
            ipv6.sin6_family = AF_INET6;
            ipv6.sin6_port = htons(port_number);
            std::memcpy(&ipv6.sin6_addr, octets.data(), 16);
            return sizeof(sockaddr_in6);
        }
    }
    return 0;
}

PeerAddress PeerAddress::from_socket(const sockaddr_storage& storage) {
    PeerAddress peer;
    if (storage.ss_family == AF_INET) {
        const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(storage);
        peer.family = Family::ipv4;
        peer.port = ntohs(ipv4.sin_port);
        std::memcpy(peer.octets.data(), &ipv4.sin_addr, 4);
    } else if (storage.ss_family == AF_INET6) {
        const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(storage);
        peer.family = Family::ipv6;
        peer.port = ntohs(ipv6.sin6_port);
        std::memcpy(peer.octets.data(), &ipv6.sin6_addr, 16);
    }
    return peer;
}

void PeerAddress::append_to(std::string& text) const {
    text += family == Family::local ? std::string("unix") : ip_text(family, octets);
}

}  // namespace net
