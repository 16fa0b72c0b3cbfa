// The cookie that holds a badge: its name, its text for Set-Cookie, and where a request has it. Called by site,
// ruled_site, sign_in_pages, sign_in_answers and shown_link.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/cookie.h"
#include "http/request.h"

namespace site {

/// "__Host-godwit-8443" over https, otherwise "godwit-8080", without a number for the usual port. Cookies are of a
/// host, whatever the port, so each server there has a name of its own. No plain connection, and no site beside this
/// one, can set the first form, and over https no other one counts.
[[nodiscard]] std::string badge_cookie_name(const http::Request& request);

/// The badge that `request` shows, not looked at yet.
[[nodiscard]] http::FoundCookie find_badge_cookie(const http::Request& request);

/// All that it shows under that name, in any line, so that all of them can be ended. A few at most; a browser has one
/// or two.
[[nodiscard]] std::vector<std::string_view> find_badge_cookies(const http::Request& request);

/// The value of Set-Cookie. `text`: of the badge, which counts for `seconds`; when it is empty, the cookie is cleared.
[[nodiscard]] std::string badge_cookie(const http::Request& request, std::string_view text, std::int64_t seconds);

}  // namespace site
