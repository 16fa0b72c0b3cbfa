// Where to listen, and who connected: socket addresses as plain values. No names are looked up but localhost.
// Addresses come from app/options and go to the Listener; a PeerAddress goes from accept() to the access log.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace net {

enum class Family : std::uint8_t { ipv4, ipv6, local };
/// What an address is listened on for: plain connections, or TLS ones.
enum class Scheme : std::uint8_t { http, https };

/// An address to listen on.
struct Address {
    /// "127.0.0.1", "localhost", "::1", "[::1]", "fe80::1%eth0", each but an IPv6 address without brackets also with
    /// ":PORT", which wins over `port`; ":PORT" and "*" are all IPv4 addresses; or "unix:PATH". All but the last may
    /// have "http://" or "https://" in front. Anything else, another host name included: an error that is one sentence
    /// without a full stop. Asks the system for the interface only.
    static std::expected<Address, std::string> parse(std::string_view text, std::uint16_t port);
    /// From what getsockname() gave.
    static Address from_socket(const sockaddr_storage& storage, socklen_t length);

    /// "127.0.0.1:4221", "[::1]:4221", "unix:PATH".
    [[nodiscard]] std::string to_text() const;
    /// "127.0.0.1", "[::1]", "unix:PATH".
    [[nodiscard]] std::string host_text() const;
    /// "http://127.0.0.1:4221/", "https://[::1]:4221/", "unix:PATH".
    [[nodiscard]] std::string url() const;
    /// 0 for unix sockets.
    [[nodiscard]] std::uint16_t port() const { return port_number; }
    /// Fills `into` for bind() and connect(); returns the length to give with it.
    socklen_t fill(sockaddr_storage& into) const;

    /// The same family, address and port, whatever is spoken there.
    [[nodiscard]] bool is_same_place(Address other) const {
        other.scheme = scheme;
        return *this == other;
    }
    /// Another address of the same family and port that stands for all, this one among them: only one of the two can be
    /// listened on. False for port 0, which is another one each time.
    [[nodiscard]] bool is_covered_by(const Address& other) const {
        return other.is_wildcard() && !is_wildcard() && family == other.family && port() == other.port() && port() != 0;
    }
    /// All addresses of the machine, of this family.
    [[nodiscard]] bool is_wildcard() const;
    /// Reached from this machine only: 127.0.0.0/8, also written as IPv6, and ::1.
    [[nodiscard]] bool is_loopback() const;

    /// A unix socket or an address of the loopback: no other machine can connect.
    [[nodiscard]] bool is_of_this_machine() const { return family == Family::local || is_loopback(); }

    friend bool operator==(const Address&, const Address&) = default;

    Family family = Family::ipv4;
    Scheme scheme = Scheme::http;
    std::uint16_t port_number = 0;
    std::array<std::uint8_t, 16> octets{};  ///< network order; IPv4 uses the first four
    std::uint32_t scope = 0;                ///< IPv6 only: the interface of a link-local address, 0 for none
    std::string path;                       ///< local only; at most 107 bytes, no NUL
};

/// Who is at the other end, small enough to keep in every connection.
struct PeerAddress {
    Family family = Family::local;
    std::uint16_t port = 0;
    std::array<std::uint8_t, 16> octets{};

    static PeerAddress from_socket(const sockaddr_storage& storage);
    /// The IP address as text, without port or brackets; "unix" for unix sockets.
    void append_to(std::string& text) const;

    friend bool operator==(const PeerAddress&, const PeerAddress&) = default;
};
static_assert(sizeof(PeerAddress) <= 20);

}  // namespace net
