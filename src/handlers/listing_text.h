// A directory as plain text: one name a line, a slash behind those of folders. For shells. Made by handlers/listings.
#pragma once

#include "content/listing_format.h"

namespace handlers {

class ListingText final : public content::ListingFormat {
public:
    void opening(std::string&) override {}
    /// Control characters and bytes that are not UTF-8 as \xHH, a backslash as \\: a name cannot end its line, nor
    /// speak to a terminal, and can be read back.
    void row(std::string& out, const content::ListingEntry& entry) override;
    /// Where the next page is stands in the field Link.
    void closing(std::string&, const content::ListingEnd&) override {}
};

}  // namespace handlers
