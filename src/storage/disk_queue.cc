// The queue that waits in line, and the choice between it and io_uring.
#include "storage/disk_queue.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/invariant.h"
#include "storage/name_calls.h"

#ifdef GODWIT_HAVE_URING
#include "storage/uring_disk_queue.h"
#endif

namespace storage {
namespace {

class InLineDiskQueue final : public DiskQueue {
public:
    InLineDiskQueue() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

    SyncTicket sync_data(base::SharedFd file, http::Wake) override {
        const int result = ::fdatasync(file->get());
        return finished(result == 0 ? 0 : errno, std::move(file));
    }
    SyncTicket sync_all(base::SharedFd file, http::Wake) override {
        const int result = ::fsync(file->get());
        return finished(result == 0 ? 0 : errno, std::move(file));
    }
    void wake_later(http::Wake wake) override {
        later_.push_back(wake);
        ::eventfd_write(event_.get(), 1);
    }
    void submit() override {}
    void reap(std::vector<http::Wake>& wakes) override {
        eventfd_t count = 0;
        ::eventfd_read(event_.get(), &count);
        wakes.insert(wakes.end(), later_.begin(), later_.end());
        later_.clear();
    }
    [[nodiscard]] int event_descriptor() const override { return event_.get(); }
    [[nodiscard]] std::string_view kind() const override { return "in line"; }

private:
    static SyncTicket finished(int error, base::SharedFd file) {
        auto operation = std::make_shared<DiskOperation>(std::move(file));
        operation->error = error;
        operation->done = true;
        return operation;
    }

    base::Fd event_;
    std::vector<http::Wake> later_;
};

}  // namespace

DiskOperation::~DiskOperation() {
    if (in_kernel != 0) base::fail_invariant("disk operation", "with the kernel", "destroyed");
}

void DiskQueue::remove_later(std::shared_ptr<const base::Fd> directory, std::string name) {
    const auto held = std::move(directory);
    remove_own({held->get(), name});
}

base::Fd hold_content(int directory, const std::string& name) {
    struct stat status{};
    const bool has_blocks = ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                            S_ISREG(status.st_mode) && status.st_size > 0;
    return has_blocks ? base::Fd(::openat(directory, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) : base::Fd();
}

std::unique_ptr<DiskQueue> make_in_line_disk_queue() { return std::make_unique<InLineDiskQueue>(); }

std::unique_ptr<DiskQueue> make_disk_queue() {
#ifdef GODWIT_HAVE_URING
    if (auto queue = make_uring_disk_queue()) return queue;
#endif
    return make_in_line_disk_queue();
}

}  // namespace storage
