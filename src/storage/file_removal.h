// DELETE below the root: conditions, unlink or rmdir, sync of the directory. A full directory is renamed out of sight
// first, and removed in the background. Called by uploads/deletes and uploads/directory_actions.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "http/change.h"
#include "storage/publication.h"
#include "storage/tree_removal.h"
#include "storage/write_conditions.h"

namespace storage {

class FileRemoval {
public:
    using Result = std::expected<void, http::Refusal>;

    enum class Extent : std::uint8_t {
        entry,  ///< a file or an empty directory
        tree,   ///< also a directory with all that it holds
    };

    /// Finds what is to be removed and checks the conditions. `path` is not "/" and not hidden; with a slash at its end
    /// it means a directory, which must be empty unless `extent` is `tree`. 503 where too many directories are being
    /// removed. 404, 403, 409 or 412 otherwise.
    static std::expected<FileRemoval, http::Refusal> open(const WriteParts& parts, std::string_view path,
                                                          WriteConditions conditions, Extent extent = Extent::entry);

    /// Starts the work, or goes on after `wake`. nullopt while the disk works; not called again after a result.
    std::optional<Result> advance(http::Wake wake);
    /// That the name is gone, also where the result is a refusal. Once, after a result.
    [[nodiscard]] std::optional<http::Change> take_change() { return std::exchange(change_, std::nullopt); }

private:
    enum class Step : std::uint8_t { removing, syncing_directory, done };

    FileRemoval(const WriteParts& parts, WritePlace place, WriteConditions conditions, Extent extent)
        : parts_(&parts),
          place_(std::move(place)),
          conditions_(std::move(conditions)),
          extent_(extent),
          publication_(parts, conditions_.keys()) {}
    [[nodiscard]] std::expected<struct stat, http::Refusal> find_target() const;
    Result remove(const HeldName& name);
    [[nodiscard]] int remove_directory(const HeldName& name);

    const WriteParts* parts_;
    WritePlace place_;
    WriteConditions conditions_;
    Extent extent_;
    Step step_ = Step::removing;
    std::optional<GoneTree> gone_;
    Publication publication_;
    std::optional<http::Change> change_;
};

}  // namespace storage
