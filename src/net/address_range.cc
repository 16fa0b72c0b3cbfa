// Prefixes compared bit by bit.
#include "net/address_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"

namespace net {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

unsigned all_bits(Family family) { return family == Family::ipv4 ? 32 : 128; }

}  // namespace

PeerAddress unmapped(const PeerAddress& peer) {
    if (peer.family != Family::ipv6 || !std::ranges::equal(kMappedPrefix, std::span(peer.octets).first(12)))
        return peer;
    PeerAddress plain{.family = Family::ipv4, .port = peer.port, .octets = {}};
    std::copy(peer.octets.begin() + 12, peer.octets.end(), plain.octets.begin());
    return plain;
}

std::optional<PeerAddress> parse_ip(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN + 1> ended{};
    if (text.size() >= ended.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::ranges::copy(text, ended.begin());
    PeerAddress peer;
    if (::inet_pton(AF_INET, ended.data(), peer.octets.data()) == 1) {
        peer.family = Family::ipv4;
        return peer;
    }
    if (::inet_pton(AF_INET6, ended.data(), peer.octets.data()) != 1) return std::nullopt;
    peer.family = Family::ipv6;
    return peer;
}

std::expected<AddressRange, std::string> AddressRange::parse(std::string_view text) {
    AddressRange range;
    if (text == "unix") {
        range.first_.family = Family::local;
        return range;
    }
    const std::size_t slash = text.find('/');
    const auto first = parse_ip(text.substr(0, slash));
    if (!first)
        return std::unexpected("it is no address: a range is 10.0.0.0/8, 2001:db8::/32, an address alone or unix");
    range.first_ = *first;
    range.bits_ = all_bits(first->family);
    if (slash == std::string_view::npos) return range;
    const auto bits = base::parse_decimal(text.substr(slash + 1));
    if (!bits || *bits > range.bits_) {
        return std::unexpected("behind the slash stands the number of bits that have to agree, at most " +
                               std::to_string(range.bits_));
    }
    range.bits_ = static_cast<unsigned>(*bits);
    return range;
}

bool AddressRange::contains(const PeerAddress& peer) const {
    const PeerAddress plain = unmapped(peer);
    if (plain.family != first_.family) return false;
    if (plain.family == Family::local) return true;
    const std::size_t whole = bits_ / 8;
    if (!std::equal(plain.octets.begin(), plain.octets.begin() + static_cast<std::ptrdiff_t>(whole),
                    first_.octets.begin())) {
        return false;
    }
    const unsigned rest = bits_ % 8;
    if (rest == 0) return true;
    const unsigned mask = 0xffU << (8 - rest);
    return ((plain.octets[whole] ^ first_.octets[whole]) & mask & 0xffU) == 0;
}

std::string AddressRange::text() const {
    std::string text;
    first_.append_to(text);
    if (first_.family != Family::local) text.append("/").append(std::to_string(bits_));
    return text;
}

std::optional<PeerAddress> parse_peer(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        const auto peer = parse_ip(text.substr(1, close - 1));
        if (!peer || peer->family != Family::ipv6) return std::nullopt;
        return unmapped(*peer);
    }
    if (const auto peer = parse_ip(text)) return unmapped(*peer);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto peer = parse_ip(text.substr(0, colon));
    return peer && peer->family == Family::ipv4 ? peer : std::nullopt;
}

}  // namespace net
