// Collects waiting namings by directory: those that arrive while one chain of calls is under way form the next chain
// and share one sync of the directory. All of them change the same directory, so the kernel would make them one after
// the other anyway, while its workers burn the cores waiting for each other. Used by the two queues that work in the
// background.
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
    /// The naming whose call a step is; for a sync, the first naming.
    [[nodiscard]] const NamingOperation& operation(std::size_t step) const { return *steps_[step].operation; }
    /// The call's number among those of operation(step); from calls.size() on, a sync's among its directories.
    [[nodiscard]] std::size_t number(std::size_t step) const { return steps_[step].number; }
    [[nodiscard]] bool is_sync(std::size_t step) const { return number(step) >= operation(step).calls.size(); }

    /// The kernel has the step.
    void begin_step(std::size_t step) { ++steps_[step].operation->in_kernel; }
    /// The kernel does not have the step any more, and will not report it.
    void give_up();
    /// `error` is an errno, 0 for success. The error of a call belongs to its naming, that of a sync to all. True with
    /// the last step.
    bool end_step(std::size_t step, int error);
    /// A directory may have been synced before the calls were made: every naming ends with EAGAIN.
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
    /// The most calls and syncs of one naming. Only uploads into directories that are being made have more.
    static constexpr std::size_t kMostStepsOfOne = 8;

    /// Not one with more steps than kMostStepsOfOne. The batch shares `operation` until it is done.
    void add(std::shared_ptr<NamingOperation> operation, http::Wake wake);
    /// The next chain of at most `room` steps, valid until end(). Each directory has one chain at a time. Null: there
    /// is none.
    [[nodiscard]] NamingBatch* begin(std::size_t room);
    /// All steps of `batch` ended: its namings are done, and what waits for them is woken.
    void end(NamingBatch& batch, base::WakeQueue& wakes);
    /// Namings that no chain has taken up yet.
    [[nodiscard]] std::size_t waiting() const {
        std::size_t count = 0;
        for (const auto& [directory, line] : lines_) count += line.waiting.size();
        return count;
    }

private:
    struct Line {
        std::deque<NamingBatch::Member> waiting;
        std::unique_ptr<NamingBatch> begun;
    };

    std::map<DirectoryId, Line> lines_;
    std::deque<DirectoryId> ready_;  ///< lines with waiting namings and no chain under way
};

}  // namespace storage
