// The wakes of one loop.
#include "base/wake_queue.h"

#include <sys/eventfd.h>

namespace base {

WakeQueue::WakeQueue() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void WakeQueue::take_due(std::vector<Wake>& wakes, MonotonicMs now) {
    wakes.insert(wakes.end(), ready_.begin(), ready_.end());
    ready_.clear();
    const auto end = later_.upper_bound(now);
    for (auto each = later_.begin(); each != end; ++each) wakes.push_back(each->second);
    later_.erase(later_.begin(), end);
}

void WakeQueue::ring() const { ::eventfd_write(event_.get(), 1); }

void WakeQueue::silence() const {
    eventfd_t count = 0;
    ::eventfd_read(event_.get(), &count);
    if (collect_) collect_();
}

}  // namespace base
