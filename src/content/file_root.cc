// Resolution below the root by the kernel: one openat2 per path, no string comparison that a link could get around.
#include "content/file_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace content {
namespace {

/// openat2 gives EAGAIN when a rename elsewhere made it unsure whether ".." stayed below the root.
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

std::expected<base::Fd, FileError> open_below(int directory, std::string_view path, int flags, Symlinks symlinks) {
    const RelativePath relative(path);
    if (!relative.fits()) return std::unexpected(FileError{ENAMETOOLONG});
    struct open_how how{};
    // Beside O_PATH the kernel wants no flag that means nothing there.
    const int further = (flags & O_PATH) != 0 ? 0 : O_NONBLOCK | O_NOCTTY;
    how.flags = static_cast<decltype(how.flags)>(flags | O_CLOEXEC | further);
    how.resolve = resolve_flags(symlinks);
    int error = EAGAIN;
    for (int i = 0; i < kTries && (error == EAGAIN || error == EINTR); ++i) {
        const long number = ::syscall(SYS_openat2, directory, relative.text(), &how, sizeof how);
        if (number >= 0) return base::Fd(static_cast<int>(number));
        error = errno;
    }
    return std::unexpected(FileError{error});
}

std::expected<struct stat, FileError> stat_below(int directory, std::string_view path, int flags) {
    const RelativePath relative(path);
    if (!relative.fits()) return std::unexpected(FileError{ENAMETOOLONG});
    struct stat status;
    if (::fstatat(directory, relative.text(), &status, flags) != 0) return std::unexpected(FileError{errno});
    return status;
}

std::string absolute_name(const std::string& directory) {
    const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(directory.c_str(), nullptr), &std::free);
    return resolved != nullptr ? std::string(resolved.get()) : directory;
}

}  // namespace

FileRoot::FileRoot(base::Fd directory, std::string name, Symlinks symlinks)
    : directory_(std::move(directory)), name_(std::move(name)), symlinks_(symlinks) {}

std::expected<FileRoot, std::string> FileRoot::open(const std::string& directory, Symlinks symlinks) {
    base::Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) {
        return std::unexpected("cannot open the directory to serve, " + directory + ": " + std::strerror(errno));
    }
    FileRoot root(std::move(opened), absolute_name(directory), symlinks);
    const auto probe = root.open_directory("/");
    if (probe) return root;
    if (probe.error().number == ENOSYS || probe.error().number == EPERM) {
        return std::unexpected(std::string("this kernel (or the sandbox around this process) has no openat2; "
                                           "godwit needs Linux 5.6 or later to keep requests inside ") +
                               root.name());
    }
    return std::unexpected("cannot read the directory to serve, " + root.name() + ": " +
                           std::strerror(probe.error().number));
}

std::expected<base::Fd, FileError> FileRoot::open_for_reading(std::string_view path) const {
    return open_below(directory_.get(), path, O_RDONLY, symlinks_);
}

std::expected<base::Fd, FileError> FileRoot::open_directory(std::string_view path) const {
    return open_below(directory_.get(), path, O_RDONLY | O_DIRECTORY, symlinks_);
}

std::expected<struct stat, FileError> FileRoot::stat(std::string_view path) const {
    return stat_below(directory_.get(), path, symlinks_ == Symlinks::none ? AT_SYMLINK_NOFOLLOW : 0);
}

std::expected<struct stat, FileError> FileRoot::stat_name(std::string_view path) const {
    return stat_below(directory_.get(), path, AT_SYMLINK_NOFOLLOW);
}

std::expected<struct stat, FileError> FileRoot::stat_inside(std::string_view path) const {
    const auto found = open_below(directory_.get(), path, O_PATH, symlinks_);
    if (!found) return std::unexpected(found.error());
    struct stat status;
    if (::fstat(found->get(), &status) != 0) return std::unexpected(FileError{errno});
    return status;
}

bool is_hidden(std::string_view path) {
    constexpr std::string_view kWellKnown = "/.well-known";
    std::size_t at = 0;
    if (path.starts_with(kWellKnown) && (path.size() == kWellKnown.size() || path[kWellKnown.size()] == '/')) {
        at = kWellKnown.size();
    }
    return path.find("/.", at) != std::string_view::npos;
}

}  // namespace content
