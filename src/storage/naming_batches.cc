// Calls in front, syncs at the end, and what each naming is told.
#include "storage/naming_batches.h"

#include <algorithm>
#include <cerrno>

namespace storage {

void NamingBatch::add(const Member& member) {
    // The syncs stay at the end.
    const std::size_t syncs = members_.empty() ? 0 : members_.front().operation->directories.size();
    const auto place = steps_.end() - static_cast<std::ptrdiff_t>(syncs);
    const std::size_t added = members_.empty() ? member.operation->steps() : member.operation->calls.size();
    std::vector<Step> own;
    own.reserve(added);
    for (std::size_t number = 0; number < added; ++number) own.push_back({member.operation.get(), number});
    steps_.insert(place, own.begin(), own.end());
    members_.push_back(member);
}

void NamingBatch::tell(int error) {
    for (const Member& member : members_) {
        int& told = member.operation->error;
        // The kernel reports a failure once for each open directory: a repeated sync would succeed.
        if (told == 0 || told == EAGAIN) told = error;
    }
}

bool NamingBatch::end_step(std::size_t step, int error) {
    NamingOperation& operation = *steps_[step].operation;
    --operation.in_kernel;
    if (is_sync(step)) {
        // ECANCELED: the sync was left out, as behind a call that the kernel does not know.
        if (error != 0) tell(error == ECANCELED ? EAGAIN : error);
    } else if (error == 0) {
        operation.calls_made.push_back(number(step));
    } else if (operation.error == 0) {
        operation.error = error;
    }
    return ++ended_ == steps_.size();
}

void NamingBatch::give_up() {
    for (const Member& member : members_) member.operation->in_kernel = 0;
}

void NamingBatch::doubt() { tell(EAGAIN); }

void NamingBatches::add(std::shared_ptr<NamingOperation> operation, http::Wake wake) {
    const auto directory =
        operation->directories.empty() ? DirectoryId{} : DirectoryId::of(operation->directories.front()->get());
    Line& line = lines_[directory];
    if (line.waiting.empty() && !line.begun) ready_.push_back(directory);
    line.waiting.push_back({std::move(operation), wake});
}

NamingBatch* NamingBatches::begin(std::size_t room) {
    if (ready_.empty()) return nullptr;
    const DirectoryId directory = ready_.front();
    Line& line = lines_[directory];
    const NamingOperation& first = *line.waiting.front().operation;
    if (first.steps() > room) return nullptr;
    ready_.pop_front();
    std::unique_ptr<NamingBatch> batch(new NamingBatch(directory));
    batch->add(line.waiting.front());
    line.waiting.pop_front();
    // A naming that changed more than one directory shares no syncs.
    const std::size_t most = first.directories.size() == 1 ? std::min(room, kMostSteps) : 0;
    while (!line.waiting.empty()) {
        const NamingOperation& next = *line.waiting.front().operation;
        if (next.directories.size() != 1 || batch->steps() + next.calls.size() > most) break;
        batch->add(line.waiting.front());
        line.waiting.pop_front();
    }
    line.begun = std::move(batch);
    return line.begun.get();
}

void NamingBatches::end(NamingBatch& batch, base::WakeQueue& wakes) {
    for (const NamingBatch::Member& member : batch.members_) {
        member.operation->done = true;
        member.operation->claim.reset();
        wakes.wake(member.wake);
    }
    const DirectoryId directory = batch.directory_;
    Line& line = lines_[directory];
    line.begun.reset();
    if (line.waiting.empty()) {
        lines_.erase(directory);
    } else {
        ready_.push_back(directory);
    }
}

}  // namespace storage
