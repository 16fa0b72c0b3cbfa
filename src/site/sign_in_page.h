// The page for a name and a password, which is also the content of a 401 for browsers, and the page that says who is
// signed in. Made by sign_in_pages and sign_in_answers. It works without scripts and looks like the listings.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"
#include "http/status.h"

namespace site {

inline constexpr std::string_view kSignInPath = "/.godwit/sign-in";
inline constexpr std::string_view kSignOutPath = "/.godwit/sign-out";

struct SignInPage {
    http::Status status = http::Status::ok;
    std::string_view sentence;  ///< what went wrong, or why to sign in; anything, it is escaped; may be empty
    std::string_view back;      ///< of return_path(): where the browser goes next
};

/// True where a page is the right answer to `request`: a person sees it.
[[nodiscard]] bool is_navigation(const http::Request& request);
/// True when a browser sent it, for a person or for a script: at a challenge for Basic the browser would open a window
/// of its own.
[[nodiscard]] bool is_of_browser(const http::Request& request);

/// With the form; or, for a request with a user, with that user's name and what signs out. Personal, never stored.
[[nodiscard]] http::Response sign_in_page(const http::Request& request, const SignInPage& page);

}  // namespace site
