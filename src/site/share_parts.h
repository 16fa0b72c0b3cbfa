// What everything about share links works with. Owned by SiteState; used by share_making, share_list and share_uses.
#pragma once

#include <cstdint>

#include "access_control/share_store.h"
#include "base/clock.h"
#include "storage/disk_queue.h"
#include "storage/durability.h"
#include "storage/file_root.h"

namespace site {

struct ShareCounts {
    std::uint64_t made = 0;
    std::uint64_t written = 0;     ///< also those that the disk did not keep
    std::uint64_t over_share = 0;  ///< not made, because there are too many
    std::uint64_t revoked = 0;     ///< by their makers
    std::uint64_t used = 0;        ///< uses
    std::uint64_t refused = 0;     ///< requests with a link that is unknown or over
};

struct ShareParts {
    const storage::FileRoot& root;
    const access_control::ShareStore& store;
    storage::DiskQueue& disk;
    const base::Clock& clock;
    ShareCounts& counts;
    storage::Durability durability = storage::Durability::full;
};

}  // namespace site
