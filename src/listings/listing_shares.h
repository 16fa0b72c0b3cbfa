// The memory and the loop's time that all listings under way may have together. There is one per site; every listing
// takes from it and gives back.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace listings {

/// The most entries that are gathered and sorted for one answer: a page holds no more, and a larger directory is
/// streamed unsorted. They take about 2 MB while they are gathered.
inline constexpr std::size_t kGatheredEntries = 10'000;
/// The text of one gathered listing: 10,000 entries with long names in a script of three bytes a letter.
inline constexpr std::size_t kListingTextBytes = std::size_t{8} * 1024 * 1024;
/// Entries and texts of all listings that are being made or sent. A listing of 10,000 usual names takes about 3 MB.
inline constexpr std::size_t kListingsBytes = std::size_t{32} * 1024 * 1024;

/// The longest work of one listing in one call, and of all listings in one turn: others wait no longer for twenty
/// listings than for one. When the time is used up each listing still does kLeastSteps.
inline constexpr std::chrono::microseconds kListingSlice{1000};
inline constexpr std::chrono::microseconds kListingTurn{1500};
/// Entries after which the time is looked at: about 100 us when each is looked at.
inline constexpr unsigned kLeastSteps = 32;

class ListingShares {
public:
    /// `clock`: the loop's, which tells turns apart. It must outlive this.
    explicit ListingShares(const base::Clock& clock, std::size_t max_bytes = kListingsBytes)
        : clock_(clock), bytes_left_(max_bytes) {}
    ListingShares(const ListingShares&) = delete;
    ListingShares& operator=(const ListingShares&) = delete;

    [[nodiscard]] const base::Clock& clock() const { return clock_; }
    [[nodiscard]] std::size_t bytes_left() const { return bytes_left_; }

private:
    friend class ListingHold;
    friend class ListingSlice;

    const base::Clock& clock_;
    std::size_t bytes_left_;
    base::UnixNs turn_ = 0;             ///< the clock's time in the turn that used_ is of
    std::chrono::nanoseconds used_{0};  ///< by all listings in this turn
};

/// The bytes that one listing holds; they are given back at the end of its scope. `shares` must outlive it.
class ListingHold {
public:
    explicit ListingHold(ListingShares& shares) : shares_(&shares) {}
    ListingHold(ListingHold&& other) noexcept;
    ListingHold& operator=(ListingHold&&) = delete;
    ListingHold(const ListingHold&) = delete;
    ListingHold& operator=(const ListingHold&) = delete;
    ~ListingHold() { shares_->bytes_left_ += bytes_; }

    /// False when all listings together would hold too much; nothing changes then.
    [[nodiscard]] bool grow(std::size_t bytes);
    void shrink(std::size_t bytes);
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    ListingShares* shares_;
    std::size_t bytes_ = 0;
};

/// Measures the time of one call; the work is its scope.
class ListingSlice {
public:
    explicit ListingSlice(ListingShares& shares);
    ~ListingSlice();
    ListingSlice(const ListingSlice&) = delete;
    ListingSlice& operator=(const ListingSlice&) = delete;

    /// Asked before each step. True: the slice is over.
    [[nodiscard]] bool is_over();

private:
    using Time = std::chrono::steady_clock;

    ListingShares& shares_;
    Time::time_point begun_;
    std::chrono::nanoseconds allowed_;
    unsigned steps_ = 0;
};

}  // namespace listings
