// Compares an open file with what it was when it was opened.
#include "storage/open_file.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/file_io.h"
#include "storage/validators.h"

namespace storage {
namespace {

/// How much is compared at both ends of the old content of a file that grew: a file that was truncated and rewritten
/// differs there.
constexpr std::size_t kEndBytes = 1024;

bool rests(const timespec& time, std::int64_t now_seconds) {
    return time.tv_sec < now_seconds - kRestNs / base::kNsPerSecond;
}

}  // namespace

OpenFile::OpenFile(base::Fd descriptor, const struct stat& status, const base::Clock& clock, DiskQueue* disk,
                   std::shared_ptr<WriteWatch> writes)
    : descriptor_(std::move(descriptor)),
      status_(status),
      told_by_mtime_(!is_young_stamp(status.st_mtim, clock.unix_ns())),
      clock_(clock),
      disk_(disk) {
    learn_ends();
    watch(std::move(writes));
}

OpenFile::~OpenFile() {
    if (writes_ != nullptr) writes_->end(watch_);
    struct stat now{};
    if (disk_ == nullptr || ::fstat(descriptor_.get(), &now) != 0 || now.st_nlink > 0) return;
    disk_->close_later(std::move(descriptor_));
}

/// A watch is trusted only when it began before anything happened.
void OpenFile::watch(std::shared_ptr<WriteWatch> writes) {
    if (writes == nullptr) return;
    watch_ = writes->begin(descriptor_.get());
    if (watch_ == WriteWatch::kNone) return;
    struct stat now{};
    if (::fstat(descriptor_.get(), &now) == 0 && is_same_version(now, status_)) {
        writes_ = std::move(writes);
    } else {
        writes->end(watch_);
    }
}

/// Bytes that cannot be read are left out, so the comparison fails.
std::vector<std::byte> OpenFile::read_ends() const {
    const auto length = static_cast<std::uint64_t>(status_.st_size);
    const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(kEndBytes, length));
    std::vector<std::byte> bytes(2 * end);
    const std::span<std::byte> all(bytes);
    const std::size_t first = base::read_at(descriptor_.get(), 0, all.first(end));
    const std::size_t last = base::read_at(descriptor_.get(), length - end, all.last(end));
    if (first != end || last != end) bytes.clear();
    return bytes;
}

/// Where the disk would have to be waited for, a later call learns them, once they were sent or asked for. They must be
/// those of the version that was opened.
void OpenFile::learn_ends() const {
    const auto length = static_cast<std::uint64_t>(status_.st_size);
    if (!ends_.empty() || length == 0) return;
    const std::uint64_t end = std::min<std::uint64_t>(kEndBytes, length);
    if (disk_ != nullptr &&
        !(base::is_in_memory(descriptor_.get(), 0, end) && base::is_in_memory(descriptor_.get(), length - end, end))) {
        return;
    }
    std::vector<std::byte> ends = read_ends();
    struct stat now{};
    if (::fstat(descriptor_.get(), &now) == 0 && is_same_version(now, status_)) ends_ = std::move(ends);
}

bool OpenFile::is_unwritten(const struct stat& now) const {
    const bool same_time =
        now.st_mtim.tv_sec == status_.st_mtim.tv_sec && now.st_mtim.tv_nsec == status_.st_mtim.tv_nsec;
    if (writes_ == nullptr) return told_by_mtime_ && same_time;
    const WriteWatch::Seen seen = writes_->look(watch_);
    // A store through a memory mapping sets the time without an event; a call that sets the time is an event.
    return !seen.written && (same_time || seen.touched);
}

bool OpenFile::unchanged() const {
    struct stat now;
    if (::fstat(descriptor_.get(), &now) != 0) return false;
    if (is_same_version(now, status_)) return true;
    if (now.st_size == status_.st_size) return is_unwritten(now);
    return now.st_size > status_.st_size && !ends_.empty() && read_ends() == ends_;
}

/// Asked before each part that is sent.
bool OpenFile::at_rest() const {
    learn_ends();
    const std::int64_t now = clock_.unix_seconds();
    return rests(status_.st_mtim, now) && rests(status_.st_ctim, now);
}

http::Arrival OpenFile::read_ahead(std::uint64_t offset, std::uint64_t length, http::Wake wake) const {
    if (disk_ == nullptr || base::is_in_memory(descriptor_.get(), offset, length)) return nullptr;
    const std::shared_ptr<const OpenFile> self = weak_from_this().lock();
    if (self == nullptr) return nullptr;
    auto operation = std::make_shared<ReadOperation>();
    operation->owner = self;
    operation->number = descriptor_.get();
    operation->offset = offset;
    operation->length = static_cast<std::size_t>(length);
    if (!disk_->read_later(operation, wake)) return nullptr;
    return {operation, &operation->done};
}

}  // namespace storage
