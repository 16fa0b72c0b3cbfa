// The heap, lazily kept: see the header.
#include "net/deadline_queue.h"

#include <algorithm>

namespace net {

void DeadlineQueue::place(std::size_t position, base::MonotonicMs filed, std::uint32_t slot) {
    filed_[position] = filed;
    slots_[position] = slot;
    positions_[slot] = static_cast<std::uint32_t>(position);
}

void DeadlineQueue::sift_up(std::size_t position, base::MonotonicMs filed, std::uint32_t slot) {
    while (position > 0) {
        const std::size_t parent = (position - 1) / 4;
        if (filed_[parent] <= filed) break;
        place(position, filed_[parent], slots_[parent]);
        position = parent;
    }
    place(position, filed, slot);
}

void DeadlineQueue::sift_down(std::size_t position, base::MonotonicMs filed, std::uint32_t slot) {
    for (;;) {
        const std::size_t first = position * 4 + 1;
        if (first >= filed_.size()) break;
        std::size_t least = first;
        for (std::size_t child = first + 1; child < std::min(first + 4, filed_.size()); ++child) {
            if (filed_[child] < filed_[least]) least = child;
        }
        if (filed_[least] >= filed) break;
        place(position, filed_[least], slots_[least]);
        position = least;
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

void DeadlineQueue::set(std::uint32_t slot, base::MonotonicMs deadline) {
    if (slot >= deadlines_.size()) {
        deadlines_.resize(slot + 1, kNone);
        positions_.resize(slot + 1, kNotFiled);
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
        if (deadline == kNone) {
            remove_first();
        } else if (deadline > filed_.front()) {
            sift_down(0, deadline, slot);
        } else {
            remove_first();
            deadlines_[slot] = kNone;
            return slot;
        }
    }
    return std::nullopt;
}

}  // namespace net
