// The memory that all listings under way may have together, and how much work one call of a listing does. There is one
// ListingShares per site; every listing takes from it and gives back.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "http/memory_share.h"

namespace listings {

/// The most entries that are gathered and sorted for one answer: a page holds no more, and a larger directory is
/// streamed unsorted. They take about 2 MB while they are gathered.
inline constexpr std::size_t kGatheredEntries = 10'000;
/// The text of one gathered listing: 10,000 entries with long names in a script of three bytes a letter.
inline constexpr std::size_t kListingTextBytes = std::size_t{8} * 1024 * 1024;
/// Entries and texts of all listings that are being made or sent. A listing of 10,000 usual names takes about 3 MB.
inline constexpr std::size_t kListingsBytes = std::size_t{32} * 1024 * 1024;

/// What the steps of a listing cost, in units of about a fifth of a microsecond.
enum class ListingStep : std::uint8_t { name = 1, sort = 4, look = 8, row = 8 };
/// The units of one call: about a tenth of a millisecond. Each listing then takes turns with all other heavy work.
inline constexpr unsigned kListingSlice = 512;

class ListingShares : public http::MemoryShare {
public:
    /// `clock` must outlive this.
    explicit ListingShares(const base::Clock& clock, std::size_t max_bytes = kListingsBytes)
        : MemoryShare(max_bytes), clock_(clock) {}

    [[nodiscard]] const base::Clock& clock() const { return clock_; }

private:
    const base::Clock& clock_;
};

/// The bytes that one listing holds.
using ListingHold = http::MemoryHold;

/// The work of one call.
class ListingSlice {
public:
    /// Asked before each step. False: the slice is used up.
    [[nodiscard]] bool take(ListingStep step) {
        if (used_ >= kListingSlice) return false;
        used_ += static_cast<unsigned>(step);
        return true;
    }

private:
    unsigned used_ = 0;
};

}  // namespace listings
