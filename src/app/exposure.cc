// A unix socket and a loopback address can be reached from this machine only. Every other address counts as reachable
// by others, since a firewall in front of it cannot be seen from here.
#include "app/exposure.h"

#include <algorithm>

#include "handler/rights.h"

namespace app {
namespace {

/// The first address that other machines can reach, as a URL; with `plain_only`, only one without TLS. Empty: none.
std::string find_open_address(const Options& options, bool plain_only) {
    for (const net::Address& address : options.server.addresses) {
        if (address.is_of_this_machine() || (plain_only && address.scheme == net::Scheme::https)) continue;
        return address.url();
    }
    return {};
}

bool are_passwords_taken_anywhere(const Options& options) {
    // Credentials are not read on an address that only redirects to https; and behind a trusted proxy the clients may
    // well use https.
    return options.insecure_auth || options.site.redirect_https || !options.server.trusted_proxies.empty();
}

/// Whether somebody without a name may write at the root. A line of --grant for one folder does not count: the operator
/// has limited writing to that folder.
bool may_anybody_write_everywhere(const Options& options) {
    using handler::Right;
    const site::SiteConfig& site = options.site;
    if (options.grants.empty()) return site.allow_upload || site.allow_replace || site.allow_delete;
    return std::ranges::any_of(options.grants, [](const access_control::Grant& line) {
        const bool is_for_all = line.who == access_control::Grant::Who::anyone && line.path == "/";
        return is_for_all && line.rights.has_any_of(handler::Rights(Right::create, Right::replace, Right::remove));
    });
}

}  // namespace

std::expected<void, std::string> check_exposure(const Options& options) {
    if (!options.users_file.empty() && !are_passwords_taken_anywhere(options)) {
        if (const std::string open = find_open_address(options, true); !open.empty()) {
            return std::unexpected("--users: passwords and tokens sent to " + open +
                                   " could be read on their way; use --bind https://ADDRESS:PORT, or a proxy that "
                                   "speaks https and --trusted-proxy RANGE; --insecure-auth allows it all the same");
        }
    }
    if (may_anybody_write_everywhere(options) && !options.insecure_writes) {
        if (const std::string open = find_open_address(options, false); !open.empty()) {
            return std::unexpected("anybody who can reach " + open +
                                   " could write to the directory; use --bind localhost, or say who may write where "
                                   "with --users FILE and --grant 'PATH WHO RIGHTS' in place of --allow-*; "
                                   "--insecure-writes allows it all the same");
        }
    }
    return {};
}

}  // namespace app
