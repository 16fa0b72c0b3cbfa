// Refuses requests that a page of another site makes a browser send. A foreign page can send whatever a form can send,
// and the browser does not ask first, so such a request is refused by its origin. Called by the router, and where a
// cookie or a sign-in counts.
#pragma once

#include <optional>

#include "http/request.h"
#include "site/site_config.h"

namespace site {

/// 403 when a browser says that a page of another site began `request`, unless `config.cors` allows that site.
/// Called for methods that are not safe. Sec-Fetch-Site decides when it is present; otherwise Origin is compared with
/// the host and, where it is known, the scheme that the client asked for (Fetch Metadata; RFC 6454 §7). Programs send
/// neither field, and pass.
[[nodiscard]] std::optional<http::Refusal> find_cross_site_fault(const http::Request& request,
                                                                 const SiteConfig& config);

/// The same, whatever --cors allows: for signing in and out, and for whether a cookie counts. --cors lets a site do
/// what anybody may do; it does not let it act as the user who signed in.
[[nodiscard]] std::optional<http::Refusal> find_foreign_fault(const http::Request& request);

/// True where the certificate of the client says who sends `request`. Browsers show it with every request, whoever
/// began it, so it counts as little as a cookie that is SameSite: not for what a page of another site sends or embeds,
/// but for a link to a page that a person follows. The certificate of a trusted proxy is that of the proxy.
[[nodiscard]] bool takes_certificate(const http::Request& request);

/// True for the question of a browser whether a script may send a request (the Fetch standard's CORS protocol). Such a
/// request never has credentials.
[[nodiscard]] bool is_preflight(const http::Request& request);

}  // namespace site
