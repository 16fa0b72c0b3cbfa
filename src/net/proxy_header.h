// The header of the PROXY protocol, by which a proxy says whose connection it passes on: version 1 is a line of text,
// version 2 is binary. Parsed as it arrives, without a system call. Called by the server before TLS and HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/address.h"

namespace net {

/// Which versions of the header are accepted.
enum class ProxyVersions : std::uint8_t { none, v1, v2, both };

/// What the header says.
struct ProxyHeader {
    /// The client's address, an IPv4 or IPv6 one. nullopt where the proxy speaks for itself (LOCAL) or cannot name an
    /// address (UNKNOWN, an unspecified family, a unix socket).
    std::optional<PeerAddress> client;
    bool is_secured = false;  ///< the client reached the proxy over TLS: PP2_TYPE_SSL says so
};

/// The longest header of version 1, its CRLF included: the protocol's own bound.
inline constexpr std::size_t kMaxProxyLineBytes = 107;
/// The longest header of version 2: the longest addresses are 232 bytes, and what is left is enough for the fields
/// about certificates that proxies add. The protocol asks for 536 at least, and allows 65,551.
inline constexpr std::size_t kMaxProxyHeaderBytes = 4'096;

class ProxyHeaderParser {
public:
    enum class Outcome : std::uint8_t { need_more, complete, invalid };
    struct Step {
        Outcome outcome;
        std::size_t consumed;  ///< bytes of the header; what follows them is not
    };

    explicit ProxyHeaderParser(ProxyVersions accepted) : accepted_(accepted) {}

    /// Takes the bytes that follow those of the calls before. Not after `complete` or `invalid`.
    [[nodiscard]] Step parse(std::span<const std::byte> bytes);
    /// After `complete`.
    [[nodiscard]] const ProxyHeader& header() const { return header_; }
    /// After `invalid`: a sentence without a full stop, for the log.
    [[nodiscard]] std::string_view problem() const { return problem_; }

private:
    Outcome look();
    Outcome look_at_line();
    Outcome look_at_binary();
    Outcome take_line(std::string_view line);
    Outcome take_binary();
    bool take_addresses(std::span<const std::uint8_t> block, std::size_t& used);
    bool take_extensions(std::span<const std::uint8_t> block);
    Outcome refuse(std::string_view problem) {
        problem_ = problem;
        return Outcome::invalid;
    }

    std::string text_;  ///< the bytes so far
    ProxyHeader header_;
    std::string_view problem_;
    ProxyVersions accepted_;
};

}  // namespace net
