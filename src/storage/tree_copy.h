// COPY of a directory below the root with all that it holds (RFC 4918 §9.8.3): a tree with a name of the server's own
// is made beside the destination, a slice in each call, and gets its name when all of it is on the disk. Called by
// uploads/copies.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/directory_stream.h"
#include "base/fd.h"
#include "http/change.h"
#include "http/dav_fields.h"
#include "storage/disk_queue.h"
#include "storage/publication.h"
#include "storage/write_conditions.h"
#include "storage/write_parts.h"
#include "storage/write_place.h"

namespace storage {

/// ".godwit-<16 hexadecimal digits>.copy": a copy that is being made, and is locked by flock meanwhile.
[[nodiscard]] bool is_copy_name(std::string_view name);

class TreeCopy {
public:
    enum class How : std::uint8_t { created };
    using Result = std::expected<How, http::Refusal>;
    struct Wish {
        http::Overwrite overwrite = http::Overwrite::allowed;
        enum class Extent : std::uint8_t { tree, empty } extent = Extent::tree;
        std::uint64_t most_file_bytes = 0;  ///< 413 for a longer file; 0: there is no limit
    };

    /// Both paths are neither "/" nor hidden; `source` ends in a slash. Nothing is replaced. 404: there is no such
    /// directory; 403: source and destination are the same, or one is in the other; 409: the destination's directory
    /// is missing, or something is there; 412: a condition on the source does not hold, or Overwrite is F and something
    /// is there; 503: too many trees wait for their removal. `parts.trees` takes what is left of a copy that does not
    /// come to its end, and outlives this.
    static std::expected<std::unique_ptr<TreeCopy>, http::Refusal> open(const WriteParts& parts,
                                                                        std::string_view source,
                                                                        std::string_view destination, Wish wish,
                                                                        const WriteConditions& conditions);

    TreeCopy(const TreeCopy&) = delete;
    TreeCopy& operator=(const TreeCopy&) = delete;
    ~TreeCopy();

    /// Goes on with the work for a slice. nullopt: `wake` comes back; not called again after a result. 403: there is a
    /// link in it, or something else that is not copied; 503: it was changed meanwhile; 413 and 507 as for uploads.
    std::optional<Result> advance(http::Wake wake);
    /// True until the copy gets its name: destroying this then leaves nothing that could be seen.
    [[nodiscard]] bool is_copying() const { return step_ < Step::syncing_name; }
    /// That there is a copy, also where the result is a refusal. Once, after a result.
    [[nodiscard]] std::optional<http::Change> take_change() { return std::exchange(change_, std::nullopt); }

private:
    enum class Step : std::uint8_t { copying, syncing_content, naming, syncing_name, done };
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
    using Fault = std::optional<http::Refusal>;

    TreeCopy(const WriteParts& parts, WritePlace to, std::string_view source, Wish wish, LockKeys keys)
        : parts_(parts), to_(std::move(to)), source_(source), wish_(wish), publication_(parts_, std::move(keys)) {}

    [[nodiscard]] Fault find_obstacle() const;
    Fault begin(base::Fd source, const struct stat& status);
    Fault copy_slice(http::Wake wake);
    Fault take(const dirent& entry);
    Fault enter(const std::string& name, const struct stat& status);
    Fault open_file(const std::string& name);
    Fault copy_some(std::uint64_t& budget, http::Wake wake);
    Fault end_file(http::Wake wake);
    Fault collect_syncs();
    Fault give_name(const HeldName& name, http::Wake wake);
    void sync(base::SharedFd file, http::Wake wake);
    Result end(const http::Refusal& refusal);
    void discard();
    void release();

    const WriteParts& parts_;
    WritePlace to_;
    std::string source_;
    Wish wish_;
    std::string
        hidden_;  ///< the name of the tree that is made, in the directory of to_; empty: there is none (any more)
    base::SharedFd locked_;  ///< that tree: the lock is kept until it has its name, since a sweep must not enter it
    std::vector<Level> levels_;
    std::optional<OpenCopy> file_;
    std::vector<SyncTicket> syncs_;
    std::uint64_t files_ = 0;
    Step step_ = Step::copying;
    std::string held_;  ///< the path of the copy, while uploads into it must wait for its name as well
    Publication publication_;
    std::optional<http::Change> change_;
};

}  // namespace storage
