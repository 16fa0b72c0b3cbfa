// Sweeps what interrupted uploads left behind: walks the tree in slices while the server runs, and tries again what it
// could not remove. Called by site/ between requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/counters.h"
#include "base/directory_stream.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"
#include "storage/tree_removal.h"

namespace uploads {

/// Bytes of a resumable upload without a state are removed when they are older than this.
inline constexpr std::int64_t kOrphanAgeSeconds = 86'400;

class LeftoverSweep {
public:
    /// All outlive this. The first walk is due at once.
    /// Directories that were being removed are handed to `trees`.
    LeftoverSweep(const storage::FileRoot& root, storage::DiskQueue& disk, const base::Clock& clock,
                  storage::TreeRemoval& trees, std::int64_t orphan_age_s = kOrphanAgeSeconds);

    /// Goes on for a part of a millisecond: removes temporary files that a dead process left below the root, links not
    /// followed. What a live process holds locked stays, and so does what this process made.
    void advance();
    /// When advance() wants to be called; nullopt: a walk found nothing, and none is due.
    [[nodiscard]] std::optional<base::MonotonicMs> due() const { return due_ms_; }
    /// Files that were removed so far.
    [[nodiscard]] std::uint64_t removed() const { return removed_; }
    /// Shows that number from here on, as long as this lives.
    void register_counters(base::Counters& counters);

private:
    enum class Outcome : std::uint8_t { nothing, removed, missed };

    std::size_t step();
    void end_walk();
    void enter(int parent, const char* name);
    void remove_tree(int directory, const char* name);
    void finish_move(int directory, const char* name);
    void remove_if_given_up(int directory, const char* name);
    Outcome remove_if_left_over(int directory, const char* name);
    Outcome remove_if_orphan(int directory, const char* name, std::uint64_t number);
    Outcome unlink(int directory, const char* name);
    void count(Outcome outcome);

    const storage::FileRoot& root_;
    storage::DiskQueue& disk_;
    const base::Clock& clock_;
    storage::TreeRemoval& trees_;
    std::int64_t orphan_age_s_;
    std::optional<base::MonotonicMs> due_ms_;
    base::MonotonicMs pause_ms_;  ///< before the next walk
    std::vector<base::DirectoryStream> open_;
    unsigned walks_ = 0;
    bool found_ = false;  ///< something in this walk
    std::uint64_t removed_ = 0;
    base::Counters::Registration removed_shown_;
};

}  // namespace uploads
