// The order of a listing's entries, and the text that says in a link where the next page begins. Called by
// listing_selection and by listings/listings. Pure.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "listings/listing_format.h"
#include "listings/listing_item.h"
#include "media/media_type.h"

namespace listings {

/// As people read names: ASCII letters without regard to case, runs of digits by their value ("a9" before "a10").
/// Names that are equal so far are in the order of their bytes; equal only when they are the same.
[[nodiscard]] std::strong_ordering compare_names(std::string_view a, std::string_view b);

/// A total order on the entries of a directory: folders first; then the column, in the order that was asked for; then
/// the name, ascending. Folders have no size and no type.
class ListingOrdering {
public:
    ListingOrdering(ListingColumn column, ListingOrder order) : column_(column), order_(order) {}

    [[nodiscard]] bool before(const ListingItem& a, const ListingItem& b) const;
    /// True when names alone do not tell the order: every entry has to be looked at.
    [[nodiscard]] bool needs_look() const { return column_ == ListingColumn::size || column_ == ListingColumn::time; }

    /// The place of `item`, for `after=`: its name, with a slash behind a folder's name. For other columns than the
    /// name the value and a colon come first: "b.txt", "sub/", "1024:b.txt", "1700000000.000000000:sub/".
    [[nodiscard]] std::string place_of(const ListingItem& item) const;
    /// Reads a place back. nullopt when it is no place in this order. The item need not exist any more; `types` outlive
    /// it.
    [[nodiscard]] std::optional<ListingItem> find_place(std::string_view text, const media::MediaTypes& types) const;

private:
    [[nodiscard]] std::strong_ordering compare_column(const ListingItem& a, const ListingItem& b) const;

    ListingColumn column_;
    ListingOrder order_;
};

}  // namespace listings
