// What the query of a directory's target asks for: ?sort=size&order=desc&limit=100&after=…&format=json, or
// ?search=bill. Called by listings/listings. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "listings/listing_format.h"

namespace listings {

enum class ListingForm : std::uint8_t { html, json, text };

struct ListingQuery {
    std::optional<ListingColumn> column;
    std::optional<ListingOrder> order;
    std::optional<std::size_t> limit;  ///< 1 to listings::kGatheredEntries
    std::optional<std::string> after;  ///< decoded
    std::optional<ListingForm> form;
    std::optional<std::string> search;  ///< decoded

    /// True when the client asks for sorted entries, so that unsorted ones are no answer.
    [[nodiscard]] bool wants_page() const { return column || order || limit || after; }
};

/// `query`: as it was sent, without '?'. Parameters of other names do not count. The refusal is a 400 whose sentence
/// says what is accepted.
[[nodiscard]] std::expected<ListingQuery, http::Refusal> parse_listing_query(std::string_view query);

/// What the query of the next page begins with: "?sort=size&order=desc&limit=100&after=". Only what `query` states.
[[nodiscard]] std::string next_page_prefix(const ListingQuery& query);

}  // namespace listings
