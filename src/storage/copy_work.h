// The work of a copy of a directory: what is in it is made anew in another one, a slice in each call, and synced while
// the work goes on. From the top down: a directory is made before what is in it, and synced behind it. A file alone is
// copied the same way. Called by storage/tree_copy.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/directory_stream.h"
#include "base/fd.h"
#include "http/body.h"
#include "http/framing.h"
#include "storage/disk_queue.h"
#include "storage/write_parts.h"

namespace storage {

class CopyWork {
public:
    using Fault = std::optional<http::Refusal>;

    /// `parts` outlives this. `most_file_bytes`: 413 for a longer file; 0: there is no limit.
    CopyWork(const WriteParts& parts, std::uint64_t most_file_bytes)
        : parts_(parts), most_file_bytes_(most_file_bytes) {}

    /// What `source` has still to read is copied into `target`.
    void add_directory(base::DirectoryStream source, base::SharedFd target) {
        levels_.push_back({std::move(source), std::move(target)});
    }
    /// The file open as `source` is copied to `name`, which is new in `directory`. Not called while one is copied.
    Fault add_file(base::Fd source, int directory, const std::string& name);
    /// That file's copy, while it is copied.
    [[nodiscard]] base::SharedFd open_target() const { return file_ ? file_->target : nullptr; }

    enum class State : std::uint8_t {
        copying,  ///< `wake` comes back
        syncing,  ///< all is copied; `wake` comes back when one of the syncs ends
        done,     ///< and on the disk
    };
    /// Goes on for a slice. 403: there is a link in it, or something else that is not copied; 503: it was changed
    /// meanwhile; 413 and 507 as for uploads.
    [[nodiscard]] std::expected<State, http::Refusal> advance(http::Wake wake);
    /// How many were copied.
    [[nodiscard]] std::uint64_t files() const { return files_; }
    /// Closes what is open; what was made stays.
    void stop();

private:
    struct Level {
        base::DirectoryStream source;
        base::SharedFd target;
    };
    /// A file that is being copied.
    struct OpenCopy {
        base::Fd source;
        struct stat status{};
        base::SharedFd target;
        std::uint64_t copied = 0;
    };

    [[nodiscard]] bool is_copying() const { return file_ || !levels_.empty(); }
    Fault copy_slice(http::Wake wake);
    Fault take(const dirent& entry);
    Fault enter(const std::string& name, const struct stat& status);
    Fault open_file(const std::string& name);
    Fault copy_some(std::uint64_t& budget, http::Wake wake);
    Fault end_file(http::Wake wake);
    Fault collect_syncs();
    void sync(base::SharedFd file, http::Wake wake);

    const WriteParts& parts_;
    std::uint64_t most_file_bytes_;
    std::vector<Level> levels_;
    std::optional<OpenCopy> file_;
    std::vector<SyncTicket> syncs_;
    std::uint64_t files_ = 0;
};

}  // namespace storage
