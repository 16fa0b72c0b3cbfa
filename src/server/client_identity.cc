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
http::Slice find_last(const http::Request& request, std::string_view name) {
    http::Slice found;
    for (const http::Field& field : request.fields) {
        if (base::equals_ignoring_case(field.name.of(request.text), name)) found = field.value;
    }
    return found;
}

/// The last member of a list, a part of `list`.
http::Slice last_member(http::Slice list, std::string_view text) {
    const std::string_view value = list.of(text);
    const std::size_t comma = value.rfind(',');
    const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
    const std::string_view member = base::trim_blanks(value.substr(begin));
    const auto offset = static_cast<std::uint32_t>(member.data() - text.data());
    return {member.empty() ? list.offset : offset, static_cast<std::uint32_t>(member.size())};
}

void take_scheme(std::string_view name, http::Client& client) {
    if (base::equals_ignoring_case(name, "https")) client.scheme = http::Client::Scheme::https;
    if (base::equals_ignoring_case(name, "http")) client.scheme = http::Client::Scheme::http;
}

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

void take_forwarded_for(const http::Request& request, ClientSearch& search) {
    std::string storage;
    std::string_view list = request.find_list(FieldName::x_forwarded_for, storage).value_or("");
    while (!list.empty()) {
        const std::size_t comma = list.rfind(',');
        const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
        if (!search.take(base::trim_blanks(list.substr(begin)))) return;
        list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
}

void take_host(std::string_view host, http::Request& request) {
    if (host.empty() || !http::is_valid_host(host, false)) return;
    request.client.host = {static_cast<std::uint32_t>(host.data() - request.text.data()),
                           static_cast<std::uint32_t>(host.size())};
}

/// False when the search is over. A line that cannot be read ends it, and says nothing.
bool take_forwarded_line(std::string_view line, bool is_nearest, http::Request& request, ClientSearch& search) {
    const auto elements = parse_forwarded(line);
    if (!elements) return false;
    if (is_nearest) {
        take_scheme(elements->back().proto, request.client);
        take_host(elements->back().host, request);
    }
    return std::ranges::all_of(elements->rbegin(), elements->rend(),
                               [&](const ForwardedElement& element) { return search.take(element.address); });
}

/// Forwarded (RFC 7239), line by line from the last: one line may be a client's own, and cannot reach into the next.
void take_standard_field(http::Request& request, ClientSearch& search) {
    std::vector<std::string_view> lines;
    for (const http::Field& field : request.fields) {
        if (field.known == FieldName::forwarded) lines.push_back(field.value.of(request.text));
    }
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (!take_forwarded_line(*line, line == lines.rbegin(), request, search)) return;
    }
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

namespace {

/// A proxy sets the one field and passes on what a client put into the other. When they name different clients, one of
/// them is made up, and nothing tells which.
bool is_contradictory(const http::Request& request, const net::PeerAddress& peer,
                      std::span<const net::AddressRange> trusted_proxies) {
    if (!request.fields.has(FieldName::forwarded) || !request.fields.has(FieldName::x_forwarded_for)) return false;
    net::PeerAddress by_standard = peer;
    http::Request unchanged = request;
    ClientSearch standard(by_standard, trusted_proxies);
    take_standard_field(unchanged, standard);
    net::PeerAddress by_custom = peer;
    ClientSearch custom(by_custom, trusted_proxies);
    take_forwarded_for(request, custom);
    return client_key(by_standard) != client_key(by_custom);
}

}  // namespace

net::PeerAddress take_forwarded(http::Request& request, const net::PeerAddress& peer,
                                std::span<const net::AddressRange> trusted_proxies) {
    if (is_contradictory(request, peer, trusted_proxies)) return peer;
    net::PeerAddress found = peer;
    ClientSearch search(found, trusted_proxies);
    if (request.fields.has(FieldName::forwarded)) {
        take_standard_field(request, search);
    } else {
        take_forwarded_for(request, search);
        take_scheme(last_member(find_last(request, "X-Forwarded-Proto"), request.text).of(request.text),
                    request.client);
        const http::Slice host = last_member(find_last(request, "X-Forwarded-Host"), request.text);
        if (http::is_valid_host(host.of(request.text), false)) request.client.host = host;
    }
    request.client.key = client_key(found);
    return found;
}

}  // namespace server
