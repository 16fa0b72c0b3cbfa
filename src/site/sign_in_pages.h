// Signing in and out by browser: GET and POST of /.godwit/sign-in, POST of /.godwit/sign-out. Called by the router
// where the rules have a sign-in page.
#pragma once

#include <string_view>

#include "access_control/sign_in.h"
#include "handler/handler.h"
#include "site/sign_in_page.h"
#include "site/site_config.h"

namespace site {

class SignInPages final : public handler::Handler {
public:
    /// `config` and what `sign_in` points to outlive this; `*sign_in` may be null until the first request.
    SignInPages(const SiteConfig& config, access_control::SignIn* const& sign_in)
        : config_(config), sign_in_(sign_in) {}

    /// True for the two paths.
    [[nodiscard]] static bool owns(std::string_view path) { return path == kSignInPath || path == kSignOutPath; }

    /// The path is one of the two, and the method one that the table has for it. What comes from a page of another site
    /// is refused, also of one that --cors allows: it would sign its visitors in as somebody of its choice.
    handler::Decision handle(const http::Request& request) override;

private:
    const SiteConfig& config_;
    access_control::SignIn* const& sign_in_;
};

}  // namespace site
