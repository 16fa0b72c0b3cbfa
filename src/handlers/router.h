// Which handler answers which request: methods, rights, built-in endpoints, Allow. Called by the connection for every
// request.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "content/file_root.h"
#include "handlers/deletes.h"
#include "handlers/directory_actions.h"
#include "handlers/handler.h"
#include "handlers/records.h"
#include "handlers/resumable_uploads.h"
#include "handlers/site_config.h"
#include "handlers/uploads.h"

namespace handlers {

class Router final : public Handler {
public:
    /// What it hands requests to; everything outlives the router.
    struct Targets {
        Handler& files;        ///< GET and HEAD below the root
        Handler& echo;         ///< /echo/{text}
        Handler& user_agent;   ///< /user-agent
        Handler& health;       ///< /healthz
        Handler& page_assets;  ///< the style and the script of listings
        Records& records;      ///< /database.txt and what is below it
        Uploads& uploads;
        ResumableUploads& resumable;
        Deletes& deletes;
        DirectoryActions& directories;  ///< MKCOL, and "POST dir/?mkcol"
    };

    /// Looks into the root for entries named like a built-in endpoint: they win, and that endpoint is off.
    Router(const content::FileRoot& root, const SiteConfig& config, const Targets& targets);

    Decision handle(const http::Request& request) override;

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
    Decision read(const http::Request& request, Endpoint endpoint, std::string_view path);
    Decision upload(const http::Request& request, Endpoint endpoint, std::string_view path);
    Decision remove(const http::Request& request, Endpoint endpoint, std::string_view path);
    Decision make_directory(const http::Request& request, Endpoint endpoint, std::string_view path);

    const content::FileRoot& root_;
    SiteConfig config_;
    Targets targets_;
    std::uint32_t on_ = 0;  ///< a bit for each endpoint that answers
    std::vector<std::string_view> shadowed_;
    http::Request rewritten_;  ///< reused for requests below /files/
};

}  // namespace handlers
