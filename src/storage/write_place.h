// Where a write happens: the target's directory, held open, and the target's name in it. The path is resolved below the
// root once; after that only calls relative to the open directory are made, so that no renamed directory or new link
// leads a write elsewhere. Called by uploads, removals, moves and copies.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "storage/file_root.h"
#include "storage/new_directories.h"

namespace storage {

class WritePlace {
public:
    /// `path`: a target's decoded path other than "/"; a slash at its end is not part of the name.
    /// Makes nothing; missing parents are remembered. Errors: an errno of the resolution; E2BIG: too many
    /// missing parents. Both references must outlive this.
    static std::expected<WritePlace, FileError> find(const FileRoot& root, NewDirectories& made, std::string_view path);

    WritePlace(WritePlace&& other) noexcept = default;
    WritePlace& operator=(WritePlace&& other) noexcept;
    /// Removes the directories that this made, unless keep() was called; only while they are empty.
    ~WritePlace() { abandon(); }

    /// The target's directory, or the nearest one above it that exists.
    [[nodiscard]] int directory() const { return directory_->get(); }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    /// True when a directory on the way was moved or removed since find(), by a request to this server: path() leads to
    /// another place than the directory that is open, or nowhere. Costs nothing when none was.
    [[nodiscard]] bool is_left_behind() const;
    /// Another name in the same directory.
    void set_name(std::string_view name);
    /// True when a directory of this path would be deeper than any that is made.
    [[nodiscard]] bool is_too_deep() const;
    [[nodiscard]] bool has_missing_parents() const { return !missing_.empty(); }

    /// Makes what is missing; directory() is the target's own afterwards. The descriptor that it was before stays open.
    std::expected<void, FileError> make_parents();

    /// Of the name itself, a link not followed; nullopt when nothing has it. ENOENT when is_left_behind().
    [[nodiscard]] std::expected<std::optional<struct stat>, FileError> status() const;
    /// What a GET of the path would find there: like status(), but a link is followed where it leads inside the root.
    [[nodiscard]] std::expected<std::optional<struct stat>, FileError> served_status() const;

    /// The target is there: the directories stay.
    void keep();
    /// After keep(): the syncs of changed_directories() ended.
    void note_synced(bool succeeded);
    /// That of directory(), for what outlives this.
    [[nodiscard]] const base::SharedFd& shared_directory() const { return directory_; }
    /// The open directories whose entries changed for this target: its own and those in which parents were made.
    [[nodiscard]] std::vector<base::SharedFd> changed_directories() const;

private:
    /// A directory on the way that is not durable yet.
    struct Link {
        enum class Maker : std::uint8_t { us, another };
        base::SharedFd parent;
        std::string name;
        std::string path;
        Maker maker;
    };

    WritePlace(const FileRoot& root, NewDirectories& made, std::string_view path);
    std::expected<void, FileError> walk(std::string_view parent);
    void hold(base::Fd next, std::string_view path, Link::Maker maker);
    void abandon();

    const FileRoot* root_;
    NewDirectories* made_;
    std::uint64_t moves_seen_;
    std::string path_;
    std::string name_;
    base::SharedFd directory_;
    std::vector<Link> links_;           ///< from the top
    std::vector<std::string> missing_;  ///< paths of the parents to make, from the top
};

}  // namespace storage
