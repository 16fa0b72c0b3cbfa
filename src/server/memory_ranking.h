// The connections by how much memory they hold, and the sum of it. When memory is short, the connection that deserves
// it least is found with a bounded number of looks, however many there are. Owned by the reactor.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/memory_budget.h"

namespace server {

/// How many connections of about the same size are looked at. In each list those come first that have been of their
/// size for longest: a peer that reads well makes its connection small again and again.
inline constexpr int kRankingLooks = 32;

class MemoryRanking {
public:
    /// What all connections hold is charged to `budget`, which outlives this.
    explicit MemoryRanking(base::MemoryBudget& budget) : charge_(budget) {}

    /// The connection in `slot` holds `bytes` now, at least 1; 0 takes it out of the ranking.
    void note(std::uint32_t slot, std::size_t bytes) {
        const std::size_t number = slot + kSizes;
        if (number < links_.size() && links_[number].bytes == bytes) return;
        change(static_cast<std::uint32_t>(number), bytes);
    }
    [[nodiscard]] std::size_t bytes_of(std::uint32_t slot) const {
        const std::size_t number = slot + kSizes;
        return number < links_.size() ? links_[number].bytes : 0;
    }
    /// Of all connections.
    [[nodiscard]] std::size_t bytes() const { return charge_.bytes(); }

    /// The slot for which `score(slot)` is highest, among the first of each size; none when all scores are 0.
    template <typename Score>
    [[nodiscard]] std::optional<std::uint32_t> find_highest(const Score& score) const {
        std::optional<std::uint32_t> highest;
        std::uint64_t most = 0;
        for (std::uint32_t size = kSizes; size-- > 0;) {
            std::uint32_t number = links_[size].next;
            for (int looks = 0; number != size && looks < kRankingLooks; number = links_[number].next, ++looks) {
                const std::uint64_t its = score(number - kSizes);
                if (its <= most) continue;
                most = its;
                highest = number - kSizes;
            }
        }
        return highest;
    }

private:
    /// A list for each power of two: below 16 KiB, from there on, from 32 KiB on, and so on.
    static constexpr std::uint32_t kSizes = 16;
    static constexpr unsigned kLeastBits = 14;

    struct Link {
        std::uint32_t previous = 0;
        std::uint32_t next = 0;
        std::size_t bytes = 0;  ///< 0: in no list
    };

    [[nodiscard]] static std::uint32_t size_of(std::size_t bytes) {
        return std::min(static_cast<std::uint32_t>(std::bit_width(bytes >> kLeastBits)), kSizes - 1);
    }
    void change(std::uint32_t number, std::size_t bytes);
    void unlink(Link& link);
    void append(std::uint32_t number, std::uint32_t size);

    base::MemoryCharge charge_;
    /// The first kSizes join the ends of a list each; slot N has number N + kSizes.
    std::vector<Link> links_ = ends();
    [[nodiscard]] static std::vector<Link> ends();
};

}  // namespace server
