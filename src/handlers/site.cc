// Puts the parts of a site together.
#include "handlers/site.h"

namespace handlers {

Site::Site(const content::FileRoot& root, const SiteConfig& config, const base::Clock& clock,
           const content::ArrivalClock& arrivals, content::DiskQueue& disk)
    : config_(config),
      cache_(root, clock, arrivals, {.max_bytes = config.cache_bytes}, {.level = config.compression_level}),
      write_parts_{.root = root,
                   .new_directories = new_directories_,
                   .disk = disk,
                   .clock = clock,
                   .cache = &cache_,
                   .durability = config.durability,
                   .min_free_bytes = config.min_free_bytes},
      files_(root, cache_, clock,
             {.index_name = config.index_name,
              .listing = config.listing ? StaticFilesConfig::Listing::shown : StaticFilesConfig::Listing::forbidden}),
      uploads_(write_parts_, config_),
      deletes_(write_parts_),
      router_(root, config_,
              {.files = files_,
               .echo = echo_,
               .user_agent = user_agent_,
               .health = health_,
               .uploads = uploads_,
               .deletes = deletes_}) {}

}  // namespace handlers
