// What happens with a request: the route table of resource kinds and methods, the rights that each needs, Allow, and
// the refusals. Called by RuledSite for every request.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "archives/archives.h"
#include "dav/locking.h"
#include "dav/properties.h"
#include "dav/property_changes.h"
#include "files/static_files.h"
#include "handler/handler.h"
#include "handler/rights.h"
#include "listings/listings.h"
#include "records/records.h"
#include "site/allowed_hosts.h"
#include "site/destinations.h"
#include "site/resources.h"
#include "site/share_making.h"
#include "site/site_config.h"
#include "storage/file_root.h"
#include "uploads/copies.h"
#include "uploads/deletes.h"
#include "uploads/directory_actions.h"
#include "uploads/moves.h"
#include "uploads/resumable_uploads.h"
#include "uploads/uploads.h"

namespace site {

class Router final : public handler::Handler {
public:
    /// The targets of the routes; everything outlives the router.
    struct Targets {
        files::StaticFiles& files;      ///< GET and HEAD below the root
        listings::Listings& listings;   ///< of directories without an index file
        archives::Archives& archives;   ///< of listed directories
        handler::Handler& echo;         ///< /echo/{text}
        handler::Handler& user_agent;   ///< /user-agent
        handler::Handler& health;       ///< /healthz
        handler::Handler& page_assets;  ///< the style of all pages, and the scripts of listings
        records::Records& records;      ///< /database.txt and what is below it
        uploads::Uploads& uploads;
        uploads::ResumableUploads& resumable;
        uploads::Deletes& deletes;
        uploads::Copies& copies;
        uploads::Moves& moves;
        dav::Properties& properties;             ///< PROPFIND
        dav::PropertyChanges& property_changes;  ///< PROPPATCH
        dav::Locking& locking;                   ///< LOCK and UNLOCK
        uploads::DirectoryActions& directories;  ///< MKCOL, and "POST dir/?mkcol"
        handler::Handler& sign_in_pages;         ///< /.godwit/sign-in and /.godwit/sign-out
        handler::Handler& share_list;            ///< /.godwit/shares and what is below it
        ShareMaking& shares;                     ///< "POST path?share"
        std::uint64_t& misdirected;              ///< counts requests for hosts that are not answered
        std::uint64_t& links_refused;            ///< counts requests with a share link that does not count
    };

    Router(const storage::FileRoot& root, const SiteConfig& config, const Resources& resources, const Targets& targets)
        : root_(root), config_(config), resources_(resources), targets_(targets) {}

    handler::Decision handle(const http::Request& request) override;

private:
    /// A request with what was found out about it: its resource and the rights.
    struct Call {
        const http::Request& request;
        handler::Resource resource;
        handler::Rights rights;
    };
    struct Route;
    class RouteTable;

    [[nodiscard]] std::optional<http::Response> refuse_link(const http::Request& request) const;
    [[nodiscard]] bool makes_share(const Call& call) const {
        return config_.allow_share && ShareMaking::is_asked_by(call.request.query());
    }
    handler::Decision refuse_host(const http::Request& request, const HostFault& fault);
    /// Whether MKCOL is allowed depends on what is there. `unseen`: the client may not learn that.
    enum class Existence : std::uint8_t { looked_at, unseen };
    [[nodiscard]] http::MethodSet allowed(const handler::Resource& resource, handler::Rights rights,
                                          Existence existence = Existence::looked_at) const;
    [[nodiscard]] http::MethodSet allowed_anywhere(handler::Rights rights) const;
    [[nodiscard]] handler::Decision refuse(const Call& call, const Route& route) const;

    handler::Decision route(const Call& call);
    handler::Decision route_with_if(const Call& call);
    [[nodiscard]] bool is_known(http::Method method) const;
    void advertise_dav(const handler::Resource& resource, http::Response& response) const;
    [[nodiscard]] bool may_move(handler::Rights rights) const;
    [[nodiscard]] bool may_copy() const;
    [[nodiscard]] bool is_place(std::string_view path) const;
    handler::Decision read_below_root(const Call& call);
    handler::Decision read_directory(const Call& call);
    handler::Decision answer_hidden(const Call& call);
    handler::Decision lead_to_files(const Call& call);
    handler::Decision ask_echo(const Call& call) { return targets_.echo.handle(call.request); }
    handler::Decision ask_user_agent(const Call& call) { return targets_.user_agent.handle(call.request); }
    handler::Decision ask_health(const Call& call) { return targets_.health.handle(call.request); }
    handler::Decision ask_page_assets(const Call& call) { return targets_.page_assets.handle(call.request); }
    handler::Decision ask_sign_in_pages(const Call& call) { return targets_.sign_in_pages.handle(call.request); }
    handler::Decision ask_share_list(const Call& call) { return targets_.share_list.handle(call.request); }
    handler::Decision ask_records(const Call& call) { return targets_.records.handle(call.request, call.rights); }
    handler::Decision ask_upload(const Call& call) { return targets_.resumable.handle(call.request); }
    handler::Decision find_properties(const Call& call);
    handler::Decision change_properties(const Call& call);
    handler::Decision lock(const Call& call) { return targets_.locking.lock(call.request, call.resource.path); }
    handler::Decision unlock(const Call& call) { return targets_.locking.unlock(call.request, call.resource.path); }
    handler::Decision store(const Call& call);
    handler::Decision post_to_directory(const Call& call);
    handler::Decision remove(const Call& call);
    [[nodiscard]] std::string source_of(const Call& call) const;
    [[nodiscard]] std::expected<FoundDestination, http::Refusal> destination_of(const Call& call,
                                                                                std::string_view source) const;
    handler::Decision copy(const Call& call);
    handler::Decision move(const Call& call);
    handler::Decision make_directory(const Call& call);
    handler::Decision answer_options(const Call& call);

    const storage::FileRoot& root_;
    const SiteConfig& config_;
    const Resources& resources_;
    Targets targets_;
    http::Request rewritten_;  ///< reused for requests below /files/
};

}  // namespace site
