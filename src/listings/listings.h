// GET and HEAD of a directory without an index file: its entries as a page, as JSON or as text. Up to 10,000 entries
// come in order and with a tag; more come by pages, or in the order of the file system. Called by the router.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/fd.h"
#include "base/wake_queue.h"
#include "handler/handler.h"
#include "handler/rights.h"
#include "listings/listing_page.h"
#include "listings/listing_shares.h"
#include "listings/searches.h"
#include "media/media_type.h"
#include "storage/file_root.h"

namespace listings {

struct ListingsConfig {
    PageActions actions;        ///< what the page offers besides reading
    int compression_level = 0;  ///< 0 (never) to 9
    std::shared_ptr<const media::MediaTypes> media_types = media::MediaTypes::built_in();
    std::string index_name;                             ///< searches leave out folders with a file of this name
    std::shared_ptr<const handler::PathRights> grants;  ///< null: whoever may list sees every entry
    /// Where visitors sign in and out; empty: there is no such page.
    std::string_view sign_in_path;
    std::string_view sign_out_path;
};

class Listings {
public:
    /// The references must outlive this, and this every response made by it.
    Listings(const storage::FileRoot& root, base::WakeQueue& wakes, ListingShares& shares, ListingsConfig config)
        : root_(root),
          wakes_(wakes),
          config_(std::move(config)),
          shares_(shares),
          searches_(root, shares,
                    {.media_types = config_.media_types, .grants = config_.grants, .index_name = config_.index_name}) {}

    /// `request`: GET or HEAD of a path that ends in '/'. `directory`: what it names, open. 400 for a query that is not
    /// understood, 406 when no form is acceptable. The page offers what `rights` allow. A drop box, whose entries may
    /// not be listed, is a page without entries. A query that searches is answered by Searches.
    handler::Decision list(const http::Request& request, base::Fd directory, handler::Rights rights);

private:
    [[nodiscard]] PageVisitor visitor_of(const http::Request& request) const;

    const storage::FileRoot& root_;
    base::WakeQueue& wakes_;
    ListingsConfig config_;
    ListingShares& shares_;
    Searches searches_;
};

}  // namespace listings
