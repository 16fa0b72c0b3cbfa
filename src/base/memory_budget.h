// The memory that everything buffered may have together: what waits on connections, what makes their answers, and the
// cache. Whoever holds much memory charges it here. Made by app/serve; the reactor acts when little is left.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace base {

/// What one turn of the loop adds before it is charged, and what is kept for the next one: blocks, requests, encoders.
inline constexpr std::size_t kSetAsideBytes = std::size_t{8} * 1024 * 1024;

/// How much of the budget is held.
enum class Pressure : std::uint8_t {
    calm,
    tight,      ///< from three quarters on: what is not needed goes, and nobody gets more than a fair part
    exhausted,  ///< from seven eighths on
};

class MemoryBudget {
public:
    /// Of `limit_bytes`, kSetAsideBytes are set aside, or a quarter where that is less.
    explicit MemoryBudget(std::size_t limit_bytes)
        : limit_(limit_bytes),
          usable_(limit_bytes - std::min(limit_bytes / 4, kSetAsideBytes)),
          tight_from_(usable_ / 4 * 3) {}
    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    [[nodiscard]] std::size_t limit() const { return limit_; }
    /// The bytes that are charged now.
    [[nodiscard]] std::size_t held() const { return held_; }
    [[nodiscard]] std::size_t tight_from() const { return tight_from_; }
    [[nodiscard]] std::size_t exhausted_from() const { return usable_ / 8 * 7; }
    /// Pressure that began ends below this, so that it does not begin again with the next byte.
    [[nodiscard]] std::size_t calm_below() const { return usable_ / 8 * 5; }
    [[nodiscard]] Pressure pressure() const {
        if (held_ < tight_from()) return Pressure::calm;
        return held_ < exhausted_from() ? Pressure::tight : Pressure::exhausted;
    }

private:
    friend class MemoryCharge;

    std::size_t limit_;
    std::size_t usable_;
    std::size_t tight_from_;  ///< not computed anew, because every turn of the loop asks
    std::size_t held_ = 0;
};

/// The bytes that one holder charges; they are given back at the end of its scope. The budget must outlive it.
class MemoryCharge {
public:
    /// Of no budget: it counts for itself alone.
    MemoryCharge() = default;
    explicit MemoryCharge(MemoryBudget& budget) : budget_(&budget) {}
    MemoryCharge(MemoryCharge&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    MemoryCharge& operator=(MemoryCharge&& other) noexcept {
        std::swap(budget_, other.budget_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    MemoryCharge(const MemoryCharge&) = delete;
    MemoryCharge& operator=(const MemoryCharge&) = delete;
    ~MemoryCharge() { set(0); }

    /// The holder has `bytes` from now on. Never refused: what is held is held.
    void set(std::size_t bytes) {
        if (budget_ != nullptr) budget_->held_ += bytes - bytes_;
        bytes_ = bytes;
    }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    MemoryBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
};

/// How many of `bytes`, which `owner` keeps for several holders, one holder counts: the holders divide the bytes among
/// themselves, without one of them, which may be the cache and counts them itself.
[[nodiscard]] inline std::size_t shared_part(const std::shared_ptr<const void>& owner, std::size_t bytes) {
    const long holders = owner.use_count() - 1;
    return holders <= 1 ? bytes : bytes / static_cast<std::size_t>(holders);
}

}  // namespace base
