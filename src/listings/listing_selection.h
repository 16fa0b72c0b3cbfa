// Finds the first N entries of a directory in an order, in one pass and bounded memory. Called by listing_gathering.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "listings/listing_item.h"
#include "listings/listing_order.h"
#include "listings/listing_shares.h"

namespace listings {

class ListingSelection {
public:
    /// Keeps the first `limit` (at least 1) of the entries that stand behind `after`, or of all.
    ListingSelection(ListingOrdering ordering, std::size_t limit, std::optional<ListingItem> after, ListingHold& hold)
        : ordering_(ordering), limit_(limit), after_(std::move(after)), hold_(hold) {}

    /// False when there is no memory left to keep it; nothing changed then.
    [[nodiscard]] bool offer(const ListingItem& item);
    /// True when more entries behind `after` were offered than are kept: others follow these.
    [[nodiscard]] bool has_more() const { return more_; }

    /// Puts one of the kept entries into its final place; false when all are. Nothing is offered from here on.
    [[nodiscard]] bool sort_one();
    /// The kept entries; in order once they are sorted.
    [[nodiscard]] std::span<ListingItem> items() { return items_; }
    /// Gives their memory back.
    void clear();

private:
    [[nodiscard]] auto before() const {
        return [this](const ListingItem& a, const ListingItem& b) { return ordering_.before(a, b); };
    }

    ListingOrdering ordering_;
    std::size_t limit_;
    std::optional<ListingItem> after_;
    ListingHold& hold_;
    bool more_ = false;
    std::vector<ListingItem> items_;       ///< a heap, the last one in front
    std::optional<std::size_t> unsorted_;  ///< how many of items_ are still a heap, once sorting began
};

}  // namespace listings
