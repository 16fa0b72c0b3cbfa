// From what trees finds to an item.
#include "listings/entry_look.h"

#include "storage/write_error.h"

namespace listings {

bool EntryLook::look(ListingItem& item, const trees::EntryPlace& place) {
    using Kind = trees::EntryStatus::Kind;
    const trees::EntryStatus found = trees::look_at_entry(*root_, place);
    switch (found.kind) {
        case Kind::nothing: return false;
        case Kind::unknown:
            // A listing without it would look as if it had been removed.
            item.mark_unknown();
            error_ = found.error;
            return true;
        case Kind::directory: item.kind = ListingEntry::Kind::directory; break;
        case Kind::file: item.kind = ListingEntry::Kind::file; break;
    }
    item.look(found.status);
    if (!found.is_readable) item.access = ListingEntry::Access::forbidden;
    return true;
}

std::string_view EntryLook::lack() const {
    static const storage::ErrorSentences sentences("entries of a directory could not be looked at (",
                                                   "); its listing shows them as unknown");
    return error_ == 0 ? std::string_view() : sentences.of(error_);
}

}  // namespace listings
