// A walk that follows no link and that holds one descriptor per level.
#include "uploads/leftover_sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <memory>
#include <vector>

#include "base/fd.h"
#include "storage/name_calls.h"
#include "storage/temporary_file.h"
#include "uploads/upload_state.h"

namespace uploads {
namespace {

/// Deeper trees than this are not walked to their end: each level holds a descriptor.
constexpr std::size_t kMaxDepth = 64;

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Directory open_below(int parent, const char* name) {
    const int number = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (number < 0) return nullptr;
    DIR* const opened = ::fdopendir(number);
    if (opened == nullptr) ::close(number);
    return Directory(opened);
}

bool remove_if_left_over(int directory, const char* name) {
    const base::Fd file(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
    return storage::remove_own({directory, name}) == 0;
}

/// The bytes of a resumable upload whose state is gone. Young ones stay: another server may know them whose root is
/// above or below this one.
bool remove_if_orphan(int root, int directory, const char* name, std::uint64_t number, std::int64_t older_than_s) {
    struct stat status{};
    const std::string state = std::string(kUploadDirectory) + "/" + state_name(number);
    if (::fstatat(root, state.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT) return false;
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) return false;
    if (::time(nullptr) - status.st_mtim.tv_sec < older_than_s) return false;
    return storage::remove_own({directory, name}) == 0;
}

bool is_directory(int parent, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
    struct stat status{};
    return ::fstatat(parent, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

bool is_dot_or_dot_dot(std::string_view name) { return name == "." || name == ".."; }

}  // namespace

std::size_t sweep_leftovers(const storage::FileRoot& root, std::size_t max_entries, std::int64_t uploads_older_than_s) {
    std::size_t removed = 0;
    std::vector<Directory> open;
    if (Directory top = open_below(root.descriptor(), ".")) open.push_back(std::move(top));
    for (std::size_t seen = 0; !open.empty() && seen < max_entries; ++seen) {
        DIR* const directory = open.back().get();
        const int descriptor = ::dirfd(directory);
        const dirent* const entry = ::readdir(directory);
        if (entry == nullptr) {
            open.pop_back();
        } else if (storage::is_temporary_name(entry->d_name)) {
            if (remove_if_left_over(descriptor, entry->d_name)) ++removed;
        } else if (const auto number = parse_partial_name(entry->d_name)) {
            const int top = root.descriptor();
            if (remove_if_orphan(top, descriptor, entry->d_name, *number, uploads_older_than_s)) ++removed;
        } else if (open.size() < kMaxDepth && !is_dot_or_dot_dot(entry->d_name) && is_directory(descriptor, *entry)) {
            if (Directory below = open_below(descriptor, entry->d_name)) open.push_back(std::move(below));
        }
    }
    return removed;
}

}  // namespace uploads
