// The address of the same resource over TLS.
#include "site/https_redirect.h"

#include <string>

#include "handler/error_page.h"
#include "http/method.h"
#include "site/allowed_hosts.h"

namespace site {
namespace {

using http::Status;

constexpr std::uint16_t kHttpsPort = 443;

/// Path and query as they were sent.
std::string_view path_and_query(const http::Request& request) {
    const http::Target& target = request.target;
    const std::string_view sent = request.target_text.of(request.text);
    if (target.form != http::Target::Form::absolute) return sent;
    return sent.substr(target.authority.offset + target.authority.length - request.target_text.offset);
}

}  // namespace

bool is_secured(const http::Request& request) {
    return request.is_secure || request.client.scheme == http::Client::Scheme::https;
}

std::optional<http::Response> lead_to_https(const http::Request& request, const SiteConfig& config) {
    if (!config.redirect_https || is_secured(request)) return std::nullopt;
    if (request.target.form == http::Target::Form::asterisk || is_challenge(request)) return std::nullopt;
    if (!http::is_safe(request.method)) {
        return handler::refusal_response(
            &request, {Status::forbidden, "nothing is taken over a connection without encryption here; use https://."});
    }
    const std::string_view host = host_of(request);
    if (host.empty()) {
        return handler::error_response(&request, Status::bad_request, "the request names no host; use https://.");
    }
    std::string location = "https://" + std::string(host);
    if (config.https_port != kHttpsPort) location += ":" + std::to_string(config.https_port);
    const std::string_view rest = path_and_query(request);
    if (!rest.starts_with('/')) location += '/';
    location += rest;
    http::Response response =
        handler::error_response(&request, Status::permanent_redirect, "this is answered over https only.");
    response.add("Location", location);
    return response;
}

}  // namespace site
