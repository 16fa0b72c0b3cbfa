// A walk from the top down that removes on its way up.
#include "storage/tree_removal.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "storage/name_calls.h"

namespace storage {
namespace {

constexpr std::string_view kSuffix = ".gone";

/// Directories that wait; more are refused. Each holds a descriptor of the directory above.
constexpr std::size_t kMostTrees = 64;
/// Each level holds a descriptor. What is deeper is lifted to the top, and becomes a tree of its own.
constexpr std::size_t kMaxDepth = 32;
/// What one slice may cost, counted in entries that are only read (a quarter of a microsecond each).
constexpr std::size_t kSliceCost = 2'000;
constexpr std::size_t kDirectoryCost = 64;
constexpr std::size_t kRemovalCost = 64;
/// The pause between two slices, in which the loop serves requests.
constexpr base::MonotonicMs kSliceEveryMs = 2;
/// The pause while the machine lacks something.
constexpr base::MonotonicMs kWaitMs = 1'000;

/// A lack of the machine, not a fact about the directory.
bool may_pass(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM || error == EINTR; }

/// True when something is mounted at the open directory, also a part of the same file system.
bool is_mount(int directory, int parent) {
    struct statx here{};
    if (::statx(directory, "", AT_EMPTY_PATH, STATX_TYPE, &here) == 0 &&
        (here.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0) {
        return (here.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    }
    struct stat inside{};
    struct stat outside{};
    const bool is_known = ::fstat(directory, &inside) == 0 && ::fstat(parent, &outside) == 0;
    return !is_known || inside.st_dev != outside.st_dev;
}

}  // namespace

bool is_gone_name(std::string_view name) { return is_unfinished_name(name, kSuffix); }

std::string make_gone_name() { return make_unfinished_name(kSuffix); }

bool TreeRemoval::has_room() const { return trees_.size() < kMostTrees; }

void TreeRemoval::add(base::SharedFd directory, std::string name) {
    const auto is_same = [&name](const Tree& tree) { return tree.name == name; };
    if (std::ranges::any_of(trees_, is_same)) return;
    trees_.push_back({std::move(directory), std::move(name)});
    if (!due_ms_) due_ms_ = clock_.now_ms();
}

void TreeRemoval::advance() {
    is_waiting_ = false;
    for (std::size_t cost = 0; cost < kSliceCost && !trees_.empty() && !is_waiting_;) cost += step();
    due_ms_.reset();
    if (!trees_.empty()) due_ms_ = clock_.now_ms() + (is_waiting_ ? kWaitMs : kSliceEveryMs);
}

/// One entry. Returns what it cost.
std::size_t TreeRemoval::step() {
    if (open_.empty()) {
        enter(trees_.front().directory->get(), trees_.front().name);
        return kDirectoryCost;
    }
    const dirent* const entry = open_.back().stream.next();
    if (entry == nullptr) return end_level();
    if (base::is_dot_or_dot_dot(*entry)) return 1;
    take(*entry);
    return kRemovalCost;
}

void TreeRemoval::take(const dirent& entry) {
    Level& level = open_.back();
    const int directory = level.stream.descriptor();
    const std::string name = entry.d_name;
    if (!base::is_directory(directory, entry)) {
        base::Fd held = hold_content(directory, name);
        const int error = remove_gone_entry(directory, name);
        if (error != 0 && error != ENOENT) return;
        disk_.close_later(std::move(held));
        level.removed = true;
        ++removed_;
        return;
    }
    if (open_.size() < kMaxDepth) return enter(directory, name);
    // It is removed first, and then the walk begins again, so that only as many wait as there are levels.
    base::SharedFd top = trees_.front().directory;
    std::string lifted = make_gone_name();
    if (lift_directory(directory, name, {top->get(), lifted}) != 0) return;
    open_.clear();
    trees_.push_front({std::move(top), std::move(lifted)});
}

void TreeRemoval::enter(int parent, const std::string& name) {
    base::Fd directory = base::open_directory(parent, name.c_str());
    const int error = directory ? 0 : errno;
    if (error == ENOENT) {
        // Another server with the same root may remove it, too.
        if (open_.empty()) trees_.pop_front();
        return;
    }
    if (may_pass(error)) return wait();
    base::DirectoryStream stream(std::move(directory));
    if (!stream || is_mount(stream.descriptor(), parent)) {
        if (open_.empty()) give_up();
        return;
    }
    open_.push_back({std::move(stream), name});
}

int TreeRemoval::parent_of_last() const {
    if (open_.size() == 1) return trees_.front().directory->get();
    return open_[open_.size() - 2].stream.descriptor();
}

/// All entries were read. Entries that came meanwhile, or that reading passed over because others went, are met when
/// the directory is read again.
std::size_t TreeRemoval::end_level() {
    const int error = remove_empty_directory(parent_of_last(), open_.back().name);
    if (error == ENOTEMPTY && std::exchange(open_.back().removed, false)) {
        open_.back().stream.rewind();
        return kDirectoryCost;
    }
    const bool is_gone = error == 0 || error == ENOENT;
    // The file system frees the directory at its last close, which takes some of them milliseconds.
    if (is_gone) disk_.close_later(base::Fd(::fcntl(open_.back().stream.descriptor(), F_DUPFD_CLOEXEC, 0)));
    open_.pop_back();
    if (is_gone) ++removed_;
    if (is_gone && open_.empty()) {
        trees_.pop_front();
    } else if (is_gone) {
        open_.back().removed = true;
    } else if (open_.empty()) {
        give_up();
    }
    return kDirectoryCost;
}

/// What is left of the first tree stays until the next start of the server, which tries again.
void TreeRemoval::give_up() {
    ++given_up_;
    trees_.pop_front();
}

/// A lack of the machine ends some time: the directory that could not be opened is met again then.
void TreeRemoval::wait() {
    if (!open_.empty()) open_.back().removed = true;
    is_waiting_ = true;
}

void TreeRemoval::register_counters(base::Counters& counters) {
    using enum base::CounterKind;
    shown_ = counters.add({
        base::counter("trees_entries_removed", total, "files and folders removed with the folder that held them",
                      removed_),
        base::counter("trees_given_up", total, "folders deleted of which a part could not be removed", given_up_),
        {"trees_waiting", gauge, "deleted folders that still take space", [this] { return trees_.size(); }},
    });
}

}  // namespace storage
