// A directory as JSON (RFC 8259): one object, one line for each entry. Made by handlers/listings.
#pragma once

#include "content/listing_format.h"

namespace handlers {

class ListingJson final : public content::ListingFormat {
public:
    explicit ListingJson(content::ListingView view) : view_(std::move(view)) {}

    void opening(std::string& out) override;
    /// "name" has U+FFFD for every byte that is not UTF-8; "href" leads to the entry whatever its name is.
    void row(std::string& out, const content::ListingEntry& entry) override;
    void closing(std::string& out, const content::ListingEnd& end) override;

private:
    content::ListingView view_;
    enum class Rows : std::uint8_t { none, some } rows_ = Rows::none;
};

}  // namespace handlers
