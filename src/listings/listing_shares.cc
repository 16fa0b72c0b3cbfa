// Taking and giving back.
#include "listings/listing_shares.h"

#include <algorithm>
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

ListingSlice::ListingSlice(ListingShares& shares) : shares_(shares), begun_(Time::now()) {
    if (shares.turn_ != shares.clock_.unix_ns()) {
        shares.turn_ = shares.clock_.unix_ns();
        shares.used_ = std::chrono::nanoseconds(0);
    }
    allowed_ = std::min<std::chrono::nanoseconds>(kListingSlice, kListingTurn - shares.used_);
}

ListingSlice::~ListingSlice() { shares_.used_ += Time::now() - begun_; }

bool ListingSlice::is_over() {
    if (++steps_ % kLeastSteps != 0) return false;
    return Time::now() - begun_ >= allowed_;
}

}  // namespace listings
