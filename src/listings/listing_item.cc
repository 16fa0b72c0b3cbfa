// From stat, and to what formats write.
#include "listings/listing_item.h"

#include "storage/validators.h"

namespace listings {

void ListingItem::mark_unknown() {
    look({});
    access = ListingEntry::Access::unknown;
}

void ListingItem::look(const struct stat& status) {
    looked = Looked::yes;
    access = ListingEntry::Access::readable;
    bytes = is_directory() ? 0 : static_cast<std::uint64_t>(status.st_size);
    inode = status.st_ino;
    modified = status.st_mtim;
    changed = status.st_ctim;
}

ListingEntry ListingItem::entry(std::int64_t now, std::string& entity_tag) const {
    ListingEntry entry{.name = name,
                       .kind = kind,
                       .bytes = bytes,
                       .modified_seconds = modified.tv_sec,
                       .modified_ns = static_cast<std::uint32_t>(modified.tv_nsec),
                       .media_type = media_type,
                       .entity_tag = {},
                       .access = access};
    if (is_directory() || access == ListingEntry::Access::unknown) return entry;
    struct stat status{};
    status.st_ino = inode;
    status.st_size = static_cast<off_t>(bytes);
    status.st_mtim = modified;
    status.st_ctim = changed;
    entity_tag.clear();
    storage::append_entity_tag(entity_tag, status, storage::needs_weak_tag(status, now));
    entry.entity_tag = entity_tag;
    return entry;
}

}  // namespace listings
