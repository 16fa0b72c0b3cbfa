#include "app/file_source.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/invariant.h"

namespace app {

std::optional<base::FileStamp> OwnFiles::stamp(const std::string& path) { return base::FileStamp::of(path); }

/// Never waits, whatever the name leads to.
std::expected<base::Fd, int> OwnFiles::open(const std::string& path) {
    base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return std::unexpected(errno);
    return file;
}

HandedFiles::HandedFiles(std::vector<std::string> paths) : paths_(std::move(paths)), files_(paths_.size()) {}

void HandedFiles::take(std::size_t number, std::expected<base::Fd, int> file) {
    if (number < files_.size()) files_[number] = std::move(file);
}

const std::optional<std::expected<base::Fd, int>>& HandedFiles::find(const std::string& path) const {
    const auto found = std::ranges::find(paths_, path);
    if (found == paths_.end()) base::fail_invariant("handed files", "asked", "for a path that nobody hands over");
    return files_[static_cast<std::size_t>(found - paths_.begin())];
}

/// An open file tells what happens to it; that its name leads to another one now is told by taking that one.
std::optional<base::FileStamp> HandedFiles::stamp(const std::string& path) {
    const auto& file = find(path);
    if (!file) return std::nullopt;
    return *file ? base::FileStamp::of((*file)->get()) : base::FileStamp();
}

std::expected<base::Fd, int> HandedFiles::open(const std::string& path) {
    const auto& file = find(path);
    if (!file) return std::unexpected(ENOENT);
    if (!*file) return std::unexpected(file->error());
    base::Fd copy(::fcntl((*file)->get(), F_DUPFD_CLOEXEC, 0));
    if (!copy) return std::unexpected(errno);
    return copy;
}

}  // namespace app
