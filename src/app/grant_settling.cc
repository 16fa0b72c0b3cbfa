// Checks first, and then puts the lines together.
#include "app/grant_settling.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "access_control/grants.h"
#include "access_control/sign_in.h"
#include "access_control/tokens.h"
#include "handler/rights.h"

namespace app {
namespace {

/// Share links are made by users, because later it has to be checked whether the maker still may share, and they are
/// sealed.
std::optional<UsageError> find_sharing_fault(const Options& options) {
    if (options.users_file.empty()) {
        return UsageError{"the right to share is for users who sign in, and there are none: --users FILE has them"};
    }
    if (!access_control::has_tokens()) {
        return UsageError{"this build makes no share links: it was made without OpenSSL (libssl-dev)"};
    }
    return std::nullopt;
}

}  // namespace

std::optional<UsageError> settle_grants(Options& options, bool follows_links) {
    using access_control::Grant;
    using handler::Right;
    using Who = Grant::Who;
    const bool has_accounts = !options.users_file.empty();
    options.site.signs_in = has_accounts || !options.client_ca_file.empty();
    options.site.only_certificates = options.site.signs_in && !has_accounts;
    options.site.has_sign_in_page = has_accounts && access_control::has_sign_in_page();
    const bool needs_users =
        std::ranges::any_of(options.grants, [](const access_control::Grant& each) { return each.who != Who::anyone; });
    if (options.site.signs_in && !needs_users) {
        return UsageError{std::string(has_accounts ? "--users" : "--tls-client-ca") +
                          " alone gives nobody a right; --grant says what they may do, as in --grant '/ + write'"};
    }
    if (needs_users && !options.site.signs_in) {
        return UsageError{
            "--grant names users, but there are none: --users FILE has them, or certificates of --tls-client-ca FILE"};
    }
    const auto is_of_group = [](const Grant& each) { return each.who == Who::group; };
    if (options.site.only_certificates && std::ranges::any_of(options.grants, is_of_group)) {
        return UsageError{"--grant names a group, but certificates have none: --users FILE says who is in it"};
    }
    if (!options.auth_prompts.empty() && !has_accounts) {
        return UsageError{"--auth-prompt asks for names that nobody has: --users FILE has them"};
    }
    if (options.grants.empty()) return std::nullopt;
    if (follows_links) {
        return UsageError{
            "--symlinks other than none does not go with --grant: a link would lead from a folder of one right into a "
            "folder of another; leave --symlinks out"};
    }
    site::SiteConfig& site = options.site;
    site.symlinks = storage::Symlinks::none;
    access_control::Grant root{.path = "/", .who = access_control::Grant::Who::anyone, .name = {}, .rights = {}};
    if (std::ranges::find(options.grants, "/", &access_control::Grant::path) == options.grants.end()) {
        root.rights = handler::Rights(Right::read, Right::list);
    }
    if (site.allow_upload) root.rights.add(Right::create);
    if (site.allow_replace) root.rights.add(Right::replace);
    if (site.allow_delete) root.rights.add(Right::remove);
    if (root.rights != handler::Rights()) options.grants.push_back(std::move(root));
    auto grants = std::make_shared<const access_control::Grants>(options.grants, options.auth_prompts);
    options.grants = grants->lines();
    site.allow_upload = grants->allows_somewhere(Right::create);
    site.allow_replace = grants->allows_somewhere(Right::replace);
    site.allow_delete = grants->allows_somewhere(Right::remove);
    site.allow_share = grants->allows_somewhere(Right::share);
    site.grants = std::move(grants);
    if (site.allow_share) return find_sharing_fault(options);
    return std::nullopt;
}

}  // namespace app
