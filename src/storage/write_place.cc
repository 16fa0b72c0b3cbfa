// Resolving and making the directories above a target.
#include "storage/write_place.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <utility>

#include "base/directory_stream.h"
#include "storage/directory_id.h"
#include "storage/name_calls.h"

namespace storage {
namespace {

/// Levels below the root at which directories are made. Each directory that an upload makes is held open until it is
/// durable, and every level costs a step of each walk down to it.
constexpr std::ptrdiff_t kMaxDirectoryDepth = 64;

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

WritePlace::WritePlace(const FileRoot& root, NewDirectories& made, std::string_view path)
    : root_(&root), made_(&made), moves_seen_(made.moves()), path_(path) {
    assert(path.size() > 1 && path.front() == '/');
    if (path.ends_with('/')) path.remove_suffix(1);
    name_ = last_segment(path);
}

WritePlace& WritePlace::operator=(WritePlace&& other) noexcept {
    if (this == &other) return *this;
    abandon();
    root_ = other.root_;
    made_ = other.made_;
    moves_seen_ = other.moves_seen_;
    path_ = std::move(other.path_);
    name_ = std::move(other.name_);
    directory_ = std::move(other.directory_);
    links_ = std::exchange(other.links_, {});
    missing_ = std::move(other.missing_);
    return *this;
}

std::expected<WritePlace, FileError> WritePlace::find(const FileRoot& root, NewDirectories& made,
                                                      std::string_view path) {
    WritePlace place(root, made, path);
    if (place.name_.size() > NAME_MAX) return std::unexpected(FileError{ENAMETOOLONG});
    const std::size_t end = (path.ends_with('/') ? path.size() - 1 : path.size()) - place.name_.size();
    const std::string_view parent = end == 1 ? path.substr(0, 1) : path.substr(0, end - 1);
    if (made.empty()) {
        auto opened = root.open_directory(parent);
        if (opened) {
            place.directory_ = base::share(std::move(*opened));
            return place;
        }
        if (opened.error().number != ENOENT) return std::unexpected(opened.error());
        if (std::ranges::count(parent, '/') > kMaxDirectoryDepth) return std::unexpected(FileError{E2BIG});
    }
    auto walked = place.walk(parent);
    if (!walked) return std::unexpected(walked.error());
    const bool is_too_deep = std::ranges::count(parent, '/') > kMaxDirectoryDepth;
    if (is_too_deep && place.has_missing_parents()) return std::unexpected(FileError{E2BIG});
    return place;
}

/// One level after the other, each resolved from the root: finds what is missing and what is not durable yet.
std::expected<void, FileError> WritePlace::walk(std::string_view parent) {
    auto top = root_->open_directory("/");
    if (!top) return std::unexpected(top.error());
    directory_ = base::share(std::move(*top));
    for (std::size_t at = 1; at < parent.size();) {
        const std::size_t end = std::min(parent.find('/', at), parent.size());
        const std::string_view prefix = parent.substr(0, end);
        // The kernel has not looked at the names below a missing directory yet.
        if (end - at > NAME_MAX) return std::unexpected(FileError{ENAMETOOLONG});
        at = end + 1;
        if (!missing_.empty()) {
            missing_.emplace_back(prefix);
            continue;
        }
        auto opened = root_->open_directory(prefix);
        if (!opened && opened.error().number == ENOENT) {
            missing_.emplace_back(prefix);
        } else if (!opened) {
            return std::unexpected(opened.error());
        } else if (made_->has(prefix)) {
            hold(std::move(*opened), prefix, Link::Maker::another);
        } else {
            directory_ = base::share(std::move(*opened));
        }
    }
    return {};
}

bool WritePlace::is_too_deep() const {
    const std::ptrdiff_t slashes = std::ranges::count(path_, '/');
    return slashes - (path_.ends_with('/') ? 1 : 0) > kMaxDirectoryDepth;
}

bool WritePlace::is_left_behind() const {
    if (made_->moves() == moves_seen_) return false;
    std::string_view path = has_missing_parents() ? std::string_view(missing_.front()) : std::string_view(path_);
    if (path.ends_with('/')) path.remove_suffix(1);
    const auto now = root_->open_directory(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)));
    return !now || DirectoryId::of(now->get()) != DirectoryId::of(directory());
}

void WritePlace::hold(base::Fd next, std::string_view path, Link::Maker maker) {
    links_.push_back({std::exchange(directory_, base::share(std::move(next))), std::string(last_segment(path)),
                      std::string(path), maker});
    made_->hold(links_.back().path);
}

std::expected<void, FileError> WritePlace::make_parents() {
    for (const std::string& path : missing_) {
        const std::string name(last_segment(path));
        const int error = make_directory_above(directory_->get(), name);
        const bool made = error == 0;
        if (!made && error != EEXIST) return std::unexpected(FileError{error});
        base::Fd next = base::open_directory(directory_->get(), name.c_str());
        if (!next) {
            const int failed = errno;
            if (made) remove_empty_directory(directory_->get(), name);
            return std::unexpected(FileError{failed});
        }
        hold(std::move(next), path, made ? Link::Maker::us : Link::Maker::another);
    }
    missing_.clear();
    return {};
}

std::expected<std::optional<struct stat>, FileError> WritePlace::status() const {
    if (is_left_behind()) return std::unexpected(FileError{ENOENT});
    if (has_missing_parents()) return std::nullopt;
    struct stat status{};
    if (::fstatat(directory_->get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
    if (errno == ENOENT) return std::nullopt;
    return std::unexpected(FileError{errno});
}

std::expected<std::optional<struct stat>, FileError> WritePlace::served_status() const {
    auto found = status();
    if (!found || !found->has_value() || !S_ISLNK((*found)->st_mode)) return found;
    const auto followed = root_->stat_inside(path_);
    if (followed) return *followed;
    const int error = followed.error().number;
    // A link that leads nowhere, out of the root, or round in circles.
    if (error == ENOENT || error == ENOTDIR || error == EXDEV || error == ELOOP) return std::nullopt;
    return std::unexpected(followed.error());
}

void WritePlace::set_name(std::string_view name) {
    path_.resize(path_.rfind('/') + 1);
    path_.append(name);
    name_ = name;
}

void WritePlace::keep() {
    for (Link& link : links_) link.maker = Link::Maker::another;
}

void WritePlace::note_synced(bool succeeded) {
    for (const Link& link : links_) {
        if (succeeded) {
            made_->note_durable(link.path);
        } else {
            made_->note_failed(link.path);
        }
    }
}

std::vector<base::SharedFd> WritePlace::changed_directories() const {
    std::vector<base::SharedFd> open{directory_};
    for (const Link& link : links_) open.push_back(link.parent);
    return open;
}

void WritePlace::abandon() {
    for (; !links_.empty(); links_.pop_back()) {
        const Link& link = links_.back();
        made_->release(link.path);
        if (link.maker == Link::Maker::us) remove_empty_directory(link.parent->get(), link.name);
    }
}

}  // namespace storage
