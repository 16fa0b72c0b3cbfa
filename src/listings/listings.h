// GET and HEAD of a directory without an index file: its entries as a page, as JSON or as text, in order and with a tag
// while there are at most 10,000, by pages or as they come above. Called by static_files.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/fd.h"
#include "base/wake_queue.h"
#include "handler/handler.h"
#include "handler/rights.h"
#include "listings/listing_page.h"
#include "listings/listing_shares.h"
#include "storage/file_root.h"

namespace listings {

struct ListingsConfig {
    PageActions actions;        ///< what the page offers besides reading
    int compression_level = 0;  ///< 0 (never) to 9
    /// Of all listings that are being made or sent.
    std::size_t max_bytes = kListingsBytes;
};

class Listings {
public:
    /// The references must outlive this, and this every response made by it.
    Listings(const storage::FileRoot& root, base::WakeQueue& wakes, const base::Clock& clock, ListingsConfig config)
        : root_(root), wakes_(wakes), config_(config), shares_(clock, config.max_bytes) {}

    /// `request`: GET or HEAD of a path that ends in '/'. `directory`: what it names, open. 400 for a query that asks
    /// for what there is not, 406 when no form is acceptable. The page offers what `rights` allow.
    handler::Decision list(const http::Request& request, base::Fd directory, handler::Rights rights);

    /// Bytes that listings may still take.
    [[nodiscard]] std::size_t bytes_left() const { return shares_.bytes_left(); }

private:
    const storage::FileRoot& root_;
    base::WakeQueue& wakes_;
    ListingsConfig config_;
    ListingShares shares_;
};

}  // namespace listings
