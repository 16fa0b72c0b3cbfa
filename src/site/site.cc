// Puts the parts of a site together.
#include "site/site.h"

#include <algorithm>

#include "handler/error_page.h"
#include "site/loggable_target.h"

namespace site {
namespace {

/// A deleted file keeps its blocks while an entry of the cache holds it open.
constexpr base::MonotonicMs kTidyEveryMs = 5'000;
constexpr base::UnixNs kKeepUnusedNs = 30 * base::kNsPerSecond;

/// What the page of a listing offers to clients that have the rights.
listings::PageActions page_actions(const SiteConfig& config) {
    using Upload = listings::PageActions::Upload;
    return {.upload = config.upload_expiry_s > 0 ? Upload::resumable : Upload::whole,
            .replacement = listings::PageActions::Replacement::offered,
            .removal = listings::PageActions::Removal::offered};
}

/// When no file was chosen for records, an existing file of another kind stays an ordinary file.
SiteConfig with_settled_records(SiteConfig config, const storage::FileRoot& root) {
    if (!config.are_records_named && config.serves_records() && !records::may_hold_records(root, config.records_file)) {
        config.records_path.clear();
    }
    return config;
}

}  // namespace

Site::Site(const storage::FileRoot& root, const SiteConfig& config, const base::Clock& clock,
           const base::ArrivalClock& arrivals, storage::DiskQueue& disk)
    : config_(with_settled_records(config, root)),
      clock_(clock),
      tidied_ms_(clock.now_ms()),
      cache_(root, clock, arrivals, {.max_bytes = config.cache_bytes}, {.level = config.compression_level},
             files::CacheRules(config.cache_rules), &disk),
      digests_(disk.wakes(), cache_),
      write_parts_{.root = root,
                   .new_directories = new_directories_,
                   .names = names_,
                   .disk = disk,
                   .clock = clock,
                   .changes = &cache_,
                   .durability = config.durability,
                   .min_free_bytes = config.min_free_bytes},
      listings_(root, disk.wakes(), clock,
                {.actions = page_actions(config), .compression_level = config.compression_level}),
      files_(root, cache_, clock, {.index_name = config.index_name, .clean_urls = config.clean_urls, .spa = config.spa},
             &digests_),
      page_assets_(clock),
      resumable_(write_parts_, config_),
      uploads_(write_parts_, config_, resumable_),
      deletes_(write_parts_, config_),
      directories_(write_parts_, config_),
      records_(write_parts_, {.path = config_.serves_records() ? config_.records_path : std::string(),
                              .file = config.records_file,
                              .limits = {}}),
      resources_(root, config.builtin, records_, resumable_),
      router_(root, config_, resources_,
              {.files = files_,
               .listings = listings_,
               .echo = echo_,
               .user_agent = user_agent_,
               .health = health_,
               .page_assets = page_assets_,
               .records = records_,
               .uploads = uploads_,
               .resumable = resumable_,
               .deletes = deletes_,
               .directories = directories_}) {
    if (config.allow_upload) sweep_.emplace(root, disk, clock);
    are_records_given_up_ = config.serves_records() && !config_.serves_records();
    if (Decoration::is_wanted(config)) decoration_.emplace(config, resources_, cache_);
}

/// True for paths other than that of the single file that is served.
bool Site::is_outside(const http::Request& request) const {
    const std::string& path = request.target.path;
    return !config_.only_path.empty() && path.starts_with('/') && path != "/" && path != config_.only_path;
}

handler::Decision Site::handle(const http::Request& request) {
    if (clock_.now_ms() - tidied_ms_ >= kTidyEveryMs) {
        tidied_ms_ = clock_.now_ms();
        cache_.drop_unused(kKeepUnusedNs);
    }
    handler::Decision decision =
        is_outside(request)
            ? handler::Decision(handler::refusal_response(&request, {http::Status::not_found, "no such file"}))
            : router_.handle(request);
    if (!decoration_) return decision;
    if (auto* response = std::get_if<http::Response>(&decision)) decoration_->apply(&request, *response);
    return decision;
}

void Site::tidy() {
    const base::MonotonicMs now = clock_.now_ms();
    resumable_.tidy();
    if (sweep_ && sweep_->due() && *sweep_->due() <= now) sweep_->advance();
}

std::optional<base::MonotonicMs> Site::tidy_due() const {
    const auto sweep = sweep_ ? sweep_->due() : std::nullopt;
    const auto uploads = resumable_.tidy_due();
    if (!sweep || !uploads) return sweep ? sweep : uploads;
    return std::min(*sweep, *uploads);
}

void Site::register_counters(base::Counters& counters) {
    cache_.register_counters(counters);
    resumable_.register_counters(counters);
    if (sweep_) sweep_->register_counters(counters);
}

void Site::decorate(const http::Request* request, http::Response& response) {
    if (decoration_) decoration_->apply(request, response);
}

std::string_view Site::loggable(std::string_view target, std::string& storage) const {
    return loggable_target(target, storage);
}

}  // namespace site
