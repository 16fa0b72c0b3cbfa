// The handlers of a site under one set of rules, which never change: other rules are another RuledSite over the same
// SiteState. Site makes one for each set of rules; exchanges whose response comes later hold it until they end.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "archives/archives.h"
#include "dav/locking.h"
#include "dav/properties.h"
#include "dav/property_changes.h"
#include "files/static_files.h"
#include "handler/handler.h"
#include "listings/listings.h"
#include "records/records.h"
#include "site/decoration.h"
#include "site/echo.h"
#include "site/https_redirect.h"
#include "site/resources.h"
#include "site/router.h"
#include "site/share_list.h"
#include "site/share_making.h"
#include "site/share_uses.h"
#include "site/shown_link.h"
#include "site/sign_in_pages.h"
#include "site/site_config.h"
#include "site/site_state.h"
#include "site/user_agent.h"
#include "uploads/deletes.h"
#include "uploads/directory_actions.h"
#include "uploads/moves.h"
#include "uploads/resumable_uploads.h"
#include "uploads/uploads.h"

namespace site {

class RuledSite final : public handler::Handler {
public:
    /// `state` outlives this.
    RuledSite(SiteState& state, const std::shared_ptr<const SiteConfig>& rules);

    handler::Decision handle(const http::Request& request) override;
    /// The same; a response in it is not decorated yet.
    handler::Decision decide(const http::Request& request);
    void decorate(const http::Request* request, http::Response& response) override;
    void decorate_interim(http::Interim& interim) override;

    /// Takes --path-prefix off the path of `request`, before anything else is asked about it. The answer when nothing
    /// is there: not decorated yet.
    [[nodiscard]] std::optional<http::Response> enter_prefix(http::Request& request) const;
    [[nodiscard]] bool has_prefix() const { return !rules_->path_prefix.empty(); }
    /// True for the address of a resumable upload; `path` is as it came.
    [[nodiscard]] bool is_of_upload(std::string_view path) const {
        const std::string_view prefix = rules_->path_prefix;
        if (prefix.empty()) return path.starts_with(uploads::kUploadsPath);
        return path.starts_with(prefix) && path.substr(prefix.size()).starts_with(uploads::kUploadsPath);
    }

    /// True for the pages of signing in and out, likewise: before enter_prefix() and afterwards.
    [[nodiscard]] bool is_of_sign_in(std::string_view path) const {
        if (path.starts_with(rules_->path_prefix) && SignInPages::owns(path.substr(rules_->path_prefix.size()))) {
            return rules_->has_sign_in_page;
        }
        return rules_->has_sign_in_page && SignInPages::owns(path);
    }

    /// Names of the built-in endpoints that are off because the root has an entry of that name.
    [[nodiscard]] const std::vector<std::string_view>& shadowed_endpoints() const {
        return resources_.shadowed_endpoints();
    }
    /// True for a request that is only led to https.
    [[nodiscard]] bool leads_away(const http::Request& request) const {
        return rules_->redirect_https && !is_secured(request);
    }
    /// True for a request whose cookie says who sends it. Not for one that changes something and comes from a page of
    /// another site, because that page, and not the user, made the browser send it.
    [[nodiscard]] bool takes_badge(const http::Request& request) const;
    /// Looks up the share link that `request` shows, where there may be some: see look_up_link().
    [[nodiscard]] std::optional<KnownLink> find_link(http::Request& request) const;
    [[nodiscard]] bool takes_certificates() const { return rules_->signs_in; }
    /// True for a request that may show a link in its query or by the address of an upload; cookies are not looked at.
    [[nodiscard]] bool may_show_link(const http::Request& request) const;
    /// True for a request that shows a share link, whose use may have to be noted.
    [[nodiscard]] bool may_use_link(const http::Request& request) const;
    [[nodiscard]] const SiteConfig& rules() const { return *rules_; }
    [[nodiscard]] bool are_records_blocked() const { return records_.is_blocked(); }
    [[nodiscard]] bool are_records_given_up() const { return are_records_given_up_; }

private:
    [[nodiscard]] bool is_outside(const http::Request& request) const;
    [[nodiscard]] bool owns_alone(std::string_view path) const;
    void name_lock(const http::Request& request, http::Response& response) const;

    std::shared_ptr<const SiteConfig> rules_;
    std::shared_ptr<const std::string> path_prefix_;  ///< for requests below it; null: there is none
    bool are_records_given_up_ = false;
    storage::WriteParts parts_;
    std::optional<Decoration> decoration_;  ///< only when an option asks for one
    listings::Listings listings_;
    archives::Archives archives_;
    files::StaticFiles files_;
    dav::Properties properties_;
    dav::PropertyChanges property_changes_;
    dav::Locking locking_;
    Echo echo_;
    UserAgent user_agent_;
    uploads::ResumableUploads resumable_;
    uploads::Uploads uploads_;
    uploads::Deletes deletes_;
    uploads::Copies copies_;
    uploads::Moves moves_;
    uploads::DirectoryActions directories_;
    records::Records records_;
    SignInPages sign_in_pages_;
    ShareParts share_parts_;
    ShareMaking share_making_;
    ShareList share_list_;
    ShareUses share_uses_;
    Resources resources_;
    Router router_;
};

}  // namespace site
