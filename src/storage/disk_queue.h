// All waiting for the disk: in the background through io_uring where the build and the kernel have it, otherwise by
// processes, and synchronously where there is neither. Used by all writes (state `pending` of an exchange), and by all
// that closes or removes files.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counters.h"
#include "base/fd.h"
#include "base/wake_queue.h"
#include "http/body.h"
#include "storage/disk_process.h"

namespace storage {

class NameClaim;

/// One submitted operation. The caller that waits for it and the queue own it together, and it owns what the kernel
/// works on. The caller may be destroyed at any time; the operation goes on to its end.
struct DiskOperation {
    DiskOperation() = default;
    explicit DiskOperation(base::SharedFd synced) : file(std::move(synced)) {}
    DiskOperation(const DiskOperation&) = delete;
    DiskOperation& operator=(const DiskOperation&) = delete;
    /// Aborts the process when the kernel still has the operation, because the kernel would write into freed memory.
    ~DiskOperation();

    bool done = false;
    int error = 0;              ///< errno, 0 is success; meaningful when done; see kUnknown
    base::SharedFd file;        ///< what is synced; null for a naming
    std::size_t in_kernel = 0;  ///< steps that the kernel has not reported yet; the queue counts
};

/// The error of an operation whose process died with it: which of its calls were made is not known, so that none may be
/// made again, and nothing counts as durable.
inline constexpr int kUnknown = EOWNERDEAD;

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
    int file = -1;   ///< of NamingOperation::held, the file whose path in /proc `from` is; -1: `from` is a name
};

/// Calls that give a file its name, one after the other, and then syncs that make it durable. When one call fails, the
/// calls behind it may or may not be made. A caller that renames what it linked before must therefore expect that only
/// the link exists.
struct NamingOperation : DiskOperation {
    std::vector<NamingCall> calls;
    std::vector<base::SharedFd> directories;  ///< to be synced
    std::vector<base::SharedFd> held;         ///< every descriptor that the calls name, and the file that they name
    std::shared_ptr<const NameClaim> claim;   ///< keeps the name from other writes until this is done, or null

    // The queue fills these in. `error` is the first error; EAGAIN when the directories have to be synced once more.
    std::vector<std::size_t> calls_made;  ///< their numbers, in order
    [[nodiscard]] std::size_t steps() const { return calls.size() + directories.size(); }
    [[nodiscard]] bool is_named() const { return calls_made.size() == calls.size(); }
};

/// A part of a file that is read for no other purpose than to be in the kernel's memory afterwards.
struct ReadOperation : DiskOperation {
    std::shared_ptr<const void> owner;  ///< keeps `number` open
    int number = -1;                    ///< the descriptor
    std::uint64_t offset = 0;
    std::size_t length = 0;  ///< kMostReadBytes at most
};
inline constexpr std::size_t kMostReadBytes = 512 * 1024;
/// How many of them may be in flight: reads share the disk's workers with what uploads wait for.
inline constexpr std::size_t kMostReads = 8;

class DiskQueue {
public:
    /// Finished operations are reported to `wakes`, which outlives this.
    explicit DiskQueue(base::WakeQueue& wakes) : wakes_(wakes) {}
    DiskQueue(const DiskQueue&) = delete;
    DiskQueue& operator=(const DiskQueue&) = delete;
    /// Drops what was not yet given to the kernel, and waits for the rest, for a bounded time.
    virtual ~DiskQueue() = default;
    /// Takes sentences for the operator, also later; what it refers to outlives this.
    using Say = std::function<void(std::string_view level, const std::string& sentence)>;
    /// Starts what works in the background and has to be forked, under all restrictions that this process has by now.
    /// Called once, before submit() and while there is one thread; what was asked for before waits until then.
    virtual void start(ProcessCalls calls, const Say& say) {
        (void)calls;
        (void)say;
    }
    /// What has to be watched besides the descriptor of wakes(): reap() when one is readable. It closes those that have
    /// come to their end.
    [[nodiscard]] virtual std::vector<int> descriptors() const { return {}; }
    /// fdatasync of `file`. The operation is marked done, at once or at a later reap(), which then reports `wake`.
    [[nodiscard]] virtual SyncTicket sync_data(base::SharedFd file, http::Wake wake) = 0;
    /// fsync, for directories.
    [[nodiscard]] virtual SyncTicket sync_all(base::SharedFd file, http::Wake wake) = 0;
    /// Closes `file` in the background where that is possible. Closing the last descriptor of a file without a name
    /// frees its blocks, which takes about a millisecond for each MiB; even a small file waits while the file system
    /// writes its journal.
    virtual void close_later(base::Fd file) { file.reset(); }
    /// Removes `name` from `directory` in the background where that is possible; success is not reported. Removing a
    /// name may free blocks, and an aborted form leaves a thousand names behind at once.
    virtual void remove_later(std::shared_ptr<const base::Fd> directory, std::string name);
    /// Makes the calls of `operation` in the background and reports `wake`. Each call changes a directory, and may wait
    /// for milliseconds while the file system writes its journal. False: this is not possible, nothing was done, and
    /// the caller makes the calls itself.
    virtual bool name_later(const std::shared_ptr<NamingOperation>& operation, http::Wake wake) {
        (void)operation;
        (void)wake;
        return false;
    }
    /// Reads a part of a file in the background, so that reading it again need not wait for the disk, and reports
    /// `wake`; errors are left to the second reading. False: this is not possible, and nothing was done.
    virtual bool read_later(const std::shared_ptr<ReadOperation>& operation, http::Wake wake) {
        (void)operation;
        (void)wake;
        return false;
    }
    /// Hands what was queued to the kernel; called by the reactor once per turn.
    virtual void submit() = 0;
    /// Collects what is done and wakes the exchanges that waited for it. Called when the wake queue's descriptor or
    /// one of descriptors() is readable.
    virtual void reap() = 0;
    /// The queue that its wakes go to, as all other wakes do.
    [[nodiscard]] base::WakeQueue& wakes() const { return wakes_; }
    /// Operations that were asked for and are not done.
    [[nodiscard]] virtual std::uint64_t depth() const { return 0; }
    /// Processes of start() that died.
    [[nodiscard]] virtual std::uint64_t processes_died() const { return 0; }
    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const {
        return counters.add({{"disk_queue_depth", base::CounterKind::gauge,
                              "syncs, names, removals and reads that wait for the disk", [this] { return depth(); }},
                             {"disk_processes_died", base::CounterKind::total,
                              "processes that waited for the disk and died", [this] { return processes_died(); }}});
    }
    /// "io_uring", "processes" or "synchronous", for the error log.
    [[nodiscard]] virtual std::string_view kind() const = 0;

private:
    base::WakeQueue& wakes_;
};

/// Opens the file of this name, so that close_later() can free its blocks after the name is removed. Nothing when it is
/// empty or no file.
[[nodiscard]] base::Fd hold_content(int directory, const std::string& name);

/// The best that the build and the kernel offer.
std::unique_ptr<DiskQueue> make_disk_queue(base::WakeQueue& wakes);
/// The synchronous queue: each call waits, and every operation is done when it returns.
std::unique_ptr<DiskQueue> make_synchronous_disk_queue(base::WakeQueue& wakes);

}  // namespace storage
