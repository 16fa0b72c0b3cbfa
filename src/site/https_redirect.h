// What --redirect-https answers to requests that came without TLS. Called by the router, after the host was looked at.
#pragma once

#include <optional>

#include "http/request.h"
#include "http/response.h"
#include "site/site_config.h"

namespace site {

/// True when the client came by https: to this server, or to a trusted proxy that says so.
[[nodiscard]] bool is_secured(const http::Request& request);

/// 308 (RFC 9110 §15.4.9) to the same URL with https. 403 for methods that are not safe: what they say has gone through
/// the network for all to read already, and a redirection would hide that. nullopt where plain requests are answered:
/// without the option, and below "/.well-known/acme-challenge/", where authorities look before there is a certificate
/// (RFC 8555 §8.3).
[[nodiscard]] std::optional<http::Response> lead_to_https(const http::Request& request, const SiteConfig& config);

}  // namespace site
