// Syncs, names, reads, and closes and removals that take long, through io_uring: the kernel's workers wait, and
// an eventfd tells the poller. Operations beyond the ring's size wait in a queue of ours.
#include "storage/uring_disk_queue.h"

#include <liburing.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "base/fd.h"
#include "storage/name_calls.h"
#include "storage/naming_batches.h"

namespace storage {
namespace {

/// How many syncs may be in flight. More would only wait in the kernel instead of here. The completion ring has twice
/// the room, so it cannot overflow.
constexpr unsigned kEntries = 256;
/// The kernel's threads that wait for syncs. Twice as many do not answer more uploads, but keep the cores from other
/// work.
constexpr unsigned kWorkers = 32;
/// How many removals may be in flight. Names of one directory are removed one after the other anyway, and nothing waits
/// for them.
constexpr unsigned kRemovals = 4;
/// How many removals may wait. Beyond this many, removals are synchronous, which slows down whoever causes them.
constexpr std::size_t kMostRemovals = 16'384;
/// How long the end of the process waits for the kernel's last operations. A disk that does not answer for so long
/// keeps the process alive anyway.
constexpr __kernel_timespec kLastWait{.tv_sec = 2, .tv_nsec = 0};

/// Where reads go to; nobody looks at it. It outlives the ring, since the kernel may write here for as long as the
/// process lives.
std::array<std::byte, kMostReadBytes> read_bytes;

class UringDiskQueue final : public DiskQueue {
public:
    explicit UringDiskQueue(base::WakeQueue& wakes) : DiskQueue(wakes) {
        // Completions need not interrupt the loop, which enters the kernel often enough. Kernels before 6.0 refuse the
        // flag.
        constexpr unsigned kSpared = IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER;
        if (wakes.descriptor() < 0) return;
        if (io_uring_queue_init(kEntries, &ring_, kSpared) != 0 && io_uring_queue_init(kEntries, &ring_, 0) != 0)
            return;
        state_ = State::ready;
        if (io_uring_register_eventfd(&ring_, wakes.descriptor()) != 0) {
            io_uring_queue_exit(&ring_);
            state_ = State::unavailable;
        }
        // Each of these threads waits for the disk and does nothing else. The kernel's own bound, four for each core,
        // would make clients wait for each other where one flush of the journal serves all of them. Kernels before 5.15
        // keep that bound.
        std::array<unsigned, 2> workers{kWorkers, 0};
        io_uring_register_iowq_max_workers(&ring_, workers.data());
        for (std::uint16_t i = 0; i < kEntries; ++i) unused_[i] = i;
        unused_count_ = kEntries;
    }
    ~UringDiskQueue() override {
        if (is_available()) {
            wait_for_last();
            io_uring_queue_exit(&ring_);
        }
        // The ring is gone, and with it the only memory that the kernel writes to.
        for (const Flying& flying : flying_) {
            if (flying.operation != nullptr) flying.operation->in_kernel = 0;
            if (flying.batch != nullptr) flying.batch->give_up();
        }
        // The last to hold a file may hand it to this queue to be closed.
        for (Flying& flying : flying_) flying.operation.reset();
        reads_.clear();
        for (const Waiting& left : waiting_) {
            if (left.operation == nullptr) ::close(left.file);
        }
        // The kernel may have given up those in flight; a name that is gone already does no harm.
        for (const Flying& flying : flying_) {
            if (flying.removal.directory != nullptr) remove(flying.removal);
        }
        for (const Removal& left : removals_) remove(left);
    }

    [[nodiscard]] bool is_available() const { return state_ == State::ready; }

    SyncTicket sync_data(base::SharedFd file, http::Wake wake) override {
        return add_sync(std::move(file), IORING_FSYNC_DATASYNC, wake);
    }
    SyncTicket sync_all(base::SharedFd file, http::Wake wake) override { return add_sync(std::move(file), 0, wake); }

    bool name_later(const std::shared_ptr<NamingOperation>& operation, http::Wake wake) override {
        if (naming_ == Naming::unknown_to_kernel || operation->steps() > NamingBatches::kMostStepsOfOne) return false;
        namings_.add(operation, wake);
        return true;
    }

    void close_later(base::Fd file) override {
        if (file) waiting_.push_back({file.take(), 0, nullptr, 0});
    }

    void remove_later(std::shared_ptr<const base::Fd> directory, std::string name) override {
        Removal removal{std::move(directory), std::move(name)};
        if (removals_.size() >= kMostRemovals) return remove(removal);
        removals_.push_back(std::move(removal));
    }

    bool read_later(const std::shared_ptr<ReadOperation>& operation, http::Wake wake) override {
        reads_.push_back({operation, wake});
        return true;
    }

    void submit() override {
        while (!waiting_.empty() && unused_count_ > 0) {
            io_uring_sqe* const entry = io_uring_get_sqe(&ring_);
            if (entry == nullptr) break;
            Waiting& next = waiting_.front();
            const std::uint16_t slot = unused_[--unused_count_];
            flying_[slot] = {std::move(next.operation), nullptr, next.wake, {}, 0, false};
            if (DiskOperation* const operation = flying_[slot].operation.get()) {
                operation->in_kernel = 1;
                io_uring_prep_fsync(entry, next.file, next.flags);
            } else {
                io_uring_prep_close(entry, next.file);
                // Given to a worker at once: otherwise the kernel would try it in this thread first, and succeed.
                io_uring_sqe_set_flags(entry, IOSQE_ASYNC);
            }
            io_uring_sqe_set_data64(entry, slot);
            waiting_.pop_front();
        }
        submit_namings();
        submit_removals();
        submit_reads();
        const unsigned prepared = io_uring_sq_ready(&ring_);
        if (prepared == 0) return;
        const int taken = io_uring_submit(&ring_);
        if (taken == static_cast<int>(prepared)) return;
        // The kernel is short of memory, or does not know an operation: what it did not take stays prepared, and the
        // next event brings the next try.
        wakes().ring();
        doubt_namings();
    }

    void reap() override {
        io_uring_cqe* completion = nullptr;
        while (io_uring_peek_cqe(&ring_, &completion) == 0 && completion != nullptr) {
            const auto slot = static_cast<std::uint16_t>(io_uring_cqe_get_data64(completion));
            Flying& flying = flying_[slot];
            if (flying.removal.directory != nullptr) end_removal(flying, completion->res);
            if (flying.batch != nullptr) end_step(flying, completion->res);
            if (std::exchange(flying.is_read, false)) --reading_;
            if (const auto operation = std::exchange(flying.operation, nullptr)) {
                operation->error = completion->res < 0 ? -completion->res : 0;
                operation->in_kernel = 0;
                operation->done = true;
                wakes().wake(flying.wake);
            }
            unused_[unused_count_++] = slot;
            io_uring_cqe_seen(&ring_, completion);
        }
    }

    [[nodiscard]] std::uint64_t depth() const override {
        return waiting_.size() + namings_.waiting() + removals_.size() + reads_.size() + (kEntries - unused_count_);
    }
    [[nodiscard]] std::string_view kind() const override { return "io_uring"; }

private:
    enum class State : std::uint8_t { unavailable, ready };
    enum class Naming : std::uint8_t { possible, unknown_to_kernel };
    struct Waiting {
        int file;
        unsigned flags;
        std::shared_ptr<DiskOperation> operation;  ///< null for the close of a file, which nothing waits for
        http::Wake wake;
    };
    struct Removal {
        std::shared_ptr<const base::Fd> directory;  ///< null: none
        std::string name;
    };
    struct Flying {
        std::shared_ptr<DiskOperation> operation;
        NamingBatch* batch = nullptr;  ///< of which this is one step
        http::Wake wake = 0;
        Removal removal;
        std::size_t step = 0;  ///< of the batch
        bool is_read = false;
    };
    struct Read {
        std::shared_ptr<ReadOperation> operation;
        http::Wake wake;
    };

    SyncTicket add_sync(base::SharedFd file, unsigned flags, http::Wake wake) {
        const int number = file->get();
        auto operation = std::make_shared<DiskOperation>(std::move(file));
        waiting_.push_back({number, flags, operation, wake});
        return operation;
    }

    /// Nothing is in flight afterwards, unless the disk hangs.
    void wait_for_last() {
        __kernel_timespec left = kLastWait;
        io_uring_cqe* completion = nullptr;
        while (unused_count_ < kEntries && io_uring_wait_cqe_timeout(&ring_, &completion, &left) == 0) reap();
    }

    static void remove(const Removal& removal) { remove_own({removal.directory->get(), removal.name}); }

    /// A chain goes to the kernel whole: links do not reach beyond one submission.
    void submit_namings() {
        while (NamingBatch* const batch = namings_.begin(std::min(unused_count_, io_uring_sq_space_left(&ring_)))) {
            for (std::size_t step = 0; step < batch->steps(); ++step) {
                io_uring_sqe* const entry = io_uring_get_sqe(&ring_);
                const std::uint16_t slot = unused_[--unused_count_];
                flying_[slot] = {nullptr, batch, 0, {}, step, false};
                prepare_step(entry, batch->operation(step), batch->number(step));
                batch->begin_step(step);
                // The failure of a call concerns its naming only: the next calls are made.
                if (step + 1 < batch->steps()) io_uring_sqe_set_flags(entry, IOSQE_IO_HARDLINK);
                io_uring_sqe_set_data64(entry, slot);
            }
        }
    }

    static void prepare_step(io_uring_sqe* entry, const NamingOperation& naming, std::size_t number) {
        if (number >= naming.calls.size()) {
            io_uring_prep_fsync(entry, naming.directories[number - naming.calls.size()]->get(), 0);
            return;
        }
        const NamingCall& call = naming.calls[number];
        switch (call.kind) {
            case NamingCall::Kind::link:
                io_uring_prep_linkat(entry, call.from_directory, call.from.c_str(), call.to_directory, call.to.c_str(),
                                     static_cast<int>(call.flags));
                break;
            case NamingCall::Kind::rename:
                io_uring_prep_renameat(entry, call.from_directory, call.from.c_str(), call.to_directory,
                                       call.to.c_str(), call.flags);
                break;
        }
    }

    void end_step(Flying& flying, int result) {
        NamingBatch& batch = *std::exchange(flying.batch, nullptr);
        // Kernels before 5.15. Some file systems refuse a flag in this way; giving the names synchronously costs them
        // little.
        if (result == -EINVAL && !batch.is_sync(flying.step)) naming_ = Naming::unknown_to_kernel;
        if (batch.end_step(flying.step, result < 0 ? -result : 0)) namings_.end(batch, wakes());
    }

    /// The kernel took only a part of what was prepared. What it takes later is not linked to that part, so a directory
    /// may be synced too early, and the waiting namings are told.
    void doubt_namings() {
        for (const Flying& flying : flying_) {
            if (flying.batch != nullptr) flying.batch->doubt();
        }
    }

    void submit_removals() {
        while (!removals_.empty() && removing_ < kRemovals && unused_count_ > 0) {
            io_uring_sqe* const entry = io_uring_get_sqe(&ring_);
            if (entry == nullptr) return;
            const std::uint16_t slot = unused_[--unused_count_];
            Flying& flying = flying_[slot];
            flying = {nullptr, nullptr, 0, std::move(removals_.front()), 0, false};
            removals_.pop_front();
            ++removing_;
            io_uring_prep_unlinkat(entry, flying.removal.directory->get(), flying.removal.name.c_str(), 0);
            io_uring_sqe_set_data64(entry, slot);
        }
    }

    /// Kernels before 5.11 do not know the operation.
    void end_removal(Flying& flying, int result) {
        if (result == -EINVAL) remove(flying.removal);
        flying.removal = {};
        --removing_;
    }

    /// By a worker at once: tried in this thread first, a read begins in it, and may wait for the disk's queue.
    void submit_reads() {
        while (!reads_.empty() && reading_ < kMostReads && unused_count_ > 0) {
            io_uring_sqe* const entry = io_uring_get_sqe(&ring_);
            if (entry == nullptr) return;
            const std::uint16_t slot = unused_[--unused_count_];
            const Read read = std::move(reads_.front());
            reads_.pop_front();
            ++reading_;
            read.operation->in_kernel = 1;
            flying_[slot] = {read.operation, nullptr, read.wake, {}, 0, true};
            io_uring_prep_read(entry, read.operation->number, read_bytes.data(),
                               static_cast<unsigned>(read.operation->length), read.operation->offset);
            io_uring_sqe_set_flags(entry, IOSQE_ASYNC);
            io_uring_sqe_set_data64(entry, slot);
        }
    }

    io_uring ring_{};
    State state_ = State::unavailable;
    Naming naming_ = Naming::possible;
    std::deque<Waiting> waiting_;
    NamingBatches namings_;
    std::deque<Removal> removals_;
    unsigned removing_ = 0;
    std::deque<Read> reads_;
    std::size_t reading_ = 0;
    std::array<Flying, kEntries> flying_;
    std::array<std::uint16_t, kEntries> unused_{};
    unsigned unused_count_ = 0;
};

}  // namespace

std::unique_ptr<DiskQueue> make_uring_disk_queue(base::WakeQueue& wakes) {
    auto queue = std::make_unique<UringDiskQueue>(wakes);
    if (!queue->is_available()) return nullptr;
    return queue;
}

}  // namespace storage
