// Compares stats. A directory's stamps tell whether names came or went in it; each sidecar that exists has a stat of
// its own.
#include "storage/path_watch.h"

#include <algorithm>
#include <cstring>

#include "storage/validators.h"

namespace storage {
namespace {

std::string_view directory_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

bool is_same(const PathWatch::Sidecar& a, const PathWatch::Sidecar& b) {
    if (a.exists != b.exists) return false;
    if (!a.exists) return true;
    return a.error == b.error && (a.error != 0 || is_same_version(a.status, b.status));
}

}  // namespace

SidecarPath::SidecarPath(std::string_view path, std::string_view suffix) {
    // FileRoot refuses a longer path, and this one stays too long.
    const std::size_t kept = std::min(path.size(), kMaxBytes - suffix.size());
    std::memcpy(text_.data(), path.data(), kept);
    std::memcpy(text_.data() + kept, suffix.data(), suffix.size());
    length_ = kept + suffix.size();
}

std::expected<struct stat, FileError> PathWatch::look(const FileRoot& root, std::string_view path) {
    const auto found = root.find(path);
    if (!found) return std::unexpected(found.error());
    passes_link_ = found->passes_link;
    return found->status;
}

std::expected<struct stat, FileError> PathWatch::status_of(const FileRoot& root, std::string_view path) const {
    return passes_link_ ? root.stat_inside(path) : root.stat_directly(path);
}

PathWatch::Sidecar PathWatch::see(const FileRoot& root, std::string_view path, std::string_view suffix) const {
    const SidecarPath name(path, suffix);
    Sidecar seen;
    auto status = passes_link_ ? root.stat_name_inside(name.view()) : root.stat_directly(name.view());
    if (!status) return seen;
    seen.exists = true;
    if (S_ISLNK(status->st_mode)) status = root.stat_inside(name.view());
    if (status) {
        seen.status = *status;
    } else {
        seen.error = status.error().number;
    }
    return seen;
}

void PathWatch::look_at_sidecars(const FileRoot& root, std::string_view path, base::UnixNs now) {
    // The directory first: any later change in it gives it new stamps.
    const auto directory = status_of(root, directory_of(path));
    names_ = Names::one_by_one;
    if (directory) {
        directory_ = *directory;
        if (!is_young(directory_, now)) names_ = Names::by_stamp;
    }
    for (std::size_t i = 0; i < kSidecarSuffixes.size(); ++i) sidecars_[i] = see(root, path, kSidecarSuffixes[i]);
}

bool PathWatch::holds(const FileRoot& root, std::string_view path, base::UnixNs now) {
    const auto status = status_of(root, path);
    if (!status || !is_same_version(*status, file_)) return false;
    return names_ == Names::unwatched || sidecars_hold(root, path, now);
}

bool PathWatch::sidecars_hold(const FileRoot& root, std::string_view path, base::UnixNs now) {
    const auto directory = status_of(root, directory_of(path));
    if (!directory) return false;
    const bool same_names = names_ == Names::by_stamp && is_same_version(*directory, directory_);
    for (std::size_t i = 0; i < kSidecarSuffixes.size(); ++i) {
        if (same_names && !sidecars_[i].exists) continue;
        if (!is_same(see(root, path, kSidecarSuffixes[i]), sidecars_[i])) return false;
    }
    if (same_names) return true;
    directory_ = *directory;
    names_ = is_young(directory_, now) ? Names::one_by_one : Names::by_stamp;
    return true;
}

}  // namespace storage
