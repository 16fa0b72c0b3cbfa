// Which handler answers which request: methods, rights, built-in endpoints, Allow. Called by the connection for every
// request.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "files/static_files.h"
#include "handler/handler.h"
#include "listings/listings.h"
#include "records/records.h"
#include "site/site_config.h"
#include "storage/file_root.h"
#include "uploads/deletes.h"
#include "uploads/directory_actions.h"
#include "uploads/resumable_uploads.h"
#include "uploads/uploads.h"

namespace site {

class Router final : public handler::Handler {
public:
    /// What it hands requests to; everything outlives the router.
    struct Targets {
        files::StaticFiles& files;      ///< GET and HEAD below the root
        listings::Listings* listings;   ///< of directories without an index file; null: such are not listed
        handler::Handler& echo;         ///< /echo/{text}
        handler::Handler& user_agent;   ///< /user-agent
        handler::Handler& health;       ///< /healthz
        handler::Handler& page_assets;  ///< the style and the script of listings
        records::Records& records;      ///< /database.txt and what is below it
        uploads::Uploads& uploads;
        uploads::ResumableUploads& resumable;
        uploads::Deletes& deletes;
        uploads::DirectoryActions& directories;  ///< MKCOL, and "POST dir/?mkcol"
    };

    /// Looks into the root for entries named like a built-in endpoint: they win, and that endpoint is off.
    Router(const storage::FileRoot& root, const SiteConfig& config, const Targets& targets);

    handler::Decision handle(const http::Request& request) override;

    /// Names of the built-in endpoints that are off because the root has an entry of that name: "echo" ….
    [[nodiscard]] const std::vector<std::string_view>& shadowed_endpoints() const { return shadowed_; }

private:
    enum class Endpoint : std::uint8_t { files, files_prefix, echo, user_agent, health, page_assets, records, upload };

    [[nodiscard]] Endpoint find_endpoint(std::string_view path) const;
    [[nodiscard]] bool is_on(Endpoint endpoint) const { return (on_ & (1U << static_cast<unsigned>(endpoint))) != 0; }
    [[nodiscard]] bool asks_for_health(const http::Request& request) const;
    [[nodiscard]] static bool names_file(Endpoint endpoint, std::string_view path);
    [[nodiscard]] http::MethodSet allowed(Endpoint endpoint, std::string_view path) const;
    [[nodiscard]] http::MethodSet allowed_anywhere() const;
    handler::Decision read(const http::Request& request, Endpoint endpoint, std::string_view path);
    handler::Decision read_below_root(const http::Request& request);
    handler::Decision upload(const http::Request& request, Endpoint endpoint, std::string_view path);
    handler::Decision remove(const http::Request& request, Endpoint endpoint, std::string_view path);
    handler::Decision make_directory(const http::Request& request, Endpoint endpoint, std::string_view path);

    const storage::FileRoot& root_;
    SiteConfig config_;
    Targets targets_;
    std::uint32_t on_ = 0;  ///< a bit for each endpoint that answers
    std::vector<std::string_view> shadowed_;
    http::Request rewritten_;  ///< reused for requests below /files/
};

}  // namespace site
