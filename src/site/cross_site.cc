// Where a request comes from, as browsers state it.
#include "site/cross_site.h"

#include <string_view>

#include "base/ascii.h"
#include "site/allowed_hosts.h"

namespace site {
namespace {

constexpr http::Refusal kForeign{
    http::Status::forbidden,
    "a page of another site sent this, which only pages of this server may; or was Host rewritten by a proxy?"};

/// The value of a field that http/ has no name for, such as Sec-Fetch-Site; empty when it is missing.
std::string_view find_other(const http::Request& request, std::string_view name) {
    for (const http::Field& field : request.fields) {
        if (field.known != http::FieldName::other) continue;
        if (base::equals_ignoring_case(field.name.of(request.text), name)) return field.value.of(request.text);
    }
    return {};
}

std::string_view find_fetch_site(const http::Request& request) { return find_other(request, "Sec-Fetch-Site"); }

std::string_view without_port(std::string_view authority, std::string_view port) {
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
    return authority;
}

/// `origin`: "http://host:port", its port left out where it is the scheme's own. A scheme that is not known may be
/// either: a proxy in front may have taken TLS off.
bool is_own_origin(std::string_view origin, std::string_view host, http::Client::Scheme scheme) {
    using Scheme = http::Client::Scheme;
    constexpr std::string_view kHttp = "http://";
    constexpr std::string_view kHttps = "https://";
    if (base::equals_ignoring_case(origin.substr(0, kHttp.size()), kHttp)) {
        return scheme != Scheme::https &&
               base::equals_ignoring_case(origin.substr(kHttp.size()), without_port(host, ":80"));
    }
    if (base::equals_ignoring_case(origin.substr(0, kHttps.size()), kHttps)) {
        return scheme != Scheme::http &&
               base::equals_ignoring_case(origin.substr(kHttps.size()), without_port(host, ":443"));
    }
    return false;
}

}  // namespace

std::optional<http::Refusal> find_cross_site_fault(const http::Request& request, const SiteConfig& config) {
    const auto origin = request.find(http::FieldName::origin);
    if (!origin && find_fetch_site(request).empty()) return std::nullopt;
    if (config.cors.allows(origin.value_or(""))) return std::nullopt;
    return find_foreign_fault(request);
}

std::optional<http::Refusal> find_foreign_fault(const http::Request& request) {
    const auto origin = request.find(http::FieldName::origin);
    const std::string_view site = find_fetch_site(request);
    if (!origin && site.empty()) return std::nullopt;
    if (!site.empty()) {
        // "none": a person typed or opened it.
        if (site == "same-origin" || site == "none") return std::nullopt;
        return kForeign;
    }
    if (is_own_origin(*origin, asked_authority(request), request.client.scheme)) return std::nullopt;
    return kForeign;
}

bool takes_certificate(const http::Request& request) {
    if (request.certified == nullptr || request.client.is_forwarded) return false;
    if (!find_foreign_fault(request)) return true;
    return http::is_safe(request.method) && find_other(request, "Sec-Fetch-Mode") == "navigate" &&
           find_other(request, "Sec-Fetch-Dest") == "document";
}

bool is_preflight(const http::Request& request) {
    return request.method == http::Method::options && request.fields.has(http::FieldName::origin) &&
           request.fields.has(http::FieldName::access_control_request_method);
}

}  // namespace site
