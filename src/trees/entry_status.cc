// One fstatat, and for a link what FileRoot finds.
#include "trees/entry_status.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace trees {
namespace {

/// Needs no call when everybody may read the entry.
bool may_read(const EntryPlace& place, const struct stat& status) {
    constexpr mode_t kAllRead = S_IRUSR | S_IRGRP | S_IROTH;
    if ((status.st_mode & kAllRead) == kAllRead) return true;
    return ::faccessat(place.directory, place.name, R_OK, AT_EACCESS) == 0 || errno != EACCES;
}

EntryStatus failed(int error) {
    EntryStatus found;
    switch (error) {
        case ENOENT:
        case ENOTDIR:
        case ELOOP:
        case EXDEV:
        case ENAMETOOLONG: return found;
        default: break;
    }
    found.kind = EntryStatus::Kind::unknown;
    found.error = error;
    return found;
}

}  // namespace

EntryStatus look_at_entry(const storage::FileRoot& root, const EntryPlace& place) {
    EntryStatus found;
    constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
    if (::fstatat(place.directory, place.name, &found.status, kFlags) != 0) return failed(errno);
    found.is_link = S_ISLNK(found.status.st_mode);
    if (found.is_link) {
        const auto target = root.stat_inside(place.path);
        if (!target) return failed(target.error().number);
        found.status = *target;
    }
    if (S_ISDIR(found.status.st_mode)) found.kind = EntryStatus::Kind::directory;
    if (S_ISREG(found.status.st_mode)) found.kind = EntryStatus::Kind::file;
    if (found.kind != EntryStatus::Kind::nothing) found.is_readable = may_read(place, found.status);
    return found;
}

}  // namespace trees
