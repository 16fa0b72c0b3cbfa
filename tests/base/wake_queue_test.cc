// The next turn, a later time, and the descriptor that ends a wait.
#include "base/wake_queue.h"

#include <poll.h>

#include <vector>

#include "support/catch.h"

namespace {

std::vector<base::Wake> take(base::WakeQueue& queue, base::MonotonicMs now) {
    std::vector<base::Wake> wakes;
    queue.take(wakes, now);
    return wakes;
}

bool is_readable(const base::WakeQueue& queue) {
    pollfd ready{queue.descriptor(), POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
}

}  // namespace

TEST_CASE("wake queue: a wake comes once, in the order in which they were put in", "[base]") {
    base::WakeQueue queue;
    CHECK_FALSE(queue.has_ready());
    queue.wake(3);
    queue.wake(1);
    queue.wake(3);
    CHECK(queue.has_ready());
    CHECK(take(queue, 0) == std::vector<base::Wake>{3, 1, 3});
    CHECK_FALSE(queue.has_ready());
    CHECK(take(queue, 0).empty());
}

TEST_CASE("wake queue: a wake at a time does not come before it", "[base]") {
    base::WakeQueue queue;
    CHECK_FALSE(queue.due().has_value());
    queue.wake_at(2, 200);
    queue.wake_at(1, 100);
    queue.wake(7);
    CHECK(queue.due() == 100);
    CHECK(take(queue, 99) == std::vector<base::Wake>{7});
    CHECK_FALSE(queue.has_ready());
    CHECK(take(queue, 100) == std::vector<base::Wake>{1});
    CHECK(queue.due() == 200);
    CHECK(take(queue, 1000) == std::vector<base::Wake>{2});
    CHECK_FALSE(queue.due().has_value());
}

TEST_CASE("wake queue: only a producer off the loop makes its descriptor readable", "[base]") {
    base::WakeQueue queue;
    queue.wake(1);
    CHECK_FALSE(is_readable(queue));
    queue.ring();
    queue.ring();
    CHECK(is_readable(queue));
    queue.silence();
    CHECK_FALSE(is_readable(queue));
}
