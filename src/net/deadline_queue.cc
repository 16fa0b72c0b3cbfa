// The heap and its lazy filing.
#include "net/deadline_queue.h"

#include <algorithm>
#include <cassert>

namespace net {

namespace {

// Four children per node: half the levels of a binary heap, and the four times lie in one half of a cache line.
constexpr std::size_t kArity = 4;

}  // namespace

void DeadlineQueue::set(std::uint32_t slot, base::MonotonicMs deadline) {
    assert(deadline != kNone);
    if (slot >= deadlines_.size()) {
        deadlines_.resize(slot + std::size_t{1}, kNone);
        positions_.resize(slot + std::size_t{1}, kNotFiled);
    }
    deadlines_[slot] = deadline;
    const std::uint32_t position = positions_[slot];
    if (position == kNotFiled) {
        filed_.push_back(deadline);
        slots_.push_back(slot);
        sift_up(filed_.size() - 1, deadline, slot);
    } else if (deadline < filed_[position]) {
        sift_up(position, deadline, slot);
    }
}

void DeadlineQueue::clear(std::uint32_t slot) {
    // The slot stays filed: it will very likely get a deadline again before its old time comes up.
    if (slot < deadlines_.size()) deadlines_[slot] = kNone;
}

std::optional<base::MonotonicMs> DeadlineQueue::earliest() const {
    if (filed_.empty()) return std::nullopt;
    return filed_.front();
}

std::optional<std::uint32_t> DeadlineQueue::pop_expired(base::MonotonicMs now) {
    while (!filed_.empty() && filed_.front() <= now) {
        const std::uint32_t slot = slots_.front();
        const base::MonotonicMs deadline = deadlines_[slot];
        if (deadline == filed_.front()) {
            remove_first();
            deadlines_[slot] = kNone;
            return slot;
        }
        if (deadline == kNone) {
            remove_first();
        } else {
            sift_down(0, deadline, slot);
        }
    }
    return std::nullopt;
}

void DeadlineQueue::place(std::size_t position, base::MonotonicMs filed, std::uint32_t slot) {
    filed_[position] = filed;
    slots_[position] = slot;
    positions_[slot] = static_cast<std::uint32_t>(position);
}

void DeadlineQueue::sift_up(std::size_t position, base::MonotonicMs filed, std::uint32_t slot) {
    while (position > 0) {
        const std::size_t parent = (position - 1) / kArity;
        if (filed_[parent] <= filed) break;
        place(position, filed_[parent], slots_[parent]);
        position = parent;
    }
    place(position, filed, slot);
}

void DeadlineQueue::sift_down(std::size_t position, base::MonotonicMs filed, std::uint32_t slot) {
    for (;;) {
        const std::size_t first_child = position * kArity + 1;
        if (first_child >= filed_.size()) break;
        const auto children = filed_.begin() + static_cast<std::ptrdiff_t>(first_child);
        const auto count = static_cast<std::ptrdiff_t>(std::min(kArity, filed_.size() - first_child));
        const auto earliest_child = std::min_element(children, children + count);
        if (filed <= *earliest_child) break;
        const auto child = static_cast<std::size_t>(earliest_child - filed_.begin());
        place(position, filed_[child], slots_[child]);
        position = child;
    }
    place(position, filed, slot);
}

void DeadlineQueue::remove_first() {
    positions_[slots_.front()] = kNotFiled;
    const base::MonotonicMs filed = filed_.back();
    const std::uint32_t slot = slots_.back();
    filed_.pop_back();
    slots_.pop_back();
    if (!filed_.empty()) sift_down(0, filed, slot);
}

}  // namespace net
