// Uses readdir with its buffer of 32 KiB: getdents64 with larger buffers was not faster, nor was statx faster than
// fstatat.
#include "listings/listing_reader.h"

#include <cerrno>
#include <string_view>
#include <utility>

#include "media/media_type.h"

namespace listings {

ListingReader::ListingReader(const storage::FileRoot& root, const media::MediaTypes& types, base::Fd directory,
                             std::string path, handler::VisibleEntries visible)
    : root_(root),
      types_(types),
      path_(std::move(path)),
      stream_(std::move(directory)),
      look_(root),
      visible_(std::move(visible)) {
    if (!stream_) error_ = errno;
}

ListingReader::Step ListingReader::next() {
    if (!stream_) return Step::failed;
    const dirent* const found = stream_.next();
    if (found == nullptr) {
        error_ = errno;
        return error_ == 0 ? Step::end : Step::failed;
    }
    if (!root_.is_listed(static_cast<const char*>(found->d_name))) return Step::passed;
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
    entry_path_.assign(path_).append(item.name);
    return look_.look(item, {.directory = stream_.descriptor(), .name = item.name.c_str(), .path = entry_path_});
}

bool ListingReader::is_visible(const ListingItem& item) {
    entry_path_.assign(path_).append(item.name);
    return item.is_directory() ? visible_.has_directory(entry_path_) : visible_.has_file(entry_path_);
}

}  // namespace listings
