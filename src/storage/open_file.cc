// What an open file was, compared with what it is.
#include "storage/open_file.h"

#include <utility>

#include "storage/validators.h"

namespace storage {
namespace {

bool rests(const timespec& time, std::int64_t now_seconds) {
    return time.tv_sec < now_seconds - kRestNs / base::kNsPerSecond;
}

}  // namespace

OpenFile::OpenFile(base::Fd descriptor, const struct stat& status, const base::Clock& clock, DiskQueue* disk)
    : descriptor_(std::move(descriptor)),
      status_(status),
      told_by_mtime_(!is_young_stamp(status.st_mtim, clock.unix_ns())),
      clock_(clock),
      disk_(disk) {}

OpenFile::~OpenFile() {
    struct stat now{};
    if (disk_ == nullptr || ::fstat(descriptor_.get(), &now) != 0 || now.st_nlink > 0) return;
    disk_->close_later(std::move(descriptor_));
}

bool OpenFile::unchanged() const {
    struct stat now;
    if (::fstat(descriptor_.get(), &now) != 0) return false;
    if (is_same_version(now, status_)) return true;
    // A file that another one replaces loses a link, which changes its ctime; its bytes are still those promised.
    return told_by_mtime_ && now.st_nlink != status_.st_nlink && now.st_size == status_.st_size &&
           now.st_mtim.tv_sec == status_.st_mtim.tv_sec && now.st_mtim.tv_nsec == status_.st_mtim.tv_nsec;
}

bool OpenFile::at_rest() const {
    const std::int64_t now = clock_.unix_seconds();
    return rests(status_.st_mtim, now) && rests(status_.st_ctim, now);
}

}  // namespace storage
