// The disk queue on processes that wait for the disk (disk_process), where there is no io_uring. Called by
// make_disk_queue.
#pragma once

#include <memory>

#include "storage/disk_queue.h"

namespace storage {

/// How many processes there are at most. Each makes one call after the other, so a few large files that are flushed
/// must not hold up all others; and syncs that wait at the same time share one flush of the disk's journal.
inline constexpr std::size_t kMostDiskProcesses = 8;

/// nullptr when the kernel refuses the sockets. Nothing is done before DiskQueue::start().
std::unique_ptr<DiskQueue> make_process_disk_queue(base::WakeQueue& wakes);

}  // namespace storage
