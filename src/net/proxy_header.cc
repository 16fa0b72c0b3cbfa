// The PROXY protocol as HAProxy's "proxy-protocol.txt" defines it: sections 2.1 and 2.2.
#include "net/proxy_header.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/ascii.h"
#include "net/address_range.h"

namespace net {
namespace {

constexpr std::string_view kLineBegin = "PROXY ";
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kFixedBytes = 16;  ///< signature, version and command, family, length

enum Command : std::uint8_t { command_local = 0, command_proxy = 1 };
/// Family and transport in one byte. What carried the client's bytes (a stream, or datagrams) makes no difference.
enum Carrier : std::uint8_t {
    unspecified = 0x00,
    ipv4_stream = 0x11,
    ipv4_datagram = 0x12,
    ipv6_stream = 0x21,
    ipv6_datagram = 0x22,
    unix_stream = 0x31,
    unix_datagram = 0x32,
};
constexpr std::uint8_t kTypeSsl = 0x20;
constexpr std::uint8_t kClientSsl = 0x01;
constexpr std::size_t kSslFixedBytes = 5;  ///< the client's flags, the result of the verification

constexpr std::string_view kMalformed = "its PROXY header is malformed";
constexpr std::string_view kTooLong = "its PROXY header is too long";
constexpr std::string_view kAbsent = "it does not begin with a PROXY header of a version that --proxy-protocol takes";

std::size_t number_at(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::size_t>(bytes[at]) << 8 | bytes[at + 1];
}

/// A port as version 1 writes it: decimal, without zeros in front.
std::optional<std::uint16_t> parse_port(std::string_view text) {
    if (text.size() > 5 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    const auto number = base::parse_decimal(text);
    if (!number || *number > UINT16_MAX) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

/// The text up to the next space, which is taken off as well.
std::string_view take_word(std::string_view& text) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    return word;
}

}  // namespace

ProxyHeaderParser::Step ProxyHeaderParser::parse(std::span<const std::byte> bytes) {
    std::size_t consumed = 0;
    Outcome outcome = Outcome::need_more;
    while (outcome == Outcome::need_more && consumed < bytes.size()) {
        text_ += static_cast<char>(bytes[consumed++]);
        outcome = look();
    }
    return {outcome, consumed};
}

ProxyHeaderParser::Outcome ProxyHeaderParser::look() {
    const bool is_line = text_.front() == kLineBegin.front();
    const std::string_view begin = is_line ? kLineBegin : kSignature;
    const bool is_accepted =
        accepted_ == ProxyVersions::both || accepted_ == (is_line ? ProxyVersions::v1 : ProxyVersions::v2);
    if (!is_accepted) return refuse(kAbsent);
    if (text_.size() <= begin.size()) return begin.starts_with(text_) ? Outcome::need_more : refuse(kAbsent);
    return is_line ? look_at_line() : look_at_binary();
}

ProxyHeaderParser::Outcome ProxyHeaderParser::look_at_line() {
    if (text_.back() == '\n') {
        const std::string_view line(text_);
        const std::size_t end = line.find('\r');
        if (end + 2 != line.size()) return refuse(kMalformed);
        return take_line(line.substr(kLineBegin.size(), end - kLineBegin.size()));
    }
    return text_.size() < kMaxProxyLineBytes ? Outcome::need_more : refuse(kTooLong);
}

/// "TCP4 192.0.2.1 198.51.100.2 40000 443", without "PROXY " in front.
ProxyHeaderParser::Outcome ProxyHeaderParser::take_line(std::string_view line) {
    const std::string_view family = take_word(line);
    if (family == "UNKNOWN") return Outcome::complete;  // whatever follows is ignored
    if (family != "TCP4" && family != "TCP6") return refuse(kMalformed);
    const Family wanted = family == "TCP4" ? Family::ipv4 : Family::ipv6;
    auto client = parse_ip(take_word(line));
    const auto proxy = parse_ip(take_word(line));
    const auto client_port = parse_port(take_word(line));
    const auto proxy_port = parse_port(line);
    if (!client || !proxy || !client_port || !proxy_port) return refuse(kMalformed);
    if (client->family != wanted || proxy->family != wanted) return refuse(kMalformed);
    client->port = *client_port;
    header_.client = unmapped(*client);
    return Outcome::complete;
}

ProxyHeaderParser::Outcome ProxyHeaderParser::look_at_binary() {
    if (text_.size() == kSignature.size() + 1) {
        const auto byte = static_cast<std::uint8_t>(text_.back());
        const bool is_known = byte >> 4 == 2 && (byte & 0xf) <= command_proxy;
        return is_known ? Outcome::need_more : refuse(kMalformed);
    }
    if (text_.size() < kFixedBytes) return Outcome::need_more;
    const std::span fixed(reinterpret_cast<const std::uint8_t*>(text_.data()), kFixedBytes);
    const std::size_t whole = kFixedBytes + number_at(fixed, kFixedBytes - 2);
    if (whole > kMaxProxyHeaderBytes) return refuse(kTooLong);
    return text_.size() < whole ? Outcome::need_more : take_binary();
}

ProxyHeaderParser::Outcome ProxyHeaderParser::take_binary() {
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text_.data()), text_.size());
    if ((bytes[kSignature.size()] & 0xf) == command_local) return Outcome::complete;  // the rest is to be ignored
    std::size_t used = 0;
    const auto block = bytes.subspan(kFixedBytes);
    if (!take_addresses(block, used) || !take_extensions(block.subspan(used))) return refuse(kMalformed);
    return Outcome::complete;
}

/// The addresses of both ends, then the ports. Only the client's are kept.
bool ProxyHeaderParser::take_addresses(std::span<const std::uint8_t> block, std::size_t& used) {
    PeerAddress client;
    std::size_t octets = 0;
    switch (static_cast<std::uint8_t>(text_[kSignature.size() + 1])) {
        case unspecified: used = 0; return true;
        case unix_stream:
        case unix_datagram: used = 216; return block.size() >= used;
        case ipv4_stream:
        case ipv4_datagram:
            client.family = Family::ipv4;
            octets = 4;
            break;
        case ipv6_stream:
        case ipv6_datagram:
            client.family = Family::ipv6;
            octets = 16;
            break;
        default: return false;
    }
    used = 2 * octets + 4;
    if (block.size() < used) return false;
    std::ranges::copy(block.first(octets), client.octets.begin());
    client.port = static_cast<std::uint16_t>(number_at(block, 2 * octets));
    header_.client = unmapped(client);
    return true;
}

/// Each has a type, a length of two bytes, and a value. Types that are not known are skipped.
bool ProxyHeaderParser::take_extensions(std::span<const std::uint8_t> block) {
    while (!block.empty()) {
        if (block.size() < 3) return false;
        const std::uint8_t type = block[0];
        const std::size_t length = number_at(block, 1);
        if (block.size() - 3 < length) return false;
        if (type == kTypeSsl) {
            if (length < kSslFixedBytes) return false;
            header_.is_secured = (block[3] & kClientSsl) != 0;
        }
        block = block.subspan(3 + length);
    }
    return true;
}

}  // namespace net
