// One served directory, whole: its handlers and what they share, put together. The one Handler that the reactor knows.
// Made by app/serve.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "content/digest_queue.h"
#include "content/disk_queue.h"
#include "content/file_root.h"
#include "content/file_sink.h"
#include "content/names_in_flight.h"
#include "content/new_directories.h"
#include "content/representation_cache.h"
#include "handlers/decoration.h"
#include "handlers/deletes.h"
#include "handlers/directory_actions.h"
#include "handlers/echo.h"
#include "handlers/handler.h"
#include "handlers/health.h"
#include "handlers/listings.h"
#include "handlers/page_assets.h"
#include "handlers/records.h"
#include "handlers/resumable_uploads.h"
#include "handlers/router.h"
#include "handlers/site_config.h"
#include "handlers/static_files.h"
#include "handlers/uploads.h"
#include "handlers/user_agent.h"

namespace handlers {

class Site final : public Handler {
public:
    /// Everything outlives the site and its responses.
    Site(const content::FileRoot& root, const SiteConfig& config, const base::Clock& clock,
         const content::ArrivalClock& arrivals, content::DiskQueue& disk);

    Decision handle(const http::Request& request) override;
    void decorate(const http::Request* request, http::Response& response) override;
    void tidy() override { resumable_.tidy(); }
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const override { return resumable_.tidy_due(); }
    [[nodiscard]] std::string counters_text() const override { return content::counters_text(cache_.counters()); }
    void begin_stopping() override { health_.set_state(Health::State::stopping); }

    /// Names of the built-in endpoints that are off because the root has an entry of that name.
    [[nodiscard]] const std::vector<std::string_view>& shadowed_endpoints() const {
        return router_.shadowed_endpoints();
    }
    /// True when something that is no file has the name of the records' file: neither is served.
    [[nodiscard]] bool are_records_blocked() const { return records_.is_blocked(); }

private:
    SiteConfig config_;
    const base::Clock& clock_;
    base::MonotonicMs tidied_ms_;  ///< when unused cache entries were last dropped
    content::RepresentationCache cache_;
    content::DigestQueue digests_;
    std::optional<Decoration> decoration_;  ///< only when an option asks for one
    content::NewDirectories new_directories_;
    content::NamesInFlight names_;
    content::WriteParts write_parts_;
    Listings listings_;
    StaticFiles files_;
    Echo echo_;
    UserAgent user_agent_;
    Health health_;
    PageAssets page_assets_;
    ResumableUploads resumable_;
    Uploads uploads_;
    Deletes deletes_;
    DirectoryActions directories_;
    Records records_;
    Router router_;
};

}  // namespace handlers
