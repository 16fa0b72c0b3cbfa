// One change of one name below the root; every writer goes this way. The name is held, unless a lock is in the way,
// then the write looks at what is there and checks its preconditions, then the call is made, here or by the writer with
// name_calls. Changes is told, the name is released, and the directory is made durable. A move holds two names. Used by
// FileCommit, FileRemoval, DirectoryCreation, EntryMove, TreeCopy, records/record_operation, dav/lock_taking and
// dav/property_changes.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "storage/disk_queue.h"
#include "storage/held_names.h"
#include "storage/lock.h"
#include "storage/name_calls.h"
#include "storage/temporary_file.h"
#include "storage/write_parts.h"
#include "storage/write_place.h"

namespace storage {

/// Syncs of several directories, waited for together.
class DiskOperations {
public:
    void sync_directories(DiskQueue& disk, const std::vector<base::SharedFd>& open, http::Wake wake);
    [[nodiscard]] bool done() const;
    /// The first errno that counts, 0 for none. EINVAL does not count: such a file system has no sync of directories
    /// and cannot be more durable.
    [[nodiscard]] int error() const;

private:
    std::vector<SyncTicket> operations_;
};

class Publication {
public:
    /// `keys`: to the locks that this write may pass.
    Publication(const WriteParts& parts, LockKeys keys) : parts_(&parts), keys_(std::move(keys)) {}

    /// Holds the name of `place`, whose directory exists, until settle() or let_go(). Null while another write holds
    /// it: `wake` comes back then, and the caller has to look at the name again. Holding another name releases the
    /// first one. 423 when a lock is in the way of what is done to it, `touched`; then nothing is held.
    [[nodiscard]] std::expected<const HeldName*, http::Refusal> hold(const WritePlace& place, Touched touched,
                                                                     http::Wake wake);
    /// The names of both places, which differ, in the one order of all claims. nullopt while another write holds one of
    /// them. Always asked for the same two. What is at `from` goes, with all below it where it is a directory; `at_to`
    /// is what is done to the other name.
    struct HeldPair {
        const HeldName& from;
        const HeldName& to;
    };
    [[nodiscard]] std::expected<std::optional<HeldPair>, http::Refusal> hold_both(const WritePlace& from,
                                                                                  const WritePlace& to, Touched at_to,
                                                                                  http::Wake wake);
    /// Gives the names up without a change.
    void let_go() { claim_.reset(); }

    // The call; each returns an errno, 0 for success.

    /// The open file that is about to lose the name, where the caller has it open already.
    void hold_replaced(base::Fd file) { replaced_ = std::move(file); }
    /// EEXIST: something has the name; it stays.
    [[nodiscard]] static int create(const HeldName& name, TemporaryFile& file);
    [[nodiscard]] int replace(const HeldName& name, TemporaryFile& file);
    enum class Kind : std::uint8_t { file, directory };
    [[nodiscard]] int remove(const HeldName& name, Kind kind);
    /// Gives a directory the server's own name `to` beside it.
    [[nodiscard]] int hide(const HeldName& name, std::string_view to);
    /// Nothing is replaced where `over` is `free`: EEXIST. A directory replaces nothing.
    enum class Over : std::uint8_t { free, file };
    [[nodiscard]] int move(const HeldPair& names, Kind kind, Over over);
    /// Moves in the place of something, where one of the two at least is a directory; what was there goes. The server's
    /// own name that a directory has beside `from` afterwards, to be removed; empty when it was none. An errno as of
    /// move(), after which nothing was changed; EINVAL: the file system cannot do that, or one is in the other.
    [[nodiscard]] std::expected<std::string, int> move_away(const HeldPair& names);
    /// Exchanges the names of what is complete under the server's own name `own` and of what has `name`, of which one
    /// at least is a directory. An errno, as of move_away().
    [[nodiscard]] int exchange(const OwnName& own, const HeldName& name);

    /// create() or replace() and the syncs behind it, made by the disk queue while the loop goes on. False when that is
    /// not possible; nothing was done. `others` are further directories in which the file may have its temporary name.
    /// Called once at most. When this is destroyed before the end, the operation holds the name until it is done.
    [[nodiscard]] bool begin_in_background(const HeldName& name, const TemporaryFile& file,
                                           TemporaryFile::Target target, const WritePlace& place,
                                           std::vector<base::SharedFd> others, http::Wake wake);
    enum class Background : std::uint8_t { under_way, named, not_named, unknown };
    /// `not_named`: the name is still held, and the call can be made synchronously. `unknown`: the disk queue cannot
    /// tell (kUnknown), and settle() is called all the same.
    [[nodiscard]] Background end_in_background(TemporaryFile& file);

    /// The call was made: tells Changes, releases the name, and starts the syncs of the directories.
    void settle(const WritePlace& place, http::Wake wake);
    /// The same after move().
    void settle_both(const WritePlace& from, const WritePlace& to, http::Wake wake);
    /// The file of this name was written to; the name itself is as durable as before.
    void settle_content(const WritePlace& place);
    /// After settle(): nullopt while the disk works, then an errno, 0 for success.
    [[nodiscard]] std::optional<int> durable() const;

private:
    [[nodiscard]] std::optional<http::Refusal> find_lock(const WritePlace& place, Touched touched);
    void forget_old(const WritePlace& place);

    const WriteParts* parts_;
    LockKeys keys_;
    enum class Outcome : std::uint8_t {
        stays,
        is_gone,
        has_another,                    ///< it has something else, and what was below it is gone
    } old_name_ = Outcome::stays;       ///< what becomes of the name that was written to
    std::shared_ptr<NameClaim> claim_;  ///< shared with `background_` while it is under way
    base::Fd replaced_;                 ///< the file that loses the name, whose blocks are freed in the background
    std::shared_ptr<NamingOperation> background_;
    DiskOperations syncs_;
};

}  // namespace storage
