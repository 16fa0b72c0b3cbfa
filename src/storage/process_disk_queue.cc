// Each process has one job at a time, whose result comes back at its socket; the others wait here. So what a process
// that dies had begun is known, and its end shows at the socket, too.
#include "storage/process_disk_queue.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/message_line.h"
#include "storage/disk_step.h"
#include "storage/name_calls.h"
#include "storage/naming_batches.h"

namespace storage {
namespace {

/// How many processes may be closing files and removing names: nothing waits for these, and they can take long.
constexpr std::size_t kMostTidying = 2;
/// How many may be reading, so that the others are there for what uploads wait for.
constexpr std::size_t kMostReading = 4;
/// When more files wait to be closed, all processes close them: each is a descriptor of this process.
constexpr std::size_t kManyCloses = 64;
/// How many removals may wait. Beyond this many, removals are synchronous, which slows down whoever causes them.
constexpr std::size_t kMostRemovals = 16'384;
/// How long the end of the process waits for the last jobs.
constexpr std::chrono::milliseconds kLastWait{2'000};
/// Follows the descriptor of a file that is to be closed, once this process has closed its own.
constexpr std::array<char, 1> kCloseNow{'c'};

struct Sync {
    std::shared_ptr<DiskOperation> operation;
    DiskStep::Kind kind = DiskStep::Kind::sync_all;
    http::Wake wake = 0;
};
struct Removal {
    std::shared_ptr<const base::Fd> directory;
    std::string name;
};
struct Read {
    std::shared_ptr<ReadOperation> operation;
    http::Wake wake = 0;
};
/// What a process does in one go; a descriptor is to be closed.
using Job = std::variant<Sync, base::Fd, Removal, NamingBatch*, Read>;

struct Process {
    base::MessageLine line;  ///< `theirs` until the process is started; `ours` until it is gone
    std::optional<Job> job;
    std::size_t steps = 0;  ///< of the job
};

DiskStep step_of(const NamingBatch& batch, std::size_t step) {
    const NamingOperation& naming = batch.operation(step);
    const std::size_t number = batch.number(step);
    if (!batch.is_sync(step)) return DiskStep::of(naming.calls[number]);
    return {.kind = DiskStep::Kind::sync_all, .file = naming.directories[number - naming.calls.size()]->get()};
}

std::vector<DiskStep> steps_of(const Job& job) {
    if (const auto* const sync = std::get_if<Sync>(&job)) {
        return {{.kind = sync->kind, .file = sync->operation->file->get()}};
    }
    if (const auto* const file = std::get_if<base::Fd>(&job)) {
        return {{.kind = DiskStep::Kind::close, .file = file->get()}};
    }
    if (const auto* const removal = std::get_if<Removal>(&job)) {
        return {{.kind = DiskStep::Kind::remove, .file = removal->directory->get(), .from = removal->name}};
    }
    if (const auto* const read = std::get_if<Read>(&job)) {
        const ReadOperation& part = *read->operation;
        return {{.kind = DiskStep::Kind::read,
                 .file = part.number,
                 .length = static_cast<std::uint32_t>(part.length),
                 .offset = part.offset}};
    }
    const NamingBatch& batch = *std::get<NamingBatch*>(job);
    std::vector<DiskStep> steps;
    steps.reserve(batch.steps());
    for (std::size_t step = 0; step < batch.steps(); ++step) steps.push_back(step_of(batch, step));
    return steps;
}

class ProcessDiskQueue final : public DiskQueue {
public:
    explicit ProcessDiskQueue(base::WakeQueue& wakes) : DiskQueue(wakes) {
        while (processes_.size() < kMostDiskProcesses) {
            auto line = base::make_message_line();
            if (!line) break;
            processes_.push_back({std::move(*line), std::nullopt, 0});
        }
    }
    ~ProcessDiskQueue() override {
        wait_for_last();
        std::vector<Removal> unknown;
        for (Process& process : processes_) {
            process.line.ours.reset();
            if (!process.job) continue;
            if (auto* const batch = std::get_if<NamingBatch*>(&*process.job)) (*batch)->give_up();
            if (auto* const removal = std::get_if<Removal>(&*process.job)) unknown.push_back(std::move(*removal));
        }
        // The last to hold a file may hand it to this queue to be closed.
        for (Process& process : processes_) process.job.reset();
        reads_.clear();
        // A name that is gone already does no harm.
        for (const Removal& removal : unknown) remove(removal);
        for (const Removal& removal : removals_) remove(removal);
    }

    [[nodiscard]] bool is_available() const { return !processes_.empty(); }

    void start(ProcessCalls calls, const Say& say) override {
        say_ = say;
        for (Process& process : processes_) {
            if (!start_disk_process(process.line.theirs, calls)) process.line.ours.reset();
            process.line.theirs.reset();
        }
        forget_gone();
        state_ = processes_.empty() ? State::alone : State::running;
        if (state_ == State::alone)
            say_("error", "no process that waits for the disk can be started: the server waits");
    }

    SyncTicket sync_data(base::SharedFd file, http::Wake wake) override {
        return add_sync(std::move(file), DiskStep::Kind::sync_data, wake);
    }
    SyncTicket sync_all(base::SharedFd file, http::Wake wake) override {
        return add_sync(std::move(file), DiskStep::Kind::sync_all, wake);
    }
    bool name_later(const std::shared_ptr<NamingOperation>& operation, http::Wake wake) override {
        if (state_ == State::alone || operation->steps() > NamingBatches::kMostStepsOfOne) return false;
        namings_.add(operation, wake);
        return true;
    }
    void close_later(base::Fd file) override {
        if (file) closes_.push_back(std::move(file));
    }
    void remove_later(std::shared_ptr<const base::Fd> directory, std::string name) override {
        Removal removal{std::move(directory), std::move(name)};
        if (removals_.size() >= kMostRemovals) return remove(removal);
        removals_.push_back(std::move(removal));
    }

    bool read_later(const std::shared_ptr<ReadOperation>& operation, http::Wake wake) override {
        if (state_ == State::alone) return false;
        reads_.push_back({operation, wake});
        return true;
    }

    void submit() override {
        if (state_ == State::not_started) return;
        while (Process* const process = find_idle()) {
            auto job = next_job();
            if (!job) return;
            give(*process, std::move(*job));
        }
        if (state_ != State::alone) return;
        while (auto job = next_job()) do_here(std::move(*job));
    }

    void reap() override {
        if (state_ == State::not_started) return;
        collect(std::chrono::milliseconds(0));
        submit();
    }

    [[nodiscard]] std::vector<int> descriptors() const override {
        std::vector<int> all;
        all.reserve(processes_.size());
        for (const Process& process : processes_) all.push_back(process.line.ours.get());
        return all;
    }
    [[nodiscard]] std::uint64_t depth() const override {
        return syncs_.size() + namings_.waiting() + reads_.size() + closes_.size() + removals_.size() + count_busy();
    }
    [[nodiscard]] std::uint64_t processes_died() const override { return died_; }
    [[nodiscard]] std::string_view kind() const override {
        return state_ == State::alone ? "synchronous" : "processes";
    }

private:
    enum class State : std::uint8_t {
        not_started,  ///< everything waits
        running,
        alone,  ///< no process is left, and the calls are made here
    };

    SyncTicket add_sync(base::SharedFd file, DiskStep::Kind kind, http::Wake wake) {
        auto operation = std::make_shared<DiskOperation>(std::move(file));
        syncs_.push_back({operation, kind, wake});
        return operation;
    }

    static void remove(const Removal& removal) { remove_own({removal.directory->get(), removal.name}); }

    [[nodiscard]] Process* find_idle() {
        const auto found = std::ranges::find_if(processes_, [](const Process& each) { return !each.job; });
        return found == processes_.end() ? nullptr : &*found;
    }
    [[nodiscard]] std::size_t count_busy() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(processes_, [](const Process& each) { return each.job.has_value(); }));
    }
    [[nodiscard]] bool may_tidy() const {
        return count_with<base::Fd>() + count_with<Removal>() < static_cast<std::ptrdiff_t>(kMostTidying);
    }
    [[nodiscard]] bool may_read() const { return count_with<Read>() < static_cast<std::ptrdiff_t>(kMostReading); }
    template <typename Kind>
    [[nodiscard]] std::ptrdiff_t count_with() const {
        return std::ranges::count_if(
            processes_, [](const Process& each) { return each.job && std::holds_alternative<Kind>(*each.job); });
    }

    std::optional<Job> next_job() {
        std::optional<Job> job;
        if (!syncs_.empty()) {
            job = std::move(syncs_.front());
            syncs_.pop_front();
        } else if (NamingBatch* const batch = namings_.begin(NamingBatches::kMostSteps)) {
            for (std::size_t step = 0; step < batch->steps(); ++step) batch->begin_step(step);
            job = batch;
        } else if (!reads_.empty() && may_read()) {
            job = std::move(reads_.front());
            reads_.pop_front();
        } else if (!closes_.empty() && (closes_.size() > kManyCloses || may_tidy())) {
            job = std::move(closes_.front());
            closes_.pop_front();
        } else if (!removals_.empty() && may_tidy()) {
            job = std::move(removals_.front());
            removals_.pop_front();
        }
        return job;
    }

    /// What cannot be sent is done here: the kernel is out of memory, a descriptor is none, or the process just died.
    void give(Process& process, Job job) {
        const std::vector<DiskStep> steps = steps_of(job);
        const DiskMessage message = encode(steps);
        if (message.bytes.size() > kMostStepsBytes ||
            !base::send_message(process.line.ours.get(), message.bytes, message.files)) {
            return do_here(std::move(job));
        }
        process.steps = steps.size();
        process.job = std::move(job);
        if (auto* const file = std::get_if<base::Fd>(&*process.job)) {
            // The message holds the file open, so this frees nothing.
            file->reset();
            // Without this message the process would wait for it until it sees the end of its socket.
            if (!base::send_message(process.line.ours.get(), kCloseNow)) {
                bury(process);
                forget_gone();
            }
        }
    }

    void do_here(Job job) {
        std::vector<int> errors;
        for (const DiskStep& step : steps_of(job)) errors.push_back(carry_out(step));
        settle(std::move(job), errors);
    }

    /// The job is done; `errors` has an errno for each of its steps.
    void settle(Job job, std::span<const int> errors) {
        if (const auto* const sync = std::get_if<Sync>(&job)) {
            // Whether a sync was made before its process died is not known, so it counts as one that failed.
            sync->operation->error = errors.front() == kUnknown ? EIO : errors.front();
            sync->operation->done = true;
            wakes().wake(sync->wake);
        } else if (auto* const batch = std::get_if<NamingBatch*>(&job)) {
            for (std::size_t step = 0; step < errors.size(); ++step) {
                if ((*batch)->end_step(step, errors[step])) namings_.end(**batch, wakes());
            }
        } else if (const auto* const read = std::get_if<Read>(&job)) {
            read->operation->done = true;
            wakes().wake(read->wake);
        } else if (const auto* const removal = std::get_if<Removal>(&job)) {
            if (errors.front() == kUnknown) remove(*removal);
        }
    }

    /// Takes what the processes answered, waiting at most `longest` for the first of them.
    void collect(std::chrono::milliseconds longest) {
        std::vector<pollfd> sockets;
        sockets.reserve(processes_.size());
        for (const Process& process : processes_) sockets.push_back({process.line.ours.get(), POLLIN, 0});
        if (::poll(sockets.data(), sockets.size(), static_cast<int>(longest.count())) <= 0) return;
        for (std::size_t i = 0; i < sockets.size(); ++i) {
            if (sockets[i].revents != 0) take_answer(processes_[i]);
        }
        forget_gone();
    }

    void take_answer(Process& process) {
        std::vector<char> room(NamingBatches::kMostSteps * sizeof(int));
        std::vector<base::Fd> none;
        const ssize_t length = base::receive_message(process.line.ours.get(), room, none);
        if (length < 0 && errno == EAGAIN) return;
        const auto received = std::span(room).first(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
        const auto errors = length > 0 ? decode_errors(received, process.steps) : std::nullopt;
        if (!errors) return bury(process);
        if (auto job = std::exchange(process.job, std::nullopt)) settle(std::move(*job), *errors);
    }

    /// The process died, or answered what is no answer.
    void bury(Process& process) {
        ++died_;
        process.line.ours.reset();
        const std::vector<int> errors(process.steps, kUnknown);
        if (auto job = std::exchange(process.job, std::nullopt)) settle(std::move(*job), errors);
    }

    /// Those whose socket is closed.
    void forget_gone() {
        const std::size_t gone = std::erase_if(processes_, [](const Process& each) { return !each.line.ours; });
        if (gone == 0 || state_ != State::running) return;
        if (processes_.empty()) state_ = State::alone;
        say_("error", "a process that waits for the disk died: writes that it had begun are answered 500" +
                          std::string(processes_.empty() ? "; it was the last one, and until godwit is started again "
                                                           "all clients wait while an upload is flushed to the disk"
                                                         : ""));
    }

    /// Nothing is in flight afterwards, unless the disk hangs.
    void wait_for_last() {
        using Time = std::chrono::steady_clock;
        const Time::time_point until = Time::now() + kLastWait;
        while (count_busy() > 0) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Time::now());
            if (left.count() <= 0) return;
            collect(left);
        }
    }

    std::vector<Process> processes_;
    State state_ = State::not_started;
    Say say_;
    std::deque<Sync> syncs_;
    NamingBatches namings_;
    std::deque<Read> reads_;
    std::deque<base::Fd> closes_;
    std::deque<Removal> removals_;
    std::uint64_t died_ = 0;
};

}  // namespace

std::unique_ptr<DiskQueue> make_process_disk_queue(base::WakeQueue& wakes) {
    auto queue = std::make_unique<ProcessDiskQueue>(wakes);
    if (!queue->is_available()) return nullptr;
    return queue;
}

}  // namespace storage
