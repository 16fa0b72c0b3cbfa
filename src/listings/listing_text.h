// A directory as plain text: one name a line, a slash behind those of folders. For shells. Made by listings/listings.
#pragma once

#include "listings/listing_format.h"

namespace listings {

class ListingText final : public ListingFormat {
public:
    void opening(std::string&) override {}
    /// Control characters and bytes that are not UTF-8 as \xHH, a backslash as \\: a name cannot end its line, nor
    /// speak to a terminal, and can be read back.
    void row(std::string& out, const ListingEntry& entry) override;
    /// Where the next page is stands in the field Link.
    void closing(std::string&, const ListingEnd&) override {}
};

}  // namespace listings
