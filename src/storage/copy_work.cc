// The directories that are open on both sides, and the file that is copied at the moment.
#include "storage/copy_work.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

#include "storage/copy_bytes.h"
#include "storage/file_copy.h"
#include "storage/file_sink.h"
#include "storage/name_calls.h"
#include "storage/property_text.h"
#include "storage/validators.h"
#include "storage/write_error.h"

namespace storage {
namespace {

using http::Refusal;
using http::Status;

/// Each level holds two descriptors.
constexpr std::size_t kMostLevels = 64;
/// Entries of one call; each takes about a tenth of a millisecond.
constexpr int kEntriesPerSlice = 8;
/// Syncs that are under way at once. Each holds the descriptor of a file.
constexpr std::size_t kMostSyncs = 32;

constexpr Refusal kHasLink{
    Status::forbidden, "there is a symbolic link in this directory, and links are not copied; nothing was changed."};
constexpr Refusal kHasOther{Status::forbidden,
                            "this directory holds something that is no file and no directory; nothing was changed."};
constexpr Refusal kTooDeep{Status::forbidden, "this directory is deeper than 64 levels; nothing was changed."};
constexpr Refusal kTooLong{Status::content_too_large,
                           "this is, or holds, a file that is longer than an upload may be; nothing was changed.",
                           "longer than --max-body allows"};
constexpr Refusal kChanged{Status::service_unavailable,
                           "the directory was changed while it was copied; there is no copy, try again."};

/// The refusal where an entry is gone meanwhile, or its copy exists already.
Refusal entry_refusal(int error) {
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EEXIST ? kChanged : write_refusal(error);
}

}  // namespace

std::expected<CopyWork::State, Refusal> CopyWork::advance(http::Wake wake) {
    if (const auto fault = collect_syncs()) return std::unexpected(*fault);
    // `wake` comes back when one of the syncs ends.
    if (is_copying() && syncs_.size() >= kMostSyncs) return State::copying;
    if (const auto fault = copy_slice(wake)) return std::unexpected(*fault);
    if (is_copying()) {
        parts_.disk.wakes().wake(wake);
        return State::copying;
    }
    if (const auto fault = collect_syncs()) return std::unexpected(*fault);
    return syncs_.empty() ? State::done : State::syncing;
}

void CopyWork::stop() {
    file_.reset();
    levels_.clear();
}

CopyWork::Fault CopyWork::copy_slice(http::Wake wake) {
    std::uint64_t budget = kCopySliceBytes;
    for (int entries = 0; entries < kEntriesPerSlice && budget > 0 && is_copying();) {
        if (file_) {
            if (auto fault = copy_some(budget, wake)) return fault;
            continue;
        }
        if (syncs_.size() >= kMostSyncs) break;
        ++entries;
        const dirent* const entry = levels_.back().source.next();
        if (entry != nullptr) {
            if (auto fault = take(*entry)) return fault;
            continue;
        }
        if (errno != 0) return entry_refusal(errno);
        sync(levels_.back().target, wake);
        levels_.pop_back();
    }
    return std::nullopt;
}

/// What is unfinished is left out: it is no file of anybody, and one of them may be this copy.
CopyWork::Fault CopyWork::take(const dirent& entry) {
    if (base::is_dot_or_dot_dot(entry)) return std::nullopt;
    const std::string name = entry.d_name;
    if (is_unfinished_name(name)) return std::nullopt;
    struct stat status{};
    if (::fstatat(levels_.back().source.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return entry_refusal(errno);
    }
    switch (status.st_mode & S_IFMT) {
        case S_IFDIR: return enter(name, status);
        case S_IFREG: return open_file(name);
        case S_IFLNK: return kHasLink;
        default: return kHasOther;
    }
}

CopyWork::Fault CopyWork::enter(const std::string& name, const struct stat& status) {
    if (levels_.size() == kMostLevels) return kTooDeep;
    const Level& above = levels_.back();
    base::DirectoryStream source(base::open_directory(above.source.descriptor(), name.c_str()));
    if (!source) return entry_refusal(errno);
    const int parent = above.target->get();
    const mode_t mode = (status.st_mode & kDirectoryMode) | S_IRWXU;
    if (const int error = make_directory_above(parent, name, mode); error != 0) return entry_refusal(error);
    base::Fd target = base::open_directory(parent, name.c_str());
    if (!target) return entry_refusal(errno);
    if (const int error = copy_property_text(source.descriptor(), target.get()); error != 0)
        return entry_refusal(error);
    levels_.push_back({std::move(source), base::share(std::move(target))});
    return std::nullopt;
}

CopyWork::Fault CopyWork::open_file(const std::string& name) {
    const Level& level = levels_.back();
    constexpr int kRead = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    base::Fd source(::openat(level.source.descriptor(), name.c_str(), kRead));
    if (!source) return entry_refusal(errno);
    return add_file(std::move(source), level.target->get(), name);
}

CopyWork::Fault CopyWork::add_file(base::Fd source, int directory, const std::string& name) {
    OpenCopy file;
    file.source = std::move(source);
    if (::fstat(file.source.get(), &file.status) != 0) return entry_refusal(errno);
    if (!S_ISREG(file.status.st_mode)) return kChanged;
    const auto bytes = static_cast<std::uint64_t>(file.status.st_size);
    if (most_file_bytes_ > 0 && bytes > most_file_bytes_) return kTooLong;
    const auto room = FileSink::check_space(directory, parts_.min_free_bytes, bytes);
    if (!room) return room.error();
    constexpr int kWrite = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    constexpr mode_t kFileMode = 0666;
    base::Fd target(::openat(directory, name.c_str(), kWrite, file.status.st_mode & kFileMode));
    if (!target) return entry_refusal(errno);
    file.target = base::share(std::move(target));
    file_.emplace(std::move(file));
    return std::nullopt;
}

CopyWork::Fault CopyWork::copy_some(std::uint64_t& budget, http::Wake wake) {
    const std::uint64_t left = static_cast<std::uint64_t>(file_->status.st_size) - file_->copied;
    if (left == 0) return end_file(wake);
    const auto copied = copy_bytes(file_->source.get(), file_->target->get(), file_->copied, std::min(left, budget));
    if (!copied) return write_refusal(copied.error());
    if (*copied == 0) return kChanged;
    file_->copied += *copied;
    budget -= *copied;
    return std::nullopt;
}

/// A copy is never of two versions. It keeps the time, so that it stays older or newer than what is beside it.
CopyWork::Fault CopyWork::end_file(http::Wake wake) {
    struct stat now{};
    if (::fstat(file_->source.get(), &now) != 0) return entry_refusal(errno);
    if (!is_same_version(now, file_->status)) return kChanged;
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, file_->status.st_mtim};
    const int lost = copy_property_text(file_->source.get(), file_->target->get());
    if (lost != 0) return write_refusal(lost);
    if (::futimens(file_->target->get(), times.data()) != 0) return write_refusal(errno);
    sync(std::move(file_->target), wake);
    file_.reset();
    ++files_;
    return std::nullopt;
}

/// Of a file or a directory; fdatasync may leave the time of a file behind.
void CopyWork::sync(base::SharedFd file, http::Wake wake) {
    if (parts_.durability != Durability::none) syncs_.push_back(parts_.disk.sync_all(std::move(file), wake));
}

/// Forgets those that are done.
CopyWork::Fault CopyWork::collect_syncs() {
    for (const SyncTicket& each : syncs_) {
        // EINVAL: the file system has no such sync and cannot be more durable.
        if (each->done && each->error != 0 && each->error != EINVAL) return write_refusal(each->error);
    }
    std::erase_if(syncs_, [](const SyncTicket& each) { return each->done; });
    return std::nullopt;
}

}  // namespace storage
