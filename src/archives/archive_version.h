// What an archive will be, found by a walk before it is made: its length and its tag. So it can be asked for in parts
// and goes on where it was interrupted. Measured by archives, compared by archive_source.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "archives/archive_entry.h"
#include "archives/archive_format.h"
#include "base/clock.h"
#include "http/memory_share.h"
#include "storage/version_tag.h"
#include "trees/tree_walk.h"

namespace archives {

/// An archive of more entries is sent without a length: each is looked at twice, and the client waits for the first
/// look, about 10 microseconds for each.
inline constexpr std::size_t kMeasuredEntries = 20'000;

/// What `walk`, which has just come to an entry, found.
[[nodiscard]] ArchiveEntry entry_at(const trees::TreeWalk& walk);

/// The entries of an archive one after the other, as numbers that differ from the first difference on.
class EntryMarks {
public:
    EntryMarks();
    /// The mark of `entry` and of all entries before it. `status`: of its file or folder.
    std::uint64_t next(const ArchiveEntry& entry, const struct stat& status);
    /// For an archive of all entries so far.
    [[nodiscard]] std::string tag() const { return tag_.text(); }

private:
    storage::VersionTag tag_;
};

struct ArchiveVersion {
    std::uint64_t bytes = 0;
    std::string tag;                   ///< an entity tag; weak while a file in it may change and keep its stamps
    std::vector<std::uint64_t> marks;  ///< of each entry
};

class ArchiveMeasure {
public:
    enum class Outcome : std::uint8_t {
        more,      ///< more work follows in the next turn
        measured,  ///< version() is the answer
        /// It holds too many entries, something is left out of it, it cannot be read, or there is no memory.
        unknown,
    };

    /// `walk` and `format`: at their beginnings; others like them send the archive. `clock` outlives this. `hold`: what
    /// the walk may take; grows with the entries.
    ArchiveMeasure(trees::TreeWalk walk, std::unique_ptr<ArchiveFormat> format, const base::Clock& clock,
                   http::MemoryHold hold);

    /// Works for one slice. Not after an outcome other than `more`.
    Outcome work();
    /// After `measured`, once.
    [[nodiscard]] ArchiveVersion take_version() { return std::move(version_); }
    /// What the walk and the marks take, for a source that sends the archive; once, and then this is destroyed.
    [[nodiscard]] http::MemoryHold take_hold() { return std::move(hold_); }
    [[nodiscard]] std::size_t memory_bytes() const { return hold_.bytes() + format_->memory_bytes(); }

private:
    enum class Stage : std::uint8_t { entries, ending };

    [[nodiscard]] bool add_entry();
    Outcome add_end();
    void count_text();

    trees::TreeWalk walk_;
    std::unique_ptr<ArchiveFormat> format_;
    const base::Clock& clock_;
    http::MemoryHold hold_;
    Stage stage_ = Stage::entries;
    EntryMarks marks_;
    bool is_young_ = false;
    ArchiveVersion version_;
    std::string text_;  ///< made to be counted
};

}  // namespace archives
