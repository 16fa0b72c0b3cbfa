// Compares the host of a request with the names that --allowed-host gave, or with those that are surely this server's.
#include "site/allowed_hosts.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "http/method.h"

namespace site {
namespace {

constexpr http::Refusal kOther{http::Status::misdirected_request,
                               "this server does not answer under the host name that was asked for."};
constexpr http::Refusal kNone{http::Status::misdirected_request,
                              "the request names no host, and this server answers only under names of its own."};

constexpr std::string_view kNotAllowed = "the host name that was asked for is none of those that --allowed-host lists";
constexpr std::string_view kMayBeForeign =
    "the host name that was asked for is none of this machine's, as after DNS rebinding; --allowed-host NAME allows it";

bool is_one_of(std::string_view host, const std::vector<std::string>& names) {
    return std::ranges::any_of(names,
                               [host](const std::string& name) { return base::equals_ignoring_case(name, host); });
}

/// Every browser sends the first two of these, and no script can take Accept-Encoding away (Fetch standard, forbidden
/// request-header). Programs that send none of them are not what a hostile page can use.
bool may_be_of_browser(const http::Request& request) {
    using enum http::FieldName;
    return request.fields.has_any(accept_encoding, user_agent, origin, referer, cookie);
}

bool comes_through_proxy(const http::Request& request) {
    constexpr http::ClientKey kUnixSocket;
    return request.client.is_forwarded || request.client.key == kUnixSocket;
}

/// Four numbers with dots, as browsers write IPv4 addresses.
bool is_ipv4(std::string_view host) {
    const auto is_of_address = [](char c) { return base::is_digit(c) || c == '.'; };
    return std::ranges::count(host, '.') == 3 && std::ranges::all_of(host, is_of_address);
}

/// False for the names that a stranger's DNS cannot give to this server: addresses, what ends in "localhost" (RFC 6761
/// §6.3), and names without a dot, which only the local network knows.
bool may_be_foreign(std::string_view host) {
    constexpr std::string_view kLocal = ".localhost";
    if (host.starts_with('[') || is_ipv4(host)) return false;
    if (host.find('.') == std::string_view::npos) return false;
    return host.size() < kLocal.size() || !base::equals_ignoring_case(host.substr(host.size() - kLocal.size()), kLocal);
}

}  // namespace

std::string_view asked_authority(const http::Request& request) {
    const std::string_view forwarded = request.client.host.of(request.text);
    if (!forwarded.empty()) return forwarded;
    const std::string_view authority = request.target.authority.of(request.text);
    return authority.empty() ? request.find(http::FieldName::host).value_or("") : authority;
}

std::string_view host_of(const http::Request& request) {
    const std::string_view host = asked_authority(request);
    // The parser has refused invalid hosts, so a colon (behind the bracket of an IPv6 address) begins the port.
    const std::size_t bracket = host.find(']');
    return host.substr(0, host.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

bool is_challenge(const http::Request& request) { return request.path().starts_with("/.well-known/acme-challenge/"); }

std::optional<HostFault> find_host_fault(const http::Request& request, const SiteConfig& config) {
    if (config.answers_any_host) return std::nullopt;
    if (!config.allowed_hosts.empty()) {
        const std::string_view host = host_of(request);
        if (is_one_of(host, config.allowed_hosts)) return std::nullopt;
        return HostFault{host.empty() ? kNone : kOther, kNotAllowed};
    }
    if (!config.guards_hosts() || !may_be_of_browser(request) || comes_through_proxy(request)) return std::nullopt;
    std::string_view host = host_of(request);
    if (host.ends_with('.')) host.remove_suffix(1);
    if (!may_be_foreign(host) || is_one_of(host, config.own_hosts.names)) return std::nullopt;
    if (config.own_hosts.is_certified && config.own_hosts.is_certified(host)) return std::nullopt;
    // The first certificate is still to come, so no name is certified.
    if (http::is_safe(request.method) && is_challenge(request)) return std::nullopt;
    return HostFault{kOther, kMayBeForeign};
}

}  // namespace site
