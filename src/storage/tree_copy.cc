// From the top down: a directory is made before what is in it, and synced behind it. What is made is locked, so that
// the sweep of another process leaves it alone.
#include "storage/tree_copy.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/escape.h"
#include "storage/copy_bytes.h"
#include "storage/file_copy.h"
#include "storage/file_sink.h"
#include "storage/locks.h"
#include "storage/name_calls.h"
#include "storage/property_text.h"
#include "storage/tree_removal.h"
#include "storage/validators.h"
#include "storage/write_error.h"

namespace storage {
namespace {

using http::Refusal;
using http::Status;

constexpr std::string_view kPrefix = ".godwit-";
constexpr std::string_view kSuffix = ".copy";
constexpr std::size_t kDigits = 16;

/// Each level holds two descriptors.
constexpr std::size_t kMostLevels = 64;
/// Entries of one call; each takes about a tenth of a millisecond.
constexpr int kEntriesPerSlice = 8;
/// Syncs that are under way at once. Each holds the descriptor of a file.
constexpr std::size_t kMostSyncs = 32;

constexpr Refusal kNotFound{Status::not_found, "there is no directory of this name to be copied."};
constexpr Refusal kNoParent{Status::conflict, "the directory above the destination does not exist; make that first."};
constexpr Refusal kSame{Status::forbidden, "source and destination are the same; nothing was changed."};
constexpr Refusal kIntoItself{Status::forbidden, "a directory cannot be copied into itself."};
constexpr Refusal kNotOverwritten{Status::precondition_failed,
                                  "there is something at the destination, and Overwrite is F; nothing was changed."};
constexpr Refusal kStays{Status::conflict,
                         "there is something at the destination, and a directory replaces nothing; delete it first."};
constexpr Refusal kHasLink{
    Status::forbidden, "there is a symbolic link in this directory, and links are not copied; nothing was changed."};
constexpr Refusal kHasOther{Status::forbidden,
                            "this directory holds something that is no file and no directory; nothing was changed."};
constexpr Refusal kTooDeep{Status::forbidden, "this directory is deeper than 64 levels; nothing was changed."};
constexpr Refusal kTooLong{Status::content_too_large,
                           "this directory holds a file that is longer than an upload may be; nothing was changed.",
                           "longer than --max-body allows"};
constexpr Refusal kChanged{Status::service_unavailable,
                           "the directory was changed while it was copied; there is no copy, try again."};
constexpr Refusal kTooManyTrees{Status::service_unavailable,
                                "too many directories are being removed; there is no copy, try again."};
constexpr Refusal kNotDurable{Status::internal_server_error,
                              "it was copied, but the disk failed to make that durable."};

std::string make_copy_name() {
    static std::uint64_t next = 0;
    if (next == 0 && ::getrandom(&next, sizeof next, GRND_NONBLOCK) < 0) next = 1;
    std::string name(kPrefix);
    base::append_hex_number(name, ++next);
    return name.append(kSuffix);
}

std::unexpected<Refusal> source_refusal(int error) {
    const bool is_missing = error == ENOENT || error == ENOTDIR || error == E2BIG;
    return std::unexpected(is_missing ? kNotFound : write_refusal(error));
}

/// The refusal where an entry is gone meanwhile, or its copy exists already.
Refusal entry_refusal(int error) {
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EEXIST ? kChanged : write_refusal(error);
}

base::Fd open_directory(int parent, const char* name) {
    return base::Fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// False when somebody gave the directory open as `directory` another name.
bool has_name(int parent, const std::string& name, int directory) {
    struct stat named{};
    struct stat open{};
    if (::fstatat(parent, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || ::fstat(directory, &open) != 0) {
        return false;
    }
    return named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

}  // namespace

bool is_copy_name(std::string_view name) {
    if (name.size() != kPrefix.size() + kDigits + kSuffix.size()) return false;
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return false;
    return name.substr(kPrefix.size(), kDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::expected<std::unique_ptr<TreeCopy>, Refusal> TreeCopy::open(const WriteParts& parts, std::string_view source,
                                                                 std::string_view destination, Wish wish,
                                                                 const WriteConditions& conditions) {
    const auto from = WritePlace::find(parts.root, parts.new_directories, source);
    if (!from) return source_refusal(from.error().number);
    if (from->has_missing_parents()) return std::unexpected(kNotFound);
    base::Fd directory = open_directory(from->directory(), from->name().c_str());
    if (!directory) return source_refusal(errno == ELOOP ? ENOTDIR : errno);
    struct stat status{};
    if (::fstat(directory.get(), &status) != 0) return source_refusal(errno);
    if (conditions.any() && !conditions.hold(status, parts)) {
        return std::unexpected(condition_refusal());
    }
    auto to = WritePlace::find(parts.root, parts.new_directories, destination);
    if (!to) {
        const int error = to.error().number;
        return std::unexpected(error == ENOENT || error == E2BIG ? kNoParent : write_refusal(error));
    }
    if (to->is_too_deep()) return std::unexpected(write_refusal(E2BIG));
    if (std::string(destination).append(destination.ends_with('/') ? "" : "/") == source) {
        return std::unexpected(kSame);
    }
    if (destination.starts_with(source)) return std::unexpected(kIntoItself);
    if (parts.locks != nullptr) {
        const auto fault = parts.locks->find_fault(destination, Touched::name, conditions.keys());
        if (fault) return std::unexpected(*fault);
    }
    std::unique_ptr<TreeCopy> copy(new TreeCopy(parts, std::move(*to), source, wish, conditions.keys()));
    if (const auto obstacle = copy->find_obstacle()) return std::unexpected(*obstacle);
    if (const auto fault = copy->begin(std::move(directory), status)) return std::unexpected(*fault);
    return copy;
}

TreeCopy::~TreeCopy() {
    discard();
    release();
}

TreeCopy::Fault TreeCopy::find_obstacle() const {
    if (to_.has_missing_parents()) return kNoParent;
    const auto there = to_.status();
    if (!there) return there.error().number == ENOENT ? kNoParent : write_refusal(there.error().number);
    if (!*there) return std::nullopt;
    return wish_.overwrite == http::Overwrite::refused ? kNotOverwritten : kStays;
}

/// Makes the tree's own directory, and locks it.
TreeCopy::Fault TreeCopy::begin(base::Fd source, const struct stat& status) {
    if (parts_.trees == nullptr || !parts_.trees->has_room()) return kTooManyTrees;
    if (const auto room = FileSink::check_space(to_.directory(), parts_.min_free_bytes, 0); !room) return room.error();
    std::string name = make_copy_name();
    const mode_t mode = (status.st_mode & kDirectoryMode) | S_IRWXU;
    if (const int error = make_directory_above(to_.directory(), name, mode); error != 0) return write_refusal(error);
    hidden_ = std::move(name);
    base::Fd target = open_directory(to_.directory(), hidden_.c_str());
    if (!target || ::flock(target.get(), LOCK_EX | LOCK_NB) != 0) return write_refusal(errno);
    // A sweep that came before the lock may have taken it for a leftover and renamed it; the sweep removes it then.
    if (!has_name(to_.directory(), hidden_, target.get())) {
        hidden_.clear();
        return write_refusal(EAGAIN);
    }
    if (const int error = copy_property_text(source.get(), target.get()); error != 0) return write_refusal(error);
    // Its stream has nothing to read when the directory alone is wanted.
    const bool is_empty = wish_.extent == Wish::Extent::empty;
    base::DirectoryStream stream(is_empty ? open_directory(to_.directory(), hidden_.c_str()) : std::move(source));
    if (!stream) return write_refusal(errno);
    locked_ = base::share(std::move(target));
    levels_.push_back({std::move(stream), locked_});
    return std::nullopt;
}

std::optional<TreeCopy::Result> TreeCopy::advance(http::Wake wake) {
    if (step_ == Step::copying || step_ == Step::syncing_content) {
        if (const auto fault = collect_syncs()) return end(*fault);
    }
    if (step_ == Step::copying) {
        // `wake` comes back when one of the syncs ends.
        if (syncs_.size() >= kMostSyncs) return std::nullopt;
        if (const auto fault = copy_slice(wake)) return end(*fault);
        if (!levels_.empty()) {
            parts_.disk.wakes().wake(wake);
            return std::nullopt;
        }
        step_ = Step::syncing_content;
        if (const auto fault = collect_syncs()) return end(*fault);
    }
    if (step_ == Step::syncing_content) {
        if (!syncs_.empty()) return std::nullopt;
        step_ = Step::naming;
    }
    if (step_ == Step::naming) {
        const auto name = publication_.hold(to_, Touched::name, wake);
        if (!name) return end(name.error());
        if (*name == nullptr) return std::nullopt;
        if (const auto fault = give_name(**name, wake)) return end(*fault);
    }
    const auto error = publication_.durable();
    if (!error) return std::nullopt;
    step_ = Step::done;
    release();
    if (*error != 0) return Result(std::unexpect, kNotDurable);
    if (parts_.counts != nullptr) parts_.counts->files_copied += files_;
    return How::created;
}

TreeCopy::Fault TreeCopy::copy_slice(http::Wake wake) {
    std::uint64_t budget = kCopySliceBytes;
    for (int entries = 0; entries < kEntriesPerSlice && budget > 0 && !levels_.empty();) {
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
TreeCopy::Fault TreeCopy::take(const dirent& entry) {
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

TreeCopy::Fault TreeCopy::enter(const std::string& name, const struct stat& status) {
    if (levels_.size() == kMostLevels) return kTooDeep;
    const Level& above = levels_.back();
    base::DirectoryStream source(open_directory(above.source.descriptor(), name.c_str()));
    if (!source) return entry_refusal(errno);
    const int parent = above.target->get();
    const mode_t mode = (status.st_mode & kDirectoryMode) | S_IRWXU;
    if (const int error = make_directory_above(parent, name, mode); error != 0) return entry_refusal(error);
    base::Fd target = open_directory(parent, name.c_str());
    if (!target) return entry_refusal(errno);
    if (const int error = copy_property_text(source.descriptor(), target.get()); error != 0)
        return entry_refusal(error);
    levels_.push_back({std::move(source), base::share(std::move(target))});
    return std::nullopt;
}

TreeCopy::Fault TreeCopy::open_file(const std::string& name) {
    const Level& level = levels_.back();
    OpenCopy file;
    constexpr int kRead = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    file.source = base::Fd(::openat(level.source.descriptor(), name.c_str(), kRead));
    if (!file.source || ::fstat(file.source.get(), &file.status) != 0) return entry_refusal(errno);
    if (!S_ISREG(file.status.st_mode)) return kChanged;
    const auto bytes = static_cast<std::uint64_t>(file.status.st_size);
    if (wish_.most_file_bytes > 0 && bytes > wish_.most_file_bytes) return kTooLong;
    const auto room = FileSink::check_space(level.target->get(), parts_.min_free_bytes, bytes);
    if (!room) return room.error();
    constexpr int kWrite = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    constexpr mode_t kFileMode = 0666;
    base::Fd target(::openat(level.target->get(), name.c_str(), kWrite, file.status.st_mode & kFileMode));
    if (!target) return entry_refusal(errno);
    file.target = base::share(std::move(target));
    file_.emplace(std::move(file));
    return std::nullopt;
}

TreeCopy::Fault TreeCopy::copy_some(std::uint64_t& budget, http::Wake wake) {
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
TreeCopy::Fault TreeCopy::end_file(http::Wake wake) {
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
void TreeCopy::sync(base::SharedFd file, http::Wake wake) {
    if (parts_.durability != Durability::none) syncs_.push_back(parts_.disk.sync_all(std::move(file), wake));
}

/// Forgets those that are done.
TreeCopy::Fault TreeCopy::collect_syncs() {
    for (const SyncTicket& each : syncs_) {
        // EINVAL: the file system has no such sync and cannot be more durable.
        if (each->done && each->error != 0 && each->error != EINVAL) return write_refusal(each->error);
    }
    std::erase_if(syncs_, [](const SyncTicket& each) { return each->done; });
    return std::nullopt;
}

TreeCopy::Fault TreeCopy::give_name(const HeldName& name, http::Wake wake) {
    if (const auto obstacle = find_obstacle()) return obstacle;
    if (const int error = rename_to_free({to_.directory(), hidden_}, name); error != 0) {
        return error == EEXIST ? kStays : write_refusal(error);
    }
    hidden_.clear();
    locked_.reset();
    step_ = Step::syncing_name;
    std::string path = to_.path();
    if (path.ends_with('/')) path.pop_back();
    if (parts_.durability != Durability::none) {
        held_ = path;
        parts_.new_directories.hold(held_);
    }
    publication_.settle(to_, wake);
    change_.emplace();
    change_->action = http::Change::Action::copy;
    change_->from = source_;
    change_->path = path.append("/");
    return std::nullopt;
}

TreeCopy::Result TreeCopy::end(const Refusal& refusal) {
    publication_.let_go();
    discard();
    step_ = Step::done;
    return Result(std::unexpect, refusal);
}

/// What was made is removed in the background.
void TreeCopy::discard() {
    file_.reset();
    levels_.clear();
    if (!hidden_.empty()) parts_.trees->add(to_.shared_directory(), std::exchange(hidden_, {}));
    locked_.reset();
}

void TreeCopy::release() {
    if (!held_.empty()) parts_.new_directories.release(std::exchange(held_, {}));
}

}  // namespace storage
