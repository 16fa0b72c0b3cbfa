// Sockets that others have opened come first.
#include "app/listening.h"

#include <algorithm>
#include <utility>

namespace app {
namespace {

/// How many connections the kernel may queue; it caps this at net.core.somaxconn.
constexpr int kBacklog = 4096;

}  // namespace

std::expected<net::SocketRights, std::string> socket_rights(const Options& options,
                                                            const std::optional<Identity>& identity) {
    net::SocketRights rights{.mode = options.unix_mode};
    std::optional<Identity> owner = identity;
    if (!options.unix_user.empty()) {
        auto found = find_identity(options.unix_user, options.unix_group);
        if (!found) return std::unexpected("--unix-owner: " + found.error());
        owner = std::move(*found);
    }
    if (owner) {
        rights.owner = owner->uid;
        rights.group = owner->gid;
    }
    return rights;
}

std::expected<std::vector<net::Listener>, std::string> open_listeners(const std::vector<net::Address>& addresses,
                                                                      const net::SocketRights& rights,
                                                                      Predecessor* predecessor) {
    std::vector<net::Listener> listeners;
    for (const net::Address& address : addresses) {
        base::Fd left = predecessor != nullptr ? predecessor->take_own(address) : base::Fd();
        auto listener = left ? net::Listener::take_over(std::move(left), address.scheme)
                             : net::Listener::open(address, kBacklog, rights);
        if (!listener) return std::unexpected(listener.error());
        listeners.push_back(std::move(*listener));
    }
    return listeners;
}

std::vector<net::Address> addresses_of(const std::vector<net::Listener>& listeners) {
    std::vector<net::Address> addresses;
    addresses.reserve(listeners.size());
    for (const net::Listener& listener : listeners) addresses.push_back(listener.address());
    return addresses;
}

std::expected<void, std::string> take_addresses(const std::vector<net::Listener>& handed, Options& options) {
    if (handed.empty()) return {};
    options.are_sockets_handed_over = true;
    options.server.addresses = addresses_of(handed);
    const bool needs_tls = !options.certificates.empty() || !options.client_ca_file.empty() ||
                           options.site.redirect_https || options.site.hsts_s;
    if (needs_tls && !options.uses_tls()) {
        return std::unexpected(
            "--tls-cert, --tls-client-ca, --redirect-https and --hsts need a socket for TLS, and none of those that "
            "were handed over is named https (FileDescriptorName=https)");
    }
    return {};
}

std::uint16_t https_port(const std::vector<net::Listener>& listeners) {
    const auto is_https = [](const net::Listener& listener) { return listener.address().scheme == net::Scheme::https; };
    const auto first = std::ranges::find_if(listeners, is_https);
    return first == listeners.end() ? std::uint16_t{0} : first->address().port();
}

}  // namespace app
