// The sweep of what interrupted uploads left behind. Called by app/ at the start.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/file_root.h"

namespace uploads {

/// Directory entries that one sweep looks at: a tree of millions must not hold up the start for minutes.
inline constexpr std::size_t kMaxSweptEntries = 1'000'000;

/// The bytes of a resumable upload that no state speaks of go when they are older than this.
inline constexpr std::int64_t kOrphanAgeSeconds = 86'400;

/// Removes the temporary files that a crash left below the root, links not followed. Files that another live process
/// holds locked stay. Returns how many were removed.
std::size_t sweep_leftovers(const storage::FileRoot& root, std::size_t max_entries = kMaxSweptEntries,
                            std::int64_t uploads_older_than_s = kOrphanAgeSeconds);

}  // namespace uploads
