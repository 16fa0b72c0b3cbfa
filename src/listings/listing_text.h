// A directory, or what was found below it, as plain text: one name or path a line, a slash behind those of folders. For
// shells. Made by listings/sent_listing.
#pragma once

#include "listings/listing_format.h"

namespace listings {

class ListingText final : public ListingFormat {
public:
    void opening(std::string&) override {}
    /// Control characters and bytes that are not UTF-8 as \xHH, a backslash as \\: a name cannot end its line, nor
    /// speak to a terminal, and can be read back.
    void row(std::string& out, const ListingEntry& entry) override;
    /// The field Link says where the next page is. That a search did not find all is said by a line of its own, which
    /// begins as no name does: with a backslash and a space.
    void closing(std::string& out, const ListingEnd& end) override;
};

}  // namespace listings
