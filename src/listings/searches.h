// GET and HEAD of a directory with ?search=: the names below it that are wanted, in the order of their paths, as a
// page, as JSON or as text, while they are found. Called by listings/listings.
#pragma once

#include <memory>
#include <string>

#include "base/fd.h"
#include "handler/handler.h"
#include "handler/rights.h"
#include "listings/listing_query.h"
#include "listings/listing_shares.h"
#include "listings/search_words.h"
#include "listings/sent_listing.h"
#include "media/media_type.h"
#include "storage/file_root.h"

namespace listings {

struct SearchesConfig {
    std::shared_ptr<const media::MediaTypes> media_types;
    std::shared_ptr<const handler::PathRights> grants;  ///< null: whoever may list sees every entry
    std::string index_name;                             ///< folders with a file of this name are not searched
};

class Searches {
public:
    /// The references must outlive this and every response made by it.
    Searches(const storage::FileRoot& root, ListingShares& shares, SearchesConfig config)
        : root_(root), shares_(shares), config_(std::move(config)) {}

    /// `request`: of a client that may list `directory`, which is open. 400 for a query that a search has no use for;
    /// 503 when listings and searches have used up their memory.
    handler::Decision find(const http::Request& request, base::Fd directory, SearchWords words,
                           const ListingQuery& query, const SentListing& sent);

private:
    const storage::FileRoot& root_;
    ListingShares& shares_;
    SearchesConfig config_;
};

}  // namespace listings
