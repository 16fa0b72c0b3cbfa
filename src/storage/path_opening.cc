// openat2, and the walk in its place.
#include "storage/path_opening.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <utility>

namespace storage {
namespace {

/// openat2 fails with EAGAIN when a concurrent rename made it unsure whether ".." stayed below the root.
constexpr int kTries = 32;

/// The path relative to the root, ended by NUL, without allocation.
class RelativePath {
public:
    explicit RelativePath(std::string_view path) {
        assert(!path.empty() && path.front() == '/');
        path.remove_prefix(1);
        if (path.empty()) path = ".";
        fits_ = path.size() < text_.size();
        if (!fits_) return;
        std::memcpy(text_.data(), path.data(), path.size());
        text_[path.size()] = '\0';
    }
    [[nodiscard]] bool fits() const { return fits_; }
    [[nodiscard]] const char* text() const { return text_.data(); }

private:
    std::array<char, PATH_MAX> text_;  // not initialised: only the path's bytes are written
    bool fits_;
};

decltype(open_how::resolve) resolve_flags(Symlinks symlinks) {
    switch (symlinks) {
        case Symlinks::inside: return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
        case Symlinks::none: return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
        case Symlinks::all: return RESOLVE_NO_MAGICLINKS;
    }
    return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
}

/// What is added to the flags of a request's path. With O_PATH other flags have no meaning, and openat2 refuses them.
int with_common(int flags) { return flags | O_CLOEXEC | ((flags & O_PATH) != 0 ? 0 : O_NONBLOCK | O_NOCTTY); }

std::expected<base::Fd, FileError> open_by_kernel(int directory, const char* path, int flags, Symlinks symlinks) {
    struct open_how how{};
    how.flags = static_cast<decltype(how.flags)>(with_common(flags));
    how.resolve = resolve_flags(symlinks);
    int error = EAGAIN;
    for (int i = 0; i < kTries && (error == EAGAIN || error == EINTR); ++i) {
        const long number = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (number >= 0) return base::Fd(static_cast<int>(number));
        error = errno;
    }
    return std::unexpected(FileError{error});
}

bool is_link(int directory, const char* name) {
    struct stat status{};
    return ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0 && S_ISLNK(status.st_mode);
}

/// One name, which may not be a link.
std::expected<base::Fd, FileError> open_name(int directory, const std::string& name, int flags) {
    base::Fd opened(::openat(directory, name.c_str(), with_common(flags) | O_NOFOLLOW));
    // A link is told as such: with O_DIRECTORY the kernel says that it is no directory, with O_PATH it opens the link.
    const int error = opened ? 0 : errno;
    const bool may_be_link = opened ? (flags & O_PATH) != 0 : error == ENOTDIR;
    if (may_be_link && is_link(opened ? opened.get() : directory, opened ? "" : name.c_str())) {
        return std::unexpected(FileError{ELOOP});
    }
    if (!opened) return std::unexpected(FileError{error});
    return opened;
}

std::expected<base::Fd, FileError> open_by_name(int directory, std::string_view path, int flags) {
    base::Fd above;
    const auto here = [&] { return above ? above.get() : directory; };
    while (true) {
        path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
        if (path.empty()) return open_name(here(), ".", flags);
        const std::string name(path.substr(0, path.find('/')));
        if (name == "..") return std::unexpected(FileError{EXDEV});
        path.remove_prefix(name.size());
        if (path.empty()) return open_name(here(), name, flags);
        auto next = open_name(here(), name, O_PATH | O_DIRECTORY);
        if (!next) return next;
        above = std::move(*next);
    }
}

}  // namespace

Resolver find_resolver(int directory) {
    const auto opened = open_by_kernel(directory, ".", O_PATH | O_DIRECTORY, Symlinks::inside);
    const bool is_closed = !opened && (opened.error().number == ENOSYS || opened.error().number == EPERM);
    return is_closed ? Resolver::by_name : Resolver::kernel;
}

std::expected<base::Fd, FileError> open_below(Resolver resolver, int directory, std::string_view path, int flags,
                                              Symlinks symlinks) {
    const RelativePath relative(path);
    if (!relative.fits()) return std::unexpected(FileError{ENAMETOOLONG});
    switch (resolver) {
        case Resolver::kernel: return open_by_kernel(directory, relative.text(), flags, symlinks);
        case Resolver::by_name: return open_by_name(directory, path, flags);
    }
    return std::unexpected(FileError{ENOSYS});
}

std::expected<struct stat, FileError> stat_below(int directory, std::string_view path) {
    const RelativePath relative(path);
    if (!relative.fits()) return std::unexpected(FileError{ENAMETOOLONG});
    struct stat status;
    if (::fstatat(directory, relative.text(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::unexpected(FileError{errno});
    return status;
}

}  // namespace storage
