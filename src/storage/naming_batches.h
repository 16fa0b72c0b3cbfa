// Namings that wait for the kernel, put together by directory: those that came while one chain of calls was under way
// make the next one, and share one sync of the directory. Each changes the same directory, so the kernel would make them
// one after the other anyway, and its workers would burn the cores waiting for each other. Used by the io_uring queue.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "storage/directory_id.h"
#include "storage/disk_queue.h"

namespace storage {

/// One chain: the calls of all its namings, in the order they came, then the syncs of the first one's directories.
class NamingBatch {
public:
    struct Member {
        std::shared_ptr<NamingOperation> operation;
        http::Wake wake;
    };

    [[nodiscard]] std::size_t steps() const { return steps_.size(); }
    /// Whose call a step is; the first naming's for a sync.
    [[nodiscard]] const NamingOperation& operation(std::size_t step) const { return *steps_[step].operation; }
    /// The call's number among those of operation(step); from calls.size() on, a sync's among its directories.
    [[nodiscard]] std::size_t number(std::size_t step) const { return steps_[step].number; }
    [[nodiscard]] bool is_sync(std::size_t step) const { return number(step) >= operation(step).calls.size(); }

    /// The kernel has the step.
    void begin_step(std::size_t step) { ++steps_[step].operation->in_kernel; }
    /// The kernel has nothing of it any more, and reports nothing.
    void give_up();
    /// `error` is an errno, 0 for success: of a call its naming's own, of a sync everybody's. True with the last step.
    bool end_step(std::size_t step, int error);
    /// A directory may have been synced before the calls were made: everybody is told EAGAIN.
    void doubt();

private:
    friend class NamingBatches;
    explicit NamingBatch(const DirectoryId& directory) : directory_(directory) {}
    struct Step {
        NamingOperation* operation;  ///< a member's
        std::size_t number;
    };
    void add(const Member& member);
    void tell(int error);

    DirectoryId directory_;
    std::vector<Member> members_;
    std::vector<Step> steps_;
    std::size_t ended_ = 0;
};

class NamingBatches {
public:
    /// Steps of one chain: with twice as many the last one's answer waits longer than the saved syncs gain.
    static constexpr std::size_t kMostSteps = 64;

    /// Not one with more steps than kMostSteps. The batch shares `operation` until it is done.
    void add(std::shared_ptr<NamingOperation> operation, http::Wake wake);
    /// The next chain of at most `room` steps, valid until end(); of each directory one at a time. Null: none.
    [[nodiscard]] NamingBatch* begin(std::size_t room);
    /// All steps of `batch` ended: its namings are done, and those who wait are woken.
    void end(NamingBatch& batch, base::WakeQueue& wakes);

private:
    struct Line {
        std::deque<NamingBatch::Member> waiting;
        std::unique_ptr<NamingBatch> begun;
    };

    std::map<DirectoryId, Line> lines_;
    std::deque<DirectoryId> ready_;  ///< lines where somebody waits and nothing is begun
};

}  // namespace storage
