// A heap whose front is the last entry kept: most entries of a large directory are dismissed by one comparison with it,
// and the heap is sorted in place, one entry at a time.
#include "listings/listing_selection.h"

#include <algorithm>
#include <utility>

namespace listings {

bool ListingSelection::offer(const ListingItem& item) {
    if (after_ && !ordering_.before(*after_, item)) return true;
    if (items_.size() < limit_) {
        // Twice: the vector and the text may have room to spare.
        if (!hold_.grow(2 * item.memory_bytes())) return false;
        items_.push_back(item);
        std::ranges::push_heap(items_, before());
        return true;
    }
    more_ = true;
    if (!ordering_.before(item, items_.front())) return true;
    std::ranges::pop_heap(items_, before());
    const std::size_t held = items_.back().memory_bytes();
    if (item.memory_bytes() > held && !hold_.grow(2 * (item.memory_bytes() - held))) {
        std::ranges::push_heap(items_, before());
        return false;
    }
    items_.back() = item;  // into the text that is there
    std::ranges::push_heap(items_, before());
    return true;
}

bool ListingSelection::sort_one() {
    if (!unsorted_) unsorted_ = items_.size();
    if (*unsorted_ < 2) return false;
    const auto begin = items_.begin();
    std::ranges::pop_heap(begin, begin + static_cast<std::ptrdiff_t>(*unsorted_), before());
    --*unsorted_;
    return true;
}

void ListingSelection::clear() {
    items_ = {};
    hold_.shrink(hold_.bytes());
}

}  // namespace listings
