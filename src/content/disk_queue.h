// Where waiting for the disk happens: off the loop through io_uring where the build and the kernel have it, in line
// otherwise. Used by file sinks and deletes (state `committing`); the reactor polls its event descriptor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "http/body.h"

namespace content {

/// One submitted operation. Its owner keeps it alive until done.
struct DiskOperation {
    bool done = false;
    int error = 0;  ///< errno, 0 is success; meaningful when done
};

class DiskQueue {
public:
    virtual ~DiskQueue() = default;
    /// fdatasync of `file`. `operation` is marked done, at once or at a later reap(), which then reports `wake`.
    /// Both `file` and `operation` must stay valid until done.
    virtual void sync_data(int file, DiskOperation& operation, http::Wake wake) = 0;
    /// fsync, for directories.
    virtual void sync_all(int file, DiskOperation& operation, http::Wake wake) = 0;
    /// Brings `wake` back with the next reap(): for work that goes on in slices, one in each turn, and for operations
    /// that waited for another one.
    virtual void wake_later(http::Wake wake) = 0;
    /// Closes `file` aside, where that is possible: the last descriptor of a file without a name gives its blocks back.
    /// That takes about a millisecond for each MiB, and while the file system writes its journal, as it always does when
    /// others commit, a small file waits for it as well.
    virtual void close_later(base::Fd file) { file.reset(); }
    /// Removes `name` from `directory` aside, where that is possible; whether it succeeds nobody is told. What has the
    /// name gives its blocks back then, and an aborted form leaves a thousand names behind at once.
    virtual void remove_later(std::shared_ptr<const base::Fd> directory, std::string name);
    /// Hands what was queued to the kernel; called by the reactor once per turn.
    virtual void submit() = 0;
    /// Collects completions; appends the wakes of those done since the last call.
    virtual void reap(std::vector<http::Wake>& wakes) = 0;
    /// Readable when there is something to reap.
    [[nodiscard]] virtual int event_descriptor() const = 0;
    /// "io_uring" or "in line", for --version and the start line's log.
    [[nodiscard]] virtual std::string_view kind() const = 0;
};

/// What has this name, kept for close_later() while the name goes; nothing when that is no file, or an empty one.
[[nodiscard]] base::Fd hold_content(int directory, const std::string& name);

/// The best that the build and the kernel offer.
std::unique_ptr<DiskQueue> make_disk_queue();
/// The one that waits where it is called; every operation is done at once.
std::unique_ptr<DiskQueue> make_in_line_disk_queue();

}  // namespace content
