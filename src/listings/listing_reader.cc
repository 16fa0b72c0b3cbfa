// Uses readdir with its buffer of 32 KiB: getdents64 with larger buffers was not faster, nor was statx faster than
// fstatat.
#include "listings/listing_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "media/media_type.h"
#include "storage/write_error.h"

namespace listings {

ListingReader::ListingReader(const storage::FileRoot& root, const media::MediaTypes& types, base::Fd directory,
                             std::string path, handler::VisibleEntries visible)
    : root_(root), types_(types), path_(std::move(path)), stream_(std::move(directory)), visible_(std::move(visible)) {
    if (!stream_) error_ = errno;
}

ListingReader::Step ListingReader::next() {
    if (!stream_) return Step::failed;
    const dirent* const found = stream_.next();
    if (found == nullptr) {
        error_ = errno;
        return error_ == 0 ? Step::end : Step::failed;
    }
    if (found->d_name[0] == '.') return Step::passed;
    item_.name.assign(static_cast<const char*>(found->d_name));
    item_.looked = ListingItem::Looked::no;
    item_.access = ListingEntry::Access::readable;
    item_.kind = ListingEntry::Kind::file;
    switch (found->d_type) {
        case DT_DIR: item_.kind = ListingEntry::Kind::directory; break;
        case DT_REG: item_.kind = ListingEntry::Kind::file; break;
        case DT_LNK:
        case DT_UNKNOWN:
            if (!look(item_)) return Step::passed;
            break;
        default: return Step::passed;
    }
    if (!visible_.are_all() && !is_visible(item_)) return Step::passed;
    item_.media_type = item_.is_directory() ? std::string_view() : types_.type_of(item_.name);
    return Step::item;
}

bool ListingReader::look(ListingItem& item) {
    struct stat status;
    constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
    if (::fstatat(stream_.descriptor(), item.name.c_str(), &status, kFlags) != 0) return look_failed(item, errno);
    if (S_ISLNK(status.st_mode)) {
        entry_path_.assign(path_).append(item.name);
        const auto target = root_.stat_inside(entry_path_);
        if (!target) return look_failed(item, target.error().number);
        status = *target;
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return false;
    item.kind = S_ISDIR(status.st_mode) ? ListingEntry::Kind::directory : ListingEntry::Kind::file;
    item.look(status);
    if (!may_read(item, status)) item.access = ListingEntry::Access::forbidden;
    return true;
}

bool ListingReader::is_visible(const ListingItem& item) {
    entry_path_.assign(path_).append(item.name);
    return item.is_directory() ? visible_.has_directory(entry_path_) : visible_.has_file(entry_path_);
}

/// What is gone or leads nowhere is not shown. Any other error does not prove that the entry is gone: a listing without
/// it would look as if it had been removed.
bool ListingReader::look_failed(ListingItem& item, int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
        case ELOOP:
        case EXDEV:
        case ENAMETOOLONG: return false;
        default: break;
    }
    item.mark_unknown();
    look_error_ = error;
    return true;
}

std::string_view ListingReader::lack() const {
    static const storage::ErrorSentences sentences("entries of a directory could not be looked at (",
                                                   "); its listing shows them as unknown");
    return look_error_ == 0 ? std::string_view() : sentences.of(look_error_);
}

/// Needs no call when everybody may read the entry.
bool ListingReader::may_read(const ListingItem& item, const struct stat& status) const {
    constexpr mode_t kAllRead = S_IRUSR | S_IRGRP | S_IROTH;
    if ((status.st_mode & kAllRead) == kAllRead) return true;
    return ::faccessat(stream_.descriptor(), item.name.c_str(), R_OK, AT_EACCESS) == 0 || errno != EACCES;
}

}  // namespace listings
