// Notes in an item of a listing what a name of a directory is, and remembers what could not be looked at. Called by
// listing_reader and search_source.
#pragma once

#include <string_view>

#include "listings/listing_item.h"
#include "storage/file_root.h"
#include "trees/entry_status.h"

namespace listings {

class EntryLook {
public:
    /// `root` must outlive this.
    explicit EntryLook(const storage::FileRoot& root) : root_(&root) {}

    /// Notes in `item` what is there now; the name stays. False: there is nothing to show under this name (any more).
    /// What cannot be looked at is shown as unknown, and lack() says why.
    bool look(ListingItem& item, const trees::EntryPlace& place);

    /// For the error log, when entries could not be looked at: that they are shown as unknown, and why the last one is.
    /// Empty when there was none. Static lifetime.
    [[nodiscard]] std::string_view lack() const;

private:
    const storage::FileRoot* root_;
    int error_ = 0;  ///< errno of the last entry that could not be looked at
};

}  // namespace listings
