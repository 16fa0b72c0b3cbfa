// The slices of hashing. One of the waiting responses, the driver, does the slice of each turn: its wake brings the
// next one.
#include "files/digest_queue.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "base/file_io.h"

namespace files {
namespace {

/// A file whose changes might not show in its stamps could get the digest of bytes that are not sent; bytes in memory
/// are those that are sent.
bool shows_changes(const Form& form) { return !form.entity_tag().starts_with("W/"); }

}  // namespace

bool DigestQueue::Wait::advance(http::Wake wake) {
    wake_ = wake;
    return queue_.advance(*job_, wake);
}

bool DigestQueue::is_possible(const Representation& found, Coding coding) {
    const Form& form = found.form(coding);
    switch (form.state()) {
        case Form::State::none:
        case Form::State::making: return false;
        case Form::State::to_make: return found.length() <= kMaxDigestedBytes && shows_changes(form);
        case Form::State::ready:
            return form.length() <= kMaxDigestedBytes && (form.is_in_memory() || shows_changes(form));
    }
    return false;
}

std::unique_ptr<DigestQueue::Wait> DigestQueue::make(const std::shared_ptr<const Representation>& found, Coding coding,
                                                     http::DigestAlgorithm algorithm, const http::ClientKey& client) {
    const Form& form = found->form(coding);
    if (!form.digest(algorithm).empty() || !is_possible(*found, coding)) return nullptr;
    const auto same = [&](const std::shared_ptr<Job>& job) {
        return job->found == found && job->coding == coding && job->algorithm == algorithm;
    };
    if (const auto running = std::ranges::find_if(jobs_, same); running != jobs_.end()) {
        const bool is_room = waits_ < kMaxDigestWaits && is_admitted(waits_of_, client, kMaxDigestWaitsPerClient);
        return is_room ? std::make_unique<Wait>(*this, *running, client) : nullptr;
    }
    auto job = std::make_shared<Job>();
    job->found = found;
    job->coding = coding;
    job->algorithm = algorithm;
    job->digester = storage::Digester::make(algorithm);
    if (job->digester == nullptr) return nullptr;
    if (form.state() == Form::State::ready && form.is_in_memory() && form.length() <= kDigestAtOnceBytes) {
        hash(*job);
        return nullptr;
    }
    if (jobs_.size() >= kMaxDigestJobs || waits_ >= kMaxDigestWaits) return nullptr;
    if (!is_admitted(jobs_of_, client, kMaxDigestJobsPerClient)) return nullptr;
    if (!is_admitted(waits_of_, client, kMaxDigestWaitsPerClient)) return nullptr;
    if (form.state() == Form::State::to_make) job->maker = cache_.compress(found, coding);
    job->share = jobs_of_.count(client);
    jobs_.push_back(job);
    return std::make_unique<Wait>(*this, std::move(job), client);
}

/// Connections by unix sockets are not bounded: they are those of many clients.
bool DigestQueue::is_admitted(const http::ClientShares& shares, const http::ClientKey& client, std::size_t most) {
    if (client == http::ClientKey() || shares.of(client) < most) return true;
    ++over_share_;
    return false;
}

DigestQueue::Wait::Wait(DigestQueue& queue, std::shared_ptr<Job> job, const http::ClientKey& client)
    : queue_(queue), job_(std::move(job)), share_(queue.waits_of_.count(client)) {
    ++job_->waits;
    ++queue_.waits_;
}

DigestQueue::Wait::~Wait() { queue_.leave(*job_, wake_); }

bool DigestQueue::advance(Job& job, http::Wake wake) {
    if (job.done) return true;
    if (std::ranges::find(job.waiting, wake) == job.waiting.end()) job.waiting.push_back(wake);
    job.waits_for_disk = false;
    if (driver_ && *driver_ != wake) return false;
    work(wake);
    choose_driver();
    return job.done;
}

/// One slice of the first job that has its bytes; the job then goes to the end of the line.
void DigestQueue::work(http::Wake wake) {
    const auto next = std::ranges::find_if(jobs_, [](const auto& each) { return !each->waits_for_disk; });
    if (next == jobs_.end()) return;
    std::shared_ptr<Job> job = std::move(*next);
    jobs_.erase(next);
    const Progress progress = work_on(*job, job->waiting.empty() ? wake : job->waiting.front());
    if (progress == Progress::ended) {
        end(*job, wake);
    } else {
        job->waits_for_disk = progress == Progress::waiting;
        jobs_.push_back(std::move(job));
    }
}

/// The next slice is of the first job that already has a waiting response. While all wait for the disk,
/// whoever is woken goes on.
void DigestQueue::choose_driver() {
    driver_.reset();
    for (const auto& job : jobs_) {
        if (job->waiting.empty() || job->waits_for_disk) continue;
        driver_ = job->waiting.front();
        wakes_.wake(*driver_);
        return;
    }
    if (jobs_.empty()) buffer_ = {};
}

void DigestQueue::end(Job& job, http::Wake present) {
    job.done = true;
    job.share.reset();
    for (const http::Wake wake : std::exchange(job.waiting, {})) {
        if (wake != present) wakes_.wake(wake);
    }
}

void DigestQueue::leave(Job& job, std::optional<http::Wake> wake) {
    --waits_;
    if (wake) std::erase(job.waiting, *wake);
    // The disk may wake the one that leaves: another one asks it again.
    const bool was_stuck = std::exchange(job.waits_for_disk, false);
    if (--job.waits > 0 && !was_stuck && (!wake || driver_ != wake)) return;
    if (job.waits == 0) std::erase_if(jobs_, [&](const auto& each) { return each.get() == &job; });
    if (!driver_ || driver_ == wake) choose_driver();
}

/// `reader`: comes back when the job waited for the disk.
DigestQueue::Progress DigestQueue::work_on(Job& job, http::Wake reader) {
    buffer_.resize(kDigestSliceBytes);
    job.reader = reader;
    return job.maker != nullptr ? make_form(job) : hash(job);
}

/// Compresses as for a response; the cache keeps what comes out, or not, and then there is no digest.
DigestQueue::Progress DigestQueue::make_form(Job& job) {
    if (job.reader) job.maker->wake_with(*job.reader);
    switch (job.maker->pull(buffer_).outcome) {
        case http::BodySource::Outcome::produced: return Progress::more;
        case http::BodySource::Outcome::waiting: return Progress::waiting;
        case http::BodySource::Outcome::finished:
        case http::BodySource::Outcome::failed: break;
    }
    job.maker.reset();
    const Form& form = job.found->form(job.coding);
    const bool made = form.state() == Form::State::ready && form.is_in_memory();
    return made ? Progress::more : Progress::ended;
}

DigestQueue::Progress DigestQueue::hash(Job& job) {
    const Form& form = job.found->form(job.coding);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kDigestSliceBytes, form.length() - job.offset));
    const http::Piece piece = Representation::slice(job.found, job.coding, job.offset, count);
    if (const auto* const part = std::get_if<http::FileSlice>(&piece)) return hash_file(job, *part);
    job.digester->update(std::get<http::Blob>(piece).bytes);
    job.offset += count;
    if (job.offset < form.length()) return Progress::more;
    keep(job);
    return Progress::ended;
}

DigestQueue::Progress DigestQueue::hash_file(Job& job, const http::FileSlice& part) {
    const std::uint64_t left = job.found->form(job.coding).length() - job.offset;
    std::uint64_t ready = left;
    if (job.reader) ready = job.ahead.ready(*part.file, part.offset, left, *job.reader);
    if (ready == 0) return Progress::waiting;
    const std::span<std::byte> block = std::span(buffer_).first(static_cast<std::size_t>(std::min(part.length, ready)));
    if (!base::read_exactly(part.file->descriptor(), part.offset, block)) return Progress::ended;
    job.digester->update(block);
    job.offset += block.size();
    if (block.size() < left) return Progress::more;
    // What was written to the file meanwhile may or may not be in the hash.
    if (part.file->unchanged()) keep(job);
    return Progress::ended;
}

void DigestQueue::keep(Job& job) {
    const std::string hash = job.digester->finish();
    if (hash.size() != http::digest_bytes(job.algorithm)) return;
    std::string value;
    http::append_digest(value, job.algorithm, std::as_bytes(std::span(hash)));
    cache_.keep_digest(job.found, job.coding, job.algorithm, std::move(value));
}

}  // namespace files
