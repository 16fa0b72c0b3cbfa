// Refuses requests for other host names, against DNS rebinding: when the DNS name of a hostile page is changed to this
// server's address, the browser takes the page for one of this server, but its requests still name the page's host.
// Called by the router for every request.
#pragma once

#include <optional>
#include <string_view>

#include "http/request.h"
#include "site/site_config.h"

namespace site {

/// The host, and perhaps the port, that the client asked for: behind a trusted proxy what the proxy says, otherwise of
/// the target where it names one, otherwise of the field Host (RFC 9112 §3.2.2). Empty when none is named.
[[nodiscard]] std::string_view asked_authority(const http::Request& request);

/// The same without the port.
[[nodiscard]] std::string_view host_of(const http::Request& request);

/// Why a request for a host is not answered.
struct HostFault {
    http::Refusal refusal;          ///< 421 (RFC 9110 §15.5.20), in words for the client
    std::string_view for_operator;  ///< for the log: names the option
};

/// True below the path where an authority looks before it gives a host its certificate (RFC 8555 §8.3): by the host's
/// name, without TLS, and for what everybody may know.
[[nodiscard]] bool is_challenge(const http::Request& request);

/// Where `config.allowed_hosts` has names, there is a fault when the host of `request` is none of them. Otherwise,
/// where `config` guards its hosts, there is one when a browser may have sent `request` and the host is a name that
/// could be a stranger's, unless it asks for a challenge. What comes over a unix socket or through a trusted proxy is
/// for the proxy to check.
[[nodiscard]] std::optional<HostFault> find_host_fault(const http::Request& request, const SiteConfig& config);

}  // namespace site
