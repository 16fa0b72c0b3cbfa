// Where waiting for the disk happens: off the loop through io_uring where the build and the kernel have it, in line
// otherwise. Used by file sinks and deletes (state `pending` of an exchange).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/wake_queue.h"
#include "http/body.h"

namespace storage {

class NameClaim;

/// One submitted operation. Whoever waits for it and the queue own it together, and it owns what the kernel works on:
/// the one who waits may be destroyed at any time, and the operation goes on to its end.
struct DiskOperation {
    DiskOperation() = default;
    explicit DiskOperation(base::SharedFd synced) : file(std::move(synced)) {}
    DiskOperation(const DiskOperation&) = delete;
    DiskOperation& operator=(const DiskOperation&) = delete;
    /// Aborts the process when the kernel still has the operation: it would write into freed memory.
    ~DiskOperation();

    bool done = false;
    int error = 0;              ///< errno, 0 is success; meaningful when done
    base::SharedFd file;        ///< what is synced; null for a naming
    std::size_t in_kernel = 0;  ///< steps that the kernel has not reported yet; the queue counts
};

/// What a caller keeps of a sync that it waits for.
using SyncTicket = std::shared_ptr<const DiskOperation>;

/// One call that gives a file a name: linkat or renameat2.
struct NamingCall {
    enum class Kind : std::uint8_t { link, rename };
    Kind kind;
    int from_directory;  ///< a descriptor of NamingOperation::held, or AT_FDCWD
    std::string from;
    int to_directory;  ///< of NamingOperation::held
    std::string to;
    unsigned flags;  ///< of the call
};

/// Calls that give a file its name, one after the other, and then syncs that make it durable. After one that failed the
/// next ones may be made or not: a rename has to be of a name that is there only when the link before it was made.
struct NamingOperation : DiskOperation {
    std::vector<NamingCall> calls;
    std::vector<base::SharedFd> directories;  ///< to be synced
    std::vector<base::SharedFd> held;         ///< every descriptor that the calls name, and the file that they name
    std::shared_ptr<const NameClaim> claim;   ///< keeps the name from other writes until this is done, or null

    // For the queue to fill in; `error` is the first one, EAGAIN where the directories have to be synced once more.
    std::vector<std::size_t> calls_made;  ///< their numbers, in order
    [[nodiscard]] std::size_t steps() const { return calls.size() + directories.size(); }
    [[nodiscard]] bool is_named() const { return calls_made.size() == calls.size(); }
};

class DiskQueue {
public:
    /// `wakes` hears of what is done, and outlives this.
    explicit DiskQueue(base::WakeQueue& wakes) : wakes_(wakes) {}
    DiskQueue(const DiskQueue&) = delete;
    DiskQueue& operator=(const DiskQueue&) = delete;
    /// Drops what the kernel has not been given yet and waits, for a bounded time, for what it has.
    virtual ~DiskQueue() = default;
    /// fdatasync of `file`. The operation is marked done, at once or at a later reap(), which then reports `wake`.
    [[nodiscard]] virtual SyncTicket sync_data(base::SharedFd file, http::Wake wake) = 0;
    /// fsync, for directories.
    [[nodiscard]] virtual SyncTicket sync_all(base::SharedFd file, http::Wake wake) = 0;
    /// Closes `file` aside, where that is possible: the last descriptor of a file without a name gives its blocks back.
    /// That takes about a millisecond for each MiB, and while the file system writes its journal, as it always does
    /// when others commit, a small file waits for it as well.
    virtual void close_later(base::Fd file) { file.reset(); }
    /// Removes `name` from `directory` aside, where that is possible; whether it succeeds nobody is told. What has the
    /// name gives its blocks back then, and an aborted form leaves a thousand names behind at once.
    virtual void remove_later(std::shared_ptr<const base::Fd> directory, std::string name);
    /// Makes the calls of `operation` aside, where that is possible, and reports `wake`. Each changes a directory, and
    /// waits for milliseconds while the file system writes that directory to its journal. False: it is not possible;
    /// nothing was done, and the caller makes the calls itself.
    virtual bool name_later(const std::shared_ptr<NamingOperation>& operation, http::Wake wake) {
        (void)operation;
        (void)wake;
        return false;
    }
    /// Hands what was queued to the kernel; called by the reactor once per turn.
    virtual void submit() = 0;
    /// Collects what is done and wakes who waited for it. Called when the wake queue's descriptor is readable.
    virtual void reap() = 0;
    /// Where its wakes come, and everybody else's.
    [[nodiscard]] base::WakeQueue& wakes() const { return wakes_; }
    /// "io_uring" or "in line", for --version and the start line's log.
    [[nodiscard]] virtual std::string_view kind() const = 0;

private:
    base::WakeQueue& wakes_;
};

/// What has this name, kept for close_later() while the name goes; nothing when that is no file, or an empty one.
[[nodiscard]] base::Fd hold_content(int directory, const std::string& name);

/// The best that the build and the kernel offer.
std::unique_ptr<DiskQueue> make_disk_queue(base::WakeQueue& wakes);
/// The one that waits where it is called; every operation is done at once.
std::unique_ptr<DiskQueue> make_in_line_disk_queue(base::WakeQueue& wakes);

}  // namespace storage
