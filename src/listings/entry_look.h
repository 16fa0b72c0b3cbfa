// Finds out what a name of a directory is, as a GET of it would: the status, behind a link that of its target. Called
// by listing_reader and search_source.
#pragma once

#include <string>
#include <string_view>

#include "listings/listing_item.h"
#include "storage/file_root.h"

namespace listings {

/// Where an entry is.
struct EntryPlace {
    int directory;            ///< descriptor of the directory that holds it
    const char* name;         ///< in it
    const std::string& path;  ///< decoded, below the root, without a slash at its end
};

class EntryLook {
public:
    /// `root` must outlive this.
    explicit EntryLook(const storage::FileRoot& root) : root_(&root) {}

    /// Notes in `item` what is there now; the name stays. A link counts as what it leads to under the root's policy,
    /// and is not shown when it leads nowhere or outside. False: there is nothing to show under this name (any more).
    /// What cannot be looked at for another reason is shown as unknown, and lack() says why.
    bool look(ListingItem& item, const EntryPlace& place);

    /// For the error log, when entries could not be looked at: that they are shown as unknown, and why the last one is.
    /// Empty when there was none. Static lifetime.
    [[nodiscard]] std::string_view lack() const;

private:
    bool fail(ListingItem& item, int error);

    const storage::FileRoot* root_;
    int error_ = 0;  ///< errno of the last entry that could not be looked at
};

}  // namespace listings
