// The fields of proxies, read from their end: the last entry is the one that the nearest proxy wrote.
#include "server/client_identity.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "http/target.h"
#include "server/forwarded_field.h"

namespace server {
namespace {

using http::FieldName;

bool is_trusted(const net::PeerAddress& address, std::span<const net::AddressRange> trusted) {
    return std::ranges::any_of(trusted, [&](const net::AddressRange& range) { return range.contains(address); });
}

/// The value of the last line of a field that is known by its name alone.
std::string_view find_last(const http::Request& request, std::string_view name) {
    std::string_view found;
    for (const http::Field& field : request.fields) {
        if (base::equals_ignoring_case(field.name.of(request.text), name)) found = field.value.of(request.text);
    }
    return found;
}

/// The last member of a list, a part of `list`.
std::string_view last_member(std::string_view list) {
    const std::size_t comma = list.rfind(',');
    return base::trim_blanks(list.substr(comma == std::string_view::npos ? 0 : comma + 1));
}

void take_scheme(std::string_view name, http::Client& client) {
    if (base::equals_ignoring_case(name, "https")) client.scheme = http::Client::Scheme::https;
    if (base::equals_ignoring_case(name, "http")) client.scheme = http::Client::Scheme::http;
}

/// What proxies say in one kind of field about the client of a request. The texts are parts of the request's.
struct Told {
    net::PeerAddress address;  ///< the proxy's own where nobody else is named
    std::string_view scheme;
    std::string_view host;
};

/// Addresses from the nearest proxy's entry backwards, until one that no trusted proxy has.
class ClientSearch {
public:
    ClientSearch(net::PeerAddress& found, std::span<const net::AddressRange> trusted)
        : found_(found), trusted_(trusted) {}

    /// False when the search is over.
    bool take(std::string_view entry) {
        const auto address = net::parse_peer(entry);
        if (!address) return false;
        found_ = *address;
        return is_trusted(*address, trusted_);
    }

private:
    net::PeerAddress& found_;
    std::span<const net::AddressRange> trusted_;
};

/// X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host.
Told read_custom_fields(const http::Request& request, const net::PeerAddress& peer,
                        std::span<const net::AddressRange> trusted) {
    Told told{.address = peer,
              .scheme = last_member(find_last(request, "X-Forwarded-Proto")),
              .host = last_member(find_last(request, "X-Forwarded-Host"))};
    ClientSearch search(told.address, trusted);
    std::string storage;
    std::string_view list = request.find_list(FieldName::x_forwarded_for, storage).value_or("");
    while (!list.empty()) {
        const std::size_t comma = list.rfind(',');
        if (!search.take(last_member(list))) break;
        list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
    return told;
}

/// Forwarded (RFC 7239), line by line from the last: one line may be a client's own, and cannot reach into the next. A
/// line that cannot be read ends the search, and says nothing.
Told read_standard_field(const http::Request& request, const net::PeerAddress& peer,
                         std::span<const net::AddressRange> trusted) {
    Told told{.address = peer, .scheme = {}, .host = {}};
    ClientSearch search(told.address, trusted);
    std::vector<std::string_view> lines;
    for (const http::Field& field : request.fields) {
        if (field.known == FieldName::forwarded) lines.push_back(field.value.of(request.text));
    }
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const auto elements = parse_forwarded(*line);
        if (!elements) break;
        if (line == lines.rbegin()) {
            told.scheme = elements->back().proto;
            told.host = elements->back().host;
        }
        const auto goes_on = [&](const ForwardedElement& element) { return search.take(element.address); };
        if (!std::all_of(elements->rbegin(), elements->rend(), goes_on)) break;
    }
    return told;
}

/// nullopt when the two kinds of field name different clients: a proxy sets the one and passes on what a client put
/// into the other, so one of them is made up, and nothing tells which.
std::optional<Told> read_fields(const http::Request& request, const net::PeerAddress& peer,
                                std::span<const net::AddressRange> trusted) {
    if (!request.fields.has(FieldName::forwarded)) return read_custom_fields(request, peer, trusted);
    const Told told = read_standard_field(request, peer, trusted);
    if (!request.fields.has(FieldName::x_forwarded_for)) return told;
    const Told custom = read_custom_fields(request, peer, trusted);
    return client_key(told.address) == client_key(custom.address) ? std::optional(told) : std::nullopt;
}

void take_host(std::string_view host, http::Request& request) {
    if (host.empty() || !http::is_valid_host(host, false)) return;
    request.client.host = {static_cast<std::uint32_t>(host.data() - request.text.data()),
                           static_cast<std::uint32_t>(host.size())};
}

}  // namespace

http::ClientKey client_key(const net::PeerAddress& address) {
    http::ClientKey key;
    switch (address.family) {
        case net::Family::local: break;
        case net::Family::ipv4: {
            std::uint32_t octets = 0;
            std::memcpy(&octets, address.octets.data(), sizeof octets);
            key.low = (std::uint64_t{4} << 32) | octets;
            break;
        }
        case net::Family::ipv6:
            std::memcpy(&key.high, address.octets.data(), sizeof key.high);
            key.low = std::uint64_t{6} << 32;
            break;
    }
    return key;
}

http::Client client_of(const net::PeerAddress& peer, bool is_secured,
                       std::span<const net::AddressRange> trusted_proxies) {
    http::Client client;
    client.key = client_key(peer);
    if (is_secured) client.scheme = http::Client::Scheme::https;
    client.is_forwarded = is_trusted(peer, trusted_proxies);
    return client;
}

http::Client client_of(const net::ProxyHeader& header, net::PeerAddress& peer, bool is_secured,
                       std::span<const net::AddressRange> trusted_proxies) {
    if (header.client) peer = *header.client;
    http::Client client = client_of(peer, is_secured || header.is_secured, trusted_proxies);
    if (!header.client) client.is_forwarded = false;
    return client;
}

net::PeerAddress take_forwarded(http::Request& request, const net::PeerAddress& peer,
                                std::span<const net::AddressRange> trusted_proxies) {
    const std::optional<Told> told = read_fields(request, peer, trusted_proxies);
    if (!told) return peer;
    take_scheme(told->scheme, request.client);
    take_host(told->host, request);
    request.client.key = client_key(told->address);
    return told->address;
}

}  // namespace server
