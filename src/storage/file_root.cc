// What a path leads to, by path_opening. An absolute link is replaced in the text of a path (expand_first_link), and
// the kernel resolves the result again, so no comparison of strings decides what is inside.
#include "storage/file_root.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

namespace storage {
namespace {

/// How many missing names a path may end with when it passes through a link. No write makes as many directories.
constexpr int kMaxMissingNames = 64;

/// How many absolute links one path may pass through: as many as the kernel allows links in all.
constexpr int kMaxAbsoluteLinks = 40;

/// The target of the link at `path`; nullopt when what is there is no link. The error is why it could not be looked at.
std::expected<std::optional<std::string>, FileError> read_link(int directory, std::string_view path) {
    const auto link = open_below(Resolver::kernel, directory, path, O_PATH | O_NOFOLLOW, Symlinks::inside);
    if (!link) return std::unexpected(link.error());
    std::array<char, PATH_MAX> text;
    const ssize_t length = ::readlinkat(link->get(), "", text.data(), text.size());
    // The kernel says ENOENT for an open file that is no link.
    if (length < 0 && (errno == ENOENT || errno == EINVAL)) return std::nullopt;
    if (length < 0) return std::unexpected(FileError{errno});
    if (static_cast<std::size_t>(length) == text.size()) return std::unexpected(FileError{ENAMETOOLONG});
    return std::string(text.data(), static_cast<std::size_t>(length));
}

/// The same path with its first link replaced by the link's target below the root named `root`; nullopt when there is
/// no link in it, or one that leads elsewhere. This makes a text only. The kernel resolves it below the root like any
/// other path, so links that change meanwhile cannot lead outside.
std::expected<std::string, FileError> expand_first_link(int directory, std::string_view root, std::string_view path) {
    for (std::size_t end = 0; end != path.size();) {
        const std::size_t begin = end;
        end = std::min(path.find('/', begin + 1), path.size());
        const auto found = read_link(directory, path.substr(0, end));
        if (!found) return std::unexpected(found.error());
        const std::optional<std::string>& link = *found;
        if (!link) continue;
        if (!link->starts_with('/'))
            return std::string(path.substr(0, begin)) + "/" + *link + std::string(path.substr(end));
        const bool leads_inside = link->starts_with(root) &&
                                  (root.ends_with('/') || link->size() == root.size() || (*link)[root.size()] == '/');
        if (!leads_inside) return std::unexpected(FileError{EXDEV});
        std::string expanded = link->substr(root.size()).append(path.substr(end));
        expanded.erase(0, expanded.find_first_not_of('/'));
        return "/" + expanded;
    }
    return std::unexpected(FileError{EXDEV});
}

/// True when `name` still leads to what is open.
bool is_named(int descriptor, const std::string& name) {
    struct stat open{};
    struct stat named{};
    return ::fstat(descriptor, &open) == 0 && ::lstat(name.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
           open.st_ino == named.st_ino;
}

/// The absolute name of what is open. ENOENT when it has none any more, ENOSYS where /proc is not mounted.
std::expected<std::string, FileError> name_of(int descriptor) {
    std::array<char, PATH_MAX> text;
    const std::string entry = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t length = ::readlink(entry.c_str(), text.data(), text.size());
    if (length < 0) return std::unexpected(FileError{ENOSYS});
    if (static_cast<std::size_t>(length) == text.size()) return std::unexpected(FileError{ENAMETOOLONG});
    std::string name(text.data(), static_cast<std::size_t>(length));
    // The kernel writes this behind a name that is gone, but a name may also end so.
    if (name.ends_with(" (deleted)") && !is_named(descriptor, name)) return std::unexpected(FileError{ENOENT});
    return name;
}

std::string absolute_name(const std::string& directory) {
    const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(directory.c_str(), nullptr), &std::free);
    return resolved != nullptr ? std::string(resolved.get()) : directory;
}

}  // namespace

FileRoot::FileRoot(base::Fd directory, std::string name, Resolver resolver, Symlinks symlinks)
    : directory_(base::share(std::move(directory))),
      name_(std::move(name)),
      resolver_(resolver),
      symlinks_(resolver == Resolver::by_name ? Symlinks::none : symlinks) {}

std::expected<FileRoot, std::string> FileRoot::open(const std::string& directory, Symlinks symlinks,
                                                    std::optional<Resolver> resolver) {
    base::Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) {
        return std::unexpected("cannot open the directory to serve, " + directory + ": " + std::strerror(errno));
    }
    if (!resolver) resolver = find_resolver(opened.get());
    FileRoot root(std::move(opened), absolute_name(directory), *resolver, symlinks);
    const auto probe = root.open_directory("/");
    if (probe) return root;
    return std::unexpected("cannot read the directory to serve, " + root.name() + ": " +
                           std::strerror(probe.error().number));
}

/// RESOLVE_BENEATH refuses every absolute link, even one that leads inside the root.
std::expected<base::Fd, FileError> FileRoot::open_path(std::string_view path, int flags) const {
    auto opened = open_below(resolver_, directory_->get(), path, flags, symlinks_);
    std::string expanded;
    for (int i = 0; i < kMaxAbsoluteLinks; ++i) {
        if (opened || opened.error().number != EXDEV || symlinks_ != Symlinks::inside) return opened;
        auto next = expand_first_link(directory_->get(), name_, expanded.empty() ? path : expanded);
        if (!next) return std::unexpected(next.error());
        expanded = std::move(*next);
        opened = open_below(resolver_, directory_->get(), expanded, flags, symlinks_);
    }
    return opened;
}

std::expected<base::Fd, FileError> FileRoot::open_for_reading(std::string_view path) const {
    return open_path(path, O_RDONLY);
}

std::expected<base::Fd, FileError> FileRoot::open_directory(std::string_view path) const {
    auto directory = open_path(path, O_RDONLY | O_DIRECTORY);
    // A directory that was removed while it is open looks empty, and a program that synchronises would remove all that
    // it has. That the root is gone is a fault, since it may come back: whoever mounts it anew starts the server again.
    struct stat status{};
    if (directory && ::fstat(directory->get(), &status) == 0 && status.st_nlink == 0) {
        return std::unexpected(FileError{path == "/" ? ESTALE : ENOENT});
    }
    return directory;
}

std::expected<FileRoot::Found, FileError> FileRoot::find(std::string_view path) const {
    // A name directly below the root passes no link but its own, so one call tells what otherwise takes three.
    if (path.rfind('/') == 0) {
        const auto status = stat_directly(path);
        if (!status) return std::unexpected(status.error());
        if (!S_ISLNK(status->st_mode)) return Found{.status = *status, .passes_link = false};
    }
    Found found;
    auto opened = open_below(resolver_, directory_->get(), path, O_PATH, Symlinks::none);
    if (!opened && opened.error().number == ELOOP && symlinks_ != Symlinks::none) {
        found.passes_link = true;
        opened = open_path(path, O_PATH);
    }
    if (!opened) return std::unexpected(opened.error());
    if (::fstat(opened->get(), &found.status) != 0) return std::unexpected(FileError{errno});
    return found;
}

std::expected<struct stat, FileError> FileRoot::stat_inside(std::string_view path) const {
    const auto found = find(path);
    if (!found) return std::unexpected(found.error());
    return found->status;
}

std::expected<struct stat, FileError> FileRoot::stat_directly(std::string_view path) const {
    return stat_below(directory_->get(), path);
}

/// The path of what is open below the root, without links.
std::expected<std::string, FileError> FileRoot::path_of(int descriptor) const {
    // The root's name is asked for again, because somebody may have renamed the root since the start.
    const auto root = name_of(directory_->get());
    auto name = name_of(descriptor);
    if (!root || !name) return std::unexpected(root ? name.error() : root.error());
    if (*name == *root) return "/";
    if (*root == "/") return name;
    if (!name->starts_with(*root) || (*name)[root->size()] != '/') return std::unexpected(FileError{EXDEV});
    return name->substr(root->size());
}

std::expected<std::string, FileError> FileRoot::find_real_path(std::string_view path) const {
    // With Symlinks::none the kernel fails with ELOOP at the first link. When it succeeds, or stops at a name that is
    // missing or closed to it, it met none.
    const auto direct = open_below(resolver_, directory_->get(), path, O_PATH, Symlinks::none);
    const int error = direct ? 0 : direct.error().number;
    const bool is_direct = error == 0 || error == ENOENT || error == ENOTDIR || error == EACCES;
    if (is_direct) return std::string(path);
    if (error != ELOOP || symlinks_ == Symlinks::none) return std::unexpected(FileError{error});
    std::size_t end = path.size() - (path.ends_with('/') ? 1 : 0);
    for (int i = 0; i < kMaxMissingNames && end > 0; ++i) {
        const auto opened = open_path(path.substr(0, end), O_PATH);
        if (opened) {
            auto real = path_of(opened->get());
            if (!real) return real;
            if (*real == "/" && end < path.size()) real->clear();
            return real->append(path.substr(end));
        }
        if (opened.error().number != ENOENT && opened.error().number != ENOTDIR) return std::unexpected(opened.error());
        end = path.rfind('/', end - 1);
    }
    // A link directly below the root leads to nothing.
    if (end == 0) return std::string(path);
    return std::unexpected(FileError{ENOENT});
}

std::expected<struct stat, FileError> FileRoot::stat_name_inside(std::string_view path) const {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    if (path.size() == 1) return stat_directly(path);
    const auto parent = open_path(slash == 0 ? "/" : path.substr(0, slash), O_PATH | O_DIRECTORY);
    if (!parent) return std::unexpected(parent.error());
    return stat_below(parent->get(), path.substr(slash));
}

}  // namespace storage
