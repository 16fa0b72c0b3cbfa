// One served directory: its handlers and what they share. The one Handler that the reactor knows. Made by app/serve.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "files/digest_queue.h"
#include "files/representation_cache.h"
#include "files/static_files.h"
#include "handler/handler.h"
#include "listings/listings.h"
#include "listings/page_assets.h"
#include "records/records.h"
#include "site/decoration.h"
#include "site/echo.h"
#include "site/health.h"
#include "site/resources.h"
#include "site/router.h"
#include "site/site_config.h"
#include "site/user_agent.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"
#include "storage/file_sink.h"
#include "storage/held_names.h"
#include "storage/new_directories.h"
#include "uploads/deletes.h"
#include "uploads/directory_actions.h"
#include "uploads/leftover_sweep.h"
#include "uploads/resumable_uploads.h"
#include "uploads/resumption_answers.h"
#include "uploads/uploads.h"

namespace site {

class Site final : public handler::Handler {
public:
    /// Everything outlives the site and its responses.
    Site(const storage::FileRoot& root, const SiteConfig& config, const base::Clock& clock,
         const base::ArrivalClock& arrivals, storage::DiskQueue& disk);

    handler::Decision handle(const http::Request& request) override;
    /// A question for the offset of an upload must not overtake the bytes that lie in the sockets before it.
    [[nodiscard]] bool is_heavy(const http::Request& request) const override {
        return !http::is_safe(request.method) || request.path().starts_with(uploads::kUploadsPath);
    }
    void decorate(const http::Request* request, http::Response& response) override;
    std::string_view loggable(std::string_view target, std::string& storage) const override;
    void tidy() override;
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const override;
    /// Each part registers its own, as long as the site lives.
    void register_counters(base::Counters& counters);
    void begin_stopping() override { health_.set_state(Health::State::stopping); }

    /// Names of the built-in endpoints that are off because the root has an entry of that name.
    [[nodiscard]] const std::vector<std::string_view>& shadowed_endpoints() const {
        return resources_.shadowed_endpoints();
    }
    /// True when something that is no file has the name of the records' file: then neither it nor the records are
    /// served.
    [[nodiscard]] bool are_records_blocked() const { return records_.is_blocked(); }
    /// True when there are no records because the default file of records is something else.
    [[nodiscard]] bool are_records_given_up() const { return are_records_given_up_; }

private:
    [[nodiscard]] bool is_outside(const http::Request& request) const;

    SiteConfig config_;
    bool are_records_given_up_ = false;
    const base::Clock& clock_;
    base::MonotonicMs tidied_ms_;  ///< when unused cache entries were last dropped
    files::RepresentationCache cache_;
    files::DigestQueue digests_;
    std::optional<Decoration> decoration_;  ///< only when an option asks for one
    storage::NewDirectories new_directories_;
    storage::HeldNames names_;
    storage::WriteParts write_parts_;
    listings::Listings listings_;
    files::StaticFiles files_;
    Echo echo_;
    UserAgent user_agent_;
    Health health_;
    listings::PageAssets page_assets_;
    uploads::ResumableUploads resumable_;
    std::optional<uploads::LeftoverSweep> sweep_;  ///< where files are uploaded
    uploads::Uploads uploads_;
    uploads::Deletes deletes_;
    uploads::DirectoryActions directories_;
    records::Records records_;
    Resources resources_;
    Router router_;
};

}  // namespace site
