// The synchronous queue, and the choice between it, io_uring and processes.
#include "storage/disk_queue.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/invariant.h"
#include "storage/name_calls.h"
#include "storage/process_disk_queue.h"

#ifdef GODWIT_HAVE_URING
#include "storage/uring_disk_queue.h"
#endif

namespace storage {
namespace {

class InLineDiskQueue final : public DiskQueue {
public:
    using DiskQueue::DiskQueue;

    SyncTicket sync_data(base::SharedFd file, http::Wake) override {
        const int result = ::fdatasync(file->get());
        return finished(result == 0 ? 0 : errno, std::move(file));
    }
    SyncTicket sync_all(base::SharedFd file, http::Wake) override {
        const int result = ::fsync(file->get());
        return finished(result == 0 ? 0 : errno, std::move(file));
    }
    void submit() override {}
    void reap() override {}
    [[nodiscard]] std::string_view kind() const override { return "synchronous"; }

private:
    static SyncTicket finished(int error, base::SharedFd file) {
        auto operation = std::make_shared<DiskOperation>(std::move(file));
        operation->error = error;
        operation->done = true;
        return operation;
    }
};

}  // namespace

DiskOperation::~DiskOperation() {
    if (in_kernel != 0) base::fail_invariant("disk operation", "with the kernel", "destroyed");
}

void DiskQueue::remove_later(std::shared_ptr<const base::Fd> directory, std::string name) {
    const auto held = std::move(directory);
    const std::string removed = std::move(name);
    remove_own({held->get(), removed});
}

base::Fd hold_content(int directory, const std::string& name) {
    struct stat status{};
    const bool has_blocks = ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                            S_ISREG(status.st_mode) && status.st_size > 0;
    return has_blocks ? base::Fd(::openat(directory, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) : base::Fd();
}

std::unique_ptr<DiskQueue> make_synchronous_disk_queue(base::WakeQueue& wakes) {
    return std::make_unique<InLineDiskQueue>(wakes);
}

std::unique_ptr<DiskQueue> make_disk_queue(base::WakeQueue& wakes) {
#ifdef GODWIT_HAVE_URING
    if (auto queue = make_uring_disk_queue(wakes)) return queue;
#endif
    if (auto queue = make_process_disk_queue(wakes)) return queue;
    return make_synchronous_disk_queue(wakes);
}

}  // namespace storage
