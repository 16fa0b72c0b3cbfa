// The queue that waits in line, and the choice between it and io_uring.
#include "content/disk_queue.h"

#include <unistd.h>

#include <cerrno>

#ifdef GODWIT_HAVE_URING
#include "content/uring_disk_queue.h"
#endif

namespace content {
namespace {

class InLineDiskQueue final : public DiskQueue {
public:
    void sync_data(int file, DiskOperation& operation, http::Wake) override { finish(::fdatasync(file), operation); }
    void sync_all(int file, DiskOperation& operation, http::Wake) override { finish(::fsync(file), operation); }
    void submit() override {}
    void reap(std::vector<http::Wake>&) override {}
    [[nodiscard]] int event_descriptor() const override { return -1; }
    [[nodiscard]] std::string_view kind() const override { return "in line"; }

private:
    static void finish(int result, DiskOperation& operation) {
        operation.error = result == 0 ? 0 : errno;
        operation.done = true;
    }
};

}  // namespace

std::unique_ptr<DiskQueue> make_in_line_disk_queue() { return std::make_unique<InLineDiskQueue>(); }

std::unique_ptr<DiskQueue> make_disk_queue() {
#ifdef GODWIT_HAVE_URING
    if (auto queue = make_uring_disk_queue()) return queue;
#endif
    return make_in_line_disk_queue();
}

}  // namespace content
