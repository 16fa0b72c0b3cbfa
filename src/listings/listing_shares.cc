// Taking and giving back.
#include "listings/listing_shares.h"

#include <cassert>
#include <utility>

namespace listings {

ListingHold::ListingHold(ListingHold&& other) noexcept
    : shares_(other.shares_), bytes_(std::exchange(other.bytes_, 0)) {}

bool ListingHold::grow(std::size_t bytes) {
    if (bytes > shares_->bytes_left_) return false;
    shares_->bytes_left_ -= bytes;
    bytes_ += bytes;
    return true;
}

void ListingHold::shrink(std::size_t bytes) {
    assert(bytes <= bytes_);
    shares_->bytes_left_ += bytes;
    bytes_ -= bytes;
}

}  // namespace listings
