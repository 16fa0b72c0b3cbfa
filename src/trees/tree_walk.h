// Goes through a folder and what is below it, in the order of the names in each, as far as a client may see it: decides
// what an archive holds and what a search can find. Called by their sources.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "handler/visible_entries.h"
#include "storage/directory_id.h"
#include "storage/file_root.h"
#include "trees/file_filter.h"
#include "trees/ordered_names.h"
#include "trees/walk_slice.h"

namespace trees {

/// How deep folders are followed, the first one included. Each level keeps one descriptor open.
inline constexpr std::size_t kMostLevels = 64;
/// Names that wait in all levels. A level always gets at least kLeastRoomBytes.
inline constexpr std::size_t kNamesBytes = std::size_t{1024} * 1024;
inline constexpr std::size_t kLeastRoomBytes = 4096;
/// What a walk may take. Each level has a directory stream, whose buffer takes 32 KiB, and a little more.
inline constexpr std::size_t kWalkBytes = kNamesBytes + kMostLevels * (kLeastRoomBytes + 33 * 1024);

/// Whose files, and for whom.
struct TreeScope {
    const storage::FileRoot& root;
    std::shared_ptr<const handler::PathRights> grants;  ///< null: everybody may list and read everything
    handler::Client client;
    std::string index_name;  ///< a folder with a file of this name is not listed
    std::string path;        ///< of the folder, canonical, ends in '/'
    /// Null: every file is an entry, and is opened. With a filter only the files that it wants are entries, and none is
    /// opened. It outlives the walk.
    const FileFilter* filter = nullptr;
};

class TreeWalk {
public:
    /// `directory`: the folder of `scope`, open. The root outlives this.
    TreeWalk(TreeScope scope, base::Fd directory);

    enum class Step : std::uint8_t {
        entry,     ///< path() is a folder, which is entered next, or a file
        left_out,  ///< path() is listed, but cannot be entered or read by the client or the server
        more,      ///< nothing was found yet; call again
        end,
        failed,  ///< it cannot go on; error() is the errno
    };
    /// Looks at one entry at most. What a listing would not show is passed by: names that begin with a dot, links that
    /// lead nowhere or outside, devices, and what the client may not know of.
    Step next(WalkSlice& slice);

    /// Of the entry, below the folder of the scope; a folder's ends in '/'. Valid until the next call of next(), like
    /// all that follows.
    [[nodiscard]] std::string_view path() const { return std::string_view(path_).substr(scope_.path.size()); }
    [[nodiscard]] bool is_directory() const { return path_.ends_with('/'); }
    /// The last name of path(), without a slash.
    [[nodiscard]] const std::string& name() const { return levels_[entry_level_].names.name(); }
    /// The descriptor of the folder that holds it.
    [[nodiscard]] int parent() const { return levels_[entry_level_].names.descriptor(); }
    /// What the open file is, or the folder that is entered.
    [[nodiscard]] const struct stat& status() const { return status_; }
    /// Once for each file that was opened.
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

    Step visit(unsigned char kind, WalkSlice& slice);
    Step visit_file(WalkSlice& slice);
    Step visit_directory();
    Step pass_by(int error);
    [[nodiscard]] bool is_in_place() const;
    Step fail(int error);
    void descend(base::Fd directory, const struct stat& status);
    [[nodiscard]] bool may(handler::Right right) const;
    [[nodiscard]] bool has_index() const;
    [[nodiscard]] std::size_t room_bytes() const;

    TreeScope scope_;
    std::vector<Level> levels_;
    std::string path_;  ///< of the entry that is looked at
    std::size_t entry_level_ = 0;
    struct stat status_{};
    base::Fd file_;
    int error_ = 0;
    bool has_lack_ = false;
};

}  // namespace trees
