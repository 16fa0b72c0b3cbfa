// Requests that a page of another site makes a browser send. What a form can send, a foreign page can send as well, and
// the browser asks nobody first: such a POST is refused by where it comes from. Called by the router.
#pragma once

#include <optional>

#include "http/request.h"
#include "site/site_config.h"

namespace site {

/// 403 when a browser says that `request` was begun by a page of another site, and `config.cors` does not let that site
/// in. Sec-Fetch-Site decides where it is sent; Origin against Host otherwise (Fetch Metadata; RFC 6454 §7). Programs
/// send neither, and pass.
[[nodiscard]] std::optional<http::Refusal> find_cross_site_fault(const http::Request& request,
                                                                 const SiteConfig& config);

}  // namespace site
