// Goes through a folder and what is below it, in the order of the names in each, and opens each file: decides what an
// archive holds and what it leaves out. Called by archive_source.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "archives/archive_entry.h"
#include "archives/archive_slice.h"
#include "archives/ordered_names.h"
#include "base/fd.h"
#include "handler/visible_entries.h"
#include "storage/directory_id.h"
#include "storage/file_root.h"

namespace archives {

/// How deep folders are followed, the archived one included. Each level keeps one descriptor open.
inline constexpr std::size_t kMostLevels = 64;
/// Names that wait in all levels. A level always gets at least kLeastRoomBytes.
inline constexpr std::size_t kNamesBytes = std::size_t{1024} * 1024;
inline constexpr std::size_t kLeastRoomBytes = 4096;
/// What a walk may take. Each level has a directory stream, whose buffer takes 32 KiB, and a little more.
inline constexpr std::size_t kWalkBytes = kNamesBytes + kMostLevels * (kLeastRoomBytes + 33 * 1024);

/// Whose files, and for whom.
struct ArchiveScope {
    const storage::FileRoot& root;
    std::shared_ptr<const handler::PathRights> grants;  ///< null: everybody may list and read everything
    handler::Client client;
    std::string index_name;  ///< a folder with a file of this name is not listed
    std::string path;        ///< of the archived folder, canonical, ends in '/'
};

class ArchiveWalk {
public:
    /// `directory`: the folder of `scope`, open. The root outlives this.
    ArchiveWalk(ArchiveScope scope, base::Fd directory);

    enum class Step : std::uint8_t {
        entry,     ///< entry() is a folder, or a file that take_file() gives
        left_out,  ///< entry().path is listed, but the client or the server may not read it
        more,      ///< nothing was found yet; call again
        end,
        failed,  ///< it cannot go on; error() is the errno
    };
    /// Looks at one entry at most. What a listing would not show is passed by: names that begin with a dot, links that
    /// lead nowhere or outside, devices, and what the client may not know of.
    Step next(ArchiveSlice& slice);

    /// Valid until the next call of next().
    [[nodiscard]] const ArchiveEntry& entry() const { return entry_; }
    /// What the open file is.
    [[nodiscard]] const struct stat& status() const { return status_; }
    /// Once for each entry; none for a folder.
    [[nodiscard]] base::Fd take_file() { return std::move(file_); }

    [[nodiscard]] int error() const { return error_; }
    /// True when something was left out that the client may read: the server may not, or it is too deep.
    [[nodiscard]] bool has_lack() const { return has_lack_; }

private:
    struct Level {
        OrderedNames names;
        handler::VisibleEntries visible;
        std::size_t path_bytes;  ///< of path_, the slash at its end counted
        storage::DirectoryId id;
    };

    Step visit(unsigned char kind);
    Step visit_file();
    Step visit_directory();
    Step pass_by(int error);
    [[nodiscard]] bool is_in_place() const;
    Step leave_out();
    Step fail(int error);
    void descend(base::Fd directory, const struct stat& status);
    [[nodiscard]] bool may(handler::Right right) const;
    [[nodiscard]] bool has_index() const;
    [[nodiscard]] std::size_t room_bytes() const;

    ArchiveScope scope_;
    std::vector<Level> levels_;
    std::string path_;  ///< of the entry that is looked at
    ArchiveEntry entry_;
    struct stat status_{};
    base::Fd file_;
    int error_ = 0;
    bool has_lack_ = false;
};

}  // namespace archives
