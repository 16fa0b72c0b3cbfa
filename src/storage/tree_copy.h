// COPY of a directory below the root with all that it holds (RFC 4918 §9.8.3), and of a file in the place of a
// directory: it is made under a name of the server's own beside the destination, a slice in each call, and gets its
// name when all of it is on the disk. What had the name has the other one then, and is removed. Called by
// uploads/copies.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/fd.h"
#include "http/change.h"
#include "storage/copy_work.h"
#include "storage/file_copy.h"
#include "storage/move_rules.h"
#include "storage/publication.h"
#include "storage/tree_removal.h"
#include "storage/write_conditions.h"
#include "storage/write_parts.h"
#include "storage/write_place.h"

namespace storage {

/// ".godwit-<16 hexadecimal digits>.copy": a copy that is being made, and is locked by flock meanwhile; without the
/// lock what it was put in the place of, or what is left of one.
[[nodiscard]] bool is_copy_name(std::string_view name);

class TreeCopy {
public:
    enum class How : std::uint8_t { created, replaced };
    using Result = std::expected<How, http::Refusal>;
    struct Wish {
        MoveRules rules;
        enum class Extent : std::uint8_t { tree, empty } extent = Extent::tree;
        std::uint64_t most_file_bytes = 0;  ///< 413 for a longer file; 0: there is no limit
    };

    /// Both paths are neither "/" nor hidden; that of a directory ends in a slash, and may do so at the destination.
    /// 404: there is no such source; 403: source and destination are the same, or the destination is in the source;
    /// 409: the destination's directory is missing, something is there that has to stay, or the source is in it; 412: a
    /// condition on the source does not hold, or Overwrite is F and something is there; 503: too many trees wait for
    /// their removal. `parts.trees` takes what is left of a copy that does not come to its end, and what was replaced;
    /// it outlives this.
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
    enum class Step : std::uint8_t { copying, naming, syncing_name, done };
    using Fault = std::optional<http::Refusal>;
    using Source = FileCopy::Source;

    TreeCopy(const WriteParts& parts, WritePlace to, std::string_view source, Wish wish, LockKeys keys)
        : parts_(parts),
          to_(std::move(to)),
          source_(source),
          wish_(wish),
          work_(parts_, wish_.most_file_bytes),
          publication_(parts_, std::move(keys)) {}

    static std::expected<Source, http::Refusal> open_source(const WriteParts& parts, std::string_view path,
                                                            const WriteConditions& conditions);
    [[nodiscard]] bool copies_directory() const { return source_.ends_with('/'); }
    [[nodiscard]] Touched touched() const { return wish_.rules.folders_stay ? Touched::name : Touched::tree; }
    /// `there`: what has the name.
    [[nodiscard]] Fault find_obstacle(std::optional<struct stat>& there) const;
    Fault begin(Source source);
    Fault begin_directory(Source source);
    Fault begin_file(Source source);
    Fault lock_hidden();
    Fault give_name(const HeldName& name, http::Wake wake);
    Fault take_place(const HeldName& name, const struct stat& there);
    void note_change(const std::optional<struct stat>& there);
    Result end(const http::Refusal& refusal);
    void discard();
    void release();

    const WriteParts& parts_;
    WritePlace to_;
    std::string source_;
    Wish wish_;
    std::string
        hidden_;  ///< the name of the tree that is made, in the directory of to_; empty: there is none (any more)
    base::SharedFd locked_;  ///< what is made: the lock is kept until it has its name, since a sweep must not enter it
    CopyWork work_;
    How how_ = How::created;
    std::optional<GoneTree> gone_;  ///< what was replaced
    Step step_ = Step::copying;
    std::string held_;  ///< the path of the copy, while uploads into it must wait for its name as well
    Publication publication_;
    std::optional<http::Change> change_;
};

}  // namespace storage
