// A directory as JSON (RFC 8259): one object, one line for each entry. Made by listings/sent_listing.
#pragma once

#include "listings/listing_format.h"

namespace listings {

class ListingJson final : public ListingFormat {
public:
    explicit ListingJson(ListingView view) : view_(std::move(view)) {}

    void opening(std::string& out) override;
    /// "name" has U+FFFD for every byte that is not UTF-8; "href" leads to the entry whatever its name is.
    void row(std::string& out, const ListingEntry& entry) override;
    void closing(std::string& out, const ListingEnd& end) override;

private:
    ListingView view_;
    enum class Rows : std::uint8_t { none, some } rows_ = Rows::none;
};

}  // namespace listings
