// A directory as a page for browsers: folders and files with sizes and times. Made by handlers/static_files, written
// entry by entry by content/listing_source.
#pragma once

#include <string>

#include "content/listing_format.h"

namespace handlers {

class ListingPage final : public content::ListingFormat {
public:
    explicit ListingPage(content::ListingView view);

    void opening(std::string& out) override;
    void row(std::string& out, const content::ListingEntry& entry) override;
    void closing(std::string& out, const content::ListingEnd& end) override;

private:
    content::ListingView view_;
};

}  // namespace handlers
