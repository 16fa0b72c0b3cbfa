// One step at a time: a sync, one call of a naming, one sync of its directories, a removal.
#include "simulation/simulated_disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace simulation {
namespace {

/// Of a step that may fail, one in so many does.
constexpr std::size_t kFaultOneIn = 24;

int call(const storage::NamingCall& naming) {
    const bool is_link = naming.kind == storage::NamingCall::Kind::link;
    const int result = is_link ? ::linkat(naming.from_directory, naming.from.c_str(), naming.to_directory,
                                          naming.to.c_str(), static_cast<int>(naming.flags))
                               : ::renameat2(naming.from_directory, naming.from.c_str(), naming.to_directory,
                                             naming.to.c_str(), naming.flags);
    return result == 0 ? 0 : errno;
}

}  // namespace

storage::SyncTicket SimulatedDisk::add_sync(base::SharedFd file, http::Wake wake) {
    auto operation = std::make_shared<storage::DiskOperation>(std::move(file));
    jobs_.push_back({.kind = Job::Kind::sync, .number = next_number_++, .wake = wake, .operation = operation});
    return operation;
}

void SimulatedDisk::close_later(base::Fd file) {
    if (!file) return;
    jobs_.push_back({.kind = Job::Kind::close,
                     .number = next_number_++,
                     .file = std::make_shared<const base::Fd>(std::move(file))});
}

void SimulatedDisk::remove_later(std::shared_ptr<const base::Fd> directory, std::string name) {
    jobs_.push_back(
        {.kind = Job::Kind::remove, .number = next_number_++, .file = std::move(directory), .name = std::move(name)});
}

bool SimulatedDisk::name_later(const std::shared_ptr<storage::NamingOperation>& operation, http::Wake wake) {
    if (!names_in_background_) return false;
    jobs_.push_back({.kind = Job::Kind::naming,
                     .number = next_number_++,
                     .wake = wake,
                     .operation = operation,
                     .naming = operation});
    return true;
}

/// Who asked cannot tell a read that failed from one that did not: reading again shows it.
bool SimulatedDisk::read_later(const std::shared_ptr<storage::ReadOperation>& operation, http::Wake wake) {
    const auto is_read = [](const Job& job) { return job.kind == Job::Kind::read; };
    if (static_cast<std::size_t>(std::ranges::count_if(jobs_, is_read)) == storage::kMostReads) return false;
    jobs_.push_back({.kind = Job::Kind::read, .number = next_number_++, .wake = wake, .operation = operation});
    return true;
}

/// A file whose last owner was a read asks to be closed while the read is dropped.
void SimulatedDisk::drop_all() {
    while (!jobs_.empty()) std::exchange(jobs_, {}).clear();
}

int SimulatedDisk::fault(Random& random, Faults faults, const std::vector<int>& kinds) {
    if (faults == Faults::none || !random.one_in(kFaultOneIn)) return 0;
    ++faults_injected;
    return random.pick(kinds);
}

void SimulatedDisk::complete(Random& random, Faults faults) {
    ++steps;
    const std::size_t number = random.below(jobs_.size());
    Job& job = jobs_[number];
    switch (job.kind) {
        case Job::Kind::sync: {
            const int error = fault(random, faults, {EIO, ENOSPC, EDQUOT});
            if (error == 0) durable.note_sync(job.operation->file->get());
            return end(number, error);
        }
        case Job::Kind::naming:
            if (advance_naming(job, random, faults)) end(number, job.naming->error);
            return;
        case Job::Kind::read: return end(number, 0);
        case Job::Kind::close: break;
        case Job::Kind::remove: DiskQueue::remove_later(job.file, job.name); break;
    }
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(number));
}

/// True when the naming is done, with its error.
bool SimulatedDisk::advance_naming(Job& job, Random& random, Faults faults) {
    storage::NamingOperation& naming = *job.naming;
    const std::size_t step = job.next++;
    if (const int died = fault(random, faults, {0, storage::kUnknown}); died != 0) {
        // Whether the call was made before the process died is not known either.
        if (step < naming.calls.size() && random.one_in(2)) (void)call(naming.calls[step]);
        naming.calls_made.clear();
        naming.error = died;
        return true;
    }
    if (step < naming.calls.size()) {
        naming.error = fault(random, faults, {EIO, ENOSPC, EMLINK, ENOMEM, EACCES, EROFS});
        if (naming.error == 0) naming.error = call(naming.calls[step]);
        if (naming.error != 0) return true;
        naming.calls_made.push_back(step);
    } else {
        // EAGAIN: the directory may have been synced before the calls were made.
        naming.error = fault(random, faults, {EIO, EAGAIN});
        if (naming.error == 0) durable.note_sync(naming.directories[step - naming.calls.size()]->get());
        if (naming.error != 0) return true;
    }
    return job.next == naming.steps();
}

void SimulatedDisk::end(std::size_t number, int error) {
    const Job job = std::move(jobs_[number]);
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(number));
    job.operation->error = error;
    job.operation->done = true;
    if (job.naming) job.naming->claim.reset();
    wakes().wake(job.wake);
}

}  // namespace simulation
