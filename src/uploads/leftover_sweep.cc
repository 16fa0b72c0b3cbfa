// A walk that follows no link and that holds one descriptor per level.
#include "uploads/leftover_sweep.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "base/fd.h"
#include "storage/name_calls.h"
#include "storage/swap.h"
#include "storage/temporary_file.h"
#include "storage/tree_copy.h"
#include "uploads/upload_state.h"

namespace uploads {
namespace {

/// The deepest level that is walked: each level holds a descriptor. Uploads make at most 64 levels, but a directory of
/// that depth can be moved below another one.
constexpr std::size_t kMaxDepth = 512;
/// What one slice may cost, counted in entries that are only read (a quarter of a microsecond each), and what other
/// entries cost.
constexpr std::size_t kSliceCost = 2'000;
constexpr std::size_t kDirectoryCost = 32;
constexpr std::size_t kRemovalCost = 64;
/// The pause between two slices of a walk, in which the loop serves requests.
constexpr base::MonotonicMs kSliceEveryMs = 2;
/// A second walk always follows, because the kernel closes the files of a killed process a little after its end.
/// Further walks follow as long as something was found, each after twice the time.
constexpr base::MonotonicMs kFirstPauseMs = 300;
constexpr base::MonotonicMs kLongestPauseMs = 600'000;
constexpr unsigned kWalksInAnyCase = 2;

/// A later attempt may succeed.
bool may_pass(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == EINTR || error == EIO;
}

}  // namespace

LeftoverSweep::LeftoverSweep(const storage::FileRoot& root, storage::DiskQueue& disk, const base::Clock& clock,
                             storage::TreeRemoval& trees, std::int64_t orphan_age_s)
    : root_(root),
      disk_(disk),
      clock_(clock),
      trees_(trees),
      orphan_age_s_(orphan_age_s),
      due_ms_(clock.now_ms()),
      pause_ms_(kFirstPauseMs) {}

void LeftoverSweep::advance() {
    if (open_.empty()) {
        found_ = false;
        enter(root_.descriptor(), ".");
    }
    for (std::size_t cost = 0; cost < kSliceCost && !open_.empty();) cost += step();
    due_ms_ = clock_.now_ms() + kSliceEveryMs;
    if (open_.empty()) end_walk();
}

void LeftoverSweep::end_walk() {
    ++walks_;
    if (!found_ && walks_ >= kWalksInAnyCase) {
        due_ms_.reset();
        return;
    }
    due_ms_ = clock_.now_ms() + pause_ms_;
    pause_ms_ = std::min(pause_ms_ * 2, kLongestPauseMs);
}

/// One entry. Returns what it cost.
std::size_t LeftoverSweep::step() {
    const int descriptor = open_.back().descriptor();
    const dirent* const entry = open_.back().next();
    if (entry == nullptr) {
        open_.pop_back();
        return 1;
    }
    if (storage::is_temporary_name(entry->d_name)) {
        if (storage::is_own_temporary_name(entry->d_name)) return 1;
        count(remove_if_left_over(descriptor, entry->d_name));
        return kRemovalCost;
    }
    if (storage::is_gone_name(entry->d_name)) {
        remove_tree(descriptor, entry->d_name);
        return kRemovalCost;
    }
    if (storage::is_swap_name(entry->d_name)) {
        finish_move(descriptor, entry->d_name);
        return kRemovalCost;
    }
    if (storage::is_copy_name(entry->d_name)) {
        remove_if_given_up(descriptor, entry->d_name);
        return kRemovalCost;
    }
    if (const auto number = parse_partial_name(entry->d_name)) {
        count(remove_if_orphan(descriptor, entry->d_name, *number));
        return kRemovalCost;
    }
    if (open_.size() >= kMaxDepth || base::is_dot_or_dot_dot(*entry) || !base::is_directory(descriptor, *entry))
        return 1;
    enter(descriptor, entry->d_name);
    return kDirectoryCost;
}

void LeftoverSweep::enter(int parent, const char* name) {
    base::DirectoryStream directory(base::open_directory(parent, name));
    if (directory) {
        open_.push_back(std::move(directory));
    } else if (may_pass(errno)) {
        found_ = true;
    }
}

/// A tree for which there is no room is found again by the next walk.
void LeftoverSweep::remove_tree(int directory, const char* name) {
    base::Fd parent(::fcntl(directory, F_DUPFD_CLOEXEC, 0));
    if (!parent || !trees_.has_room()) {
        found_ = true;
        return;
    }
    trees_.add(base::share(std::move(parent)), name);
}

/// What a move took the place of, in the moment before the process died, goes.
void LeftoverSweep::finish_move(int directory, const char* name) {
    found_ = true;
    const auto note = storage::read_swap_note(directory, name);
    if (!note) {
        count(unlink(directory, name));
        return;
    }
    const auto gone = storage::finish_swap(directory, *note);
    if (gone && !gone->empty()) remove_tree(directory, gone->c_str());
}

/// A copy of a directory that is being made is locked, by this process or by another.
void LeftoverSweep::remove_if_given_up(int directory, const char* name) {
    struct stat status{};
    // A file that a folder took the place of, or a file's copy; what is neither of them cannot be locked.
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(status.st_mode)) {
        count(S_ISREG(status.st_mode) ? remove_if_left_over(directory, name) : unlink(directory, name));
        return;
    }
    const base::Fd copy = base::open_directory(directory, name);
    const int error = copy ? 0 : errno;
    if (error != 0 || ::flock(copy.get(), LOCK_EX | LOCK_NB) != 0) {
        // Where locks do not exist, nothing tells whether somebody is making it.
        if (may_pass(error) || (error == 0 && errno == EWOULDBLOCK)) found_ = true;
        return;
    }
    if (!trees_.has_room()) {
        found_ = true;
        return;
    }
    // The lock ends before the removal does. So the copy is renamed under the lock: its maker does not find it any
    // more.
    const std::string gone = storage::make_gone_name();
    if (const int failed = storage::lift_directory(directory, name, {directory, gone}); failed != 0) {
        if (may_pass(failed)) found_ = true;
        return;
    }
    remove_tree(directory, gone.c_str());
}

void LeftoverSweep::count(Outcome outcome) {
    if (outcome != Outcome::nothing) found_ = true;
    if (outcome == Outcome::removed) ++removed_;
}

LeftoverSweep::Outcome LeftoverSweep::unlink(int directory, const char* name) {
    base::Fd held = storage::hold_content(directory, name);
    if (const int error = storage::remove_own({directory, name}); error != 0) {
        return may_pass(error) ? Outcome::missed : Outcome::nothing;
    }
    disk_.close_later(std::move(held));
    return Outcome::removed;
}

LeftoverSweep::Outcome LeftoverSweep::remove_if_left_over(int directory, const char* name) {
    const base::Fd file(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return may_pass(errno) ? Outcome::missed : Outcome::nothing;
    struct stat status{};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return Outcome::nothing;
    // Where locks do not exist, nothing tells a leftover from a file that another process is writing.
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? Outcome::missed : Outcome::nothing;
    return unlink(directory, name);
}

/// Removes the bytes of a resumable upload whose state is gone. Young ones stay: a server whose root is above or below
/// this one may know them.
LeftoverSweep::Outcome LeftoverSweep::remove_if_orphan(int directory, const char* name, std::uint64_t number) {
    struct stat status{};
    const std::string state = std::string(kUploadDirectory) + "/" + state_name(number);
    if (::fstatat(root_.descriptor(), state.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return Outcome::nothing;
    if (errno != ENOENT) return Outcome::nothing;
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) {
        return Outcome::nothing;
    }
    if (clock_.unix_seconds() - status.st_mtim.tv_sec < orphan_age_s_) return Outcome::nothing;
    return unlink(directory, name);
}

void LeftoverSweep::register_counters(base::Counters& counters) {
    removed_shown_ = counters.add({base::counter("leftovers_removed", base::CounterKind::total,
                                                 "temporary files of ended processes that were removed", removed_)});
}

}  // namespace uploads
