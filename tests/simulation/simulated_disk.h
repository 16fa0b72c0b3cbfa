// A disk queue whose operations end in an order that the seed chooses, some of them with an error. What is done is done
// to the real files; what a power loss would leave of them is kept beside it. Every operation waits until complete().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulation/durable_view.h"
#include "simulation/random.h"
#include "storage/disk_queue.h"

namespace simulation {

class SimulatedDisk final : public storage::DiskQueue {
public:
    using DiskQueue::DiskQueue;

    storage::SyncTicket sync_data(base::SharedFd file, http::Wake wake) override {
        return add_sync(std::move(file), wake);
    }
    storage::SyncTicket sync_all(base::SharedFd file, http::Wake wake) override {
        return add_sync(std::move(file), wake);
    }
    void close_later(base::Fd file) override;
    void remove_later(std::shared_ptr<const base::Fd> directory, std::string name) override;
    bool name_later(const std::shared_ptr<storage::NamingOperation>& operation, http::Wake wake) override;
    bool read_later(const std::shared_ptr<storage::ReadOperation>& operation, http::Wake wake) override;
    void submit() override {}
    void reap() override {}
    [[nodiscard]] std::uint64_t depth() const override { return jobs_.size(); }
    [[nodiscard]] std::string_view kind() const override { return "simulated"; }
    /// The number that the next operation gets; they count up.
    [[nodiscard]] std::uint64_t next_number() const { return next_number_; }
    /// All operations before `number` are done.
    [[nodiscard]] bool is_past(std::uint64_t number) const { return jobs_.empty() || jobs_.front().number >= number; }

    enum class Faults : std::uint8_t { none, some };
    /// One step of one waiting operation, which then may be done. Not when nothing waits.
    void complete(Random& random, Faults faults);
    /// What waits is never done: the process ended.
    void drop_all();
    /// Whether the names of the next operations are given by this or by the loop.
    void set_names_in_background(bool on) { names_in_background_ = on; }

    DurableView durable;
    std::uint64_t faults_injected = 0;
    std::uint64_t steps = 0;

private:
    struct Job {
        enum class Kind : std::uint8_t { sync, naming, close, remove, read };
        Kind kind;
        std::uint64_t number;
        http::Wake wake = 0;
        std::shared_ptr<storage::DiskOperation> operation = nullptr;  ///< of a sync, a naming and a read
        std::shared_ptr<storage::NamingOperation> naming = nullptr;   ///< the same one
        std::size_t next = 0;                                         ///< step of the naming
        base::SharedFd file = nullptr;                                ///< to be closed, or the directory of `name`
        std::string name = {};
    };

    storage::SyncTicket add_sync(base::SharedFd file, http::Wake wake);
    void end(std::size_t number, int error);
    [[nodiscard]] bool advance_naming(Job& job, Random& random, Faults faults);
    [[nodiscard]] int fault(Random& random, Faults faults, const std::vector<int>& kinds);

    std::vector<Job> jobs_;  ///< in the order of their numbers
    std::uint64_t next_number_ = 0;
    bool names_in_background_ = true;
};

}  // namespace simulation
