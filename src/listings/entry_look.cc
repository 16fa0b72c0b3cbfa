// One fstatat, and for a link what FileRoot finds.
#include "listings/entry_look.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "storage/write_error.h"

namespace listings {
namespace {

/// Needs no call when everybody may read the entry.
bool may_read(const EntryPlace& place, const struct stat& status) {
    constexpr mode_t kAllRead = S_IRUSR | S_IRGRP | S_IROTH;
    if ((status.st_mode & kAllRead) == kAllRead) return true;
    return ::faccessat(place.directory, place.name, R_OK, AT_EACCESS) == 0 || errno != EACCES;
}

}  // namespace

bool EntryLook::look(ListingItem& item, const EntryPlace& place) {
    struct stat status;
    constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
    if (::fstatat(place.directory, place.name, &status, kFlags) != 0) return fail(item, errno);
    if (S_ISLNK(status.st_mode)) {
        const auto target = root_->stat_inside(place.path);
        if (!target) return fail(item, target.error().number);
        status = *target;
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return false;
    item.kind = S_ISDIR(status.st_mode) ? ListingEntry::Kind::directory : ListingEntry::Kind::file;
    item.look(status);
    if (!may_read(place, status)) item.access = ListingEntry::Access::forbidden;
    return true;
}

/// What is gone or leads nowhere is not shown. Any other error does not prove that the entry is gone: a listing without
/// it would look as if it had been removed.
bool EntryLook::fail(ListingItem& item, int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
        case ELOOP:
        case EXDEV:
        case ENAMETOOLONG: return false;
        default: break;
    }
    item.mark_unknown();
    error_ = error;
    return true;
}

std::string_view EntryLook::lack() const {
    static const storage::ErrorSentences sentences("entries of a directory could not be looked at (",
                                                   "); its listing shows them as unknown");
    return error_ == 0 ? std::string_view() : sentences.of(error_);
}

}  // namespace listings
