// What all writes below one root share. Made by the site, borrowed by every write.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "storage/changes.h"
#include "storage/disk_queue.h"
#include "storage/durability.h"
#include "storage/file_root.h"
#include "storage/held_names.h"
#include "storage/new_directories.h"

namespace storage {

class Locks;
class TreeRemoval;

/// What all writes are counted in.
struct WriteCounts {
    std::uint64_t entries_moved = 0;    ///< files and directories that have another name, as durable as asked for
    std::uint64_t files_copied = 0;     ///< files that have a copy, as durable as asked for
    std::uint64_t files_committed = 0;  ///< uploads of any kind that have their name and are as durable as asked for
};

/// Everything outlives every write.
struct WriteParts {
    const FileRoot& root;
    NewDirectories& new_directories;
    HeldNames& names;
    DiskQueue& disk;
    const base::Clock& clock;
    Changes* changes = nullptr;  ///< is told of every change; may be absent
    Durability durability = Durability::full;
    std::uint64_t min_free_bytes = 0;
    TreeRemoval* trees = nullptr;   ///< removes full directories; null: none is
    Locks* locks = nullptr;         ///< that writes respect; null: nobody makes any
    WriteCounts* counts = nullptr;  ///< null: nobody counts
};

}  // namespace storage
