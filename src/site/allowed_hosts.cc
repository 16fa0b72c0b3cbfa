// Compares the host of a request with the names that --allowed-host gave.
#include "site/allowed_hosts.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace site {
namespace {

constexpr http::Refusal kOther{http::Status::misdirected_request,
                               "this server does not answer under the host name that was asked for."};
constexpr http::Refusal kNone{http::Status::misdirected_request,
                              "the request names no host, and this server answers only under names of its own."};

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

std::optional<http::Refusal> find_host_fault(const http::Request& request, const SiteConfig& config) {
    if (config.allowed_hosts.empty()) return std::nullopt;
    const std::string_view host = host_of(request);
    const bool is_allowed = std::ranges::any_of(
        config.allowed_hosts, [host](const std::string& name) { return base::equals_ignoring_case(name, host); });
    if (is_allowed) return std::nullopt;
    return host.empty() ? kNone : kOther;
}

}  // namespace site
