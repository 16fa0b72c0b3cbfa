// The disk queue on io_uring; built only where liburing is. Called by make_disk_queue.
#pragma once

#include <memory>

#include "storage/disk_queue.h"

namespace storage {

/// nullptr when the kernel, or the sandbox around this process, does not offer io_uring.
std::unique_ptr<DiskQueue> make_uring_disk_queue(base::WakeQueue& wakes);

}  // namespace storage
