// What answers say about signing in, where there are users: 401 with its challenges for clients that may do more once
// they sign in, and fields that keep answers which depend on who asked out of shared caches. Called by RuledSite for
// every answer, and by the router.
#pragma once

#include "handler/resource.h"
#include "http/request.h"
#include "http/response.h"
#include "site/site_config.h"

namespace site {

/// True for a request without credentials below a path of --auth-prompt where no share link gives anything. Some
/// clients sign in only where they are asked to, though anybody may read there. Preflights cannot have credentials (the
/// Fetch standard) and are let through.
[[nodiscard]] bool must_sign_in(const http::Request& request, const handler::Resource& resource,
                                const SiteConfig& config);

/// Makes 401 of a 403 for a request without a user, where the rights at `resource` depend on who asks, and adds the
/// challenges to every 401 (RFC 9110 §11.6.1). Where there is a sign-in page, browsers get it as the content of a 401,
/// and are not challenged for Basic, which they would ask for in a window of their own. A user who signed in and may
/// not do this is told so. A client that could only be known by a certificate is told that, with a 403. A refusal
/// because of another site's page stays. Before error pages.
void ask_to_sign_in(const http::Request& request, const handler::Resource& resource, const SiteConfig& config,
                    http::Response& response);

/// Adds "Vary: Authorization", and Cookie where it counts, and makes Cache-Control private, where the answer depended
/// on who asked (RFC 9111 §5.2.2.7). Such an answer clears a cookie that is worth nothing. After everything that adds
/// fields of its own.
void keep_private(const http::Request& request, const handler::Resource& resource, const SiteConfig& config,
                  http::Response& response);

}  // namespace site
