// Deadlines against a model that does it the slow and obvious way.
#include "net/deadline_queue.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "support/catch.h"

using net::DeadlineQueue;

namespace {

std::set<std::uint32_t> pop_all(DeadlineQueue& queue, base::MonotonicMs now) {
    std::set<std::uint32_t> slots;
    while (const auto slot = queue.pop_expired(now)) REQUIRE(slots.insert(*slot).second);
    return slots;
}

}  // namespace

TEST_CASE("deadlines: nothing expires in an empty queue", "[net][deadlines]") {
    DeadlineQueue queue;
    CHECK_FALSE(queue.earliest());
    CHECK_FALSE(queue.pop_expired(1'000'000));
    queue.clear(17);
    CHECK_FALSE(queue.earliest());
}

TEST_CASE("deadlines: a slot expires once, at its time and not before", "[net][deadlines]") {
    DeadlineQueue queue;
    queue.set(3, 100);
    CHECK(queue.earliest() == 100);
    CHECK_FALSE(queue.pop_expired(99));
    CHECK(queue.pop_expired(100) == 3U);
    CHECK_FALSE(queue.pop_expired(1000));
    CHECK_FALSE(queue.earliest());
}

TEST_CASE("deadlines: come back in the order of their times", "[net][deadlines]") {
    DeadlineQueue queue;
    for (std::uint32_t slot = 0; slot < 50; ++slot) queue.set(slot, 1000 - slot * 7);
    std::vector<std::uint32_t> order;
    while (const auto slot = queue.pop_expired(2000)) order.push_back(*slot);
    CHECK(order.size() == 50);
    CHECK(std::is_sorted(order.rbegin(), order.rend()));
}

TEST_CASE("deadlines: a later one replaces the filed one when it comes up", "[net][deadlines]") {
    DeadlineQueue queue;
    queue.set(1, 100);
    queue.set(1, 300);
    queue.set(2, 200);
    // The old time may still wake the loop, once.
    CHECK(*queue.earliest() <= 200);
    CHECK_FALSE(queue.pop_expired(150));
    CHECK(queue.earliest() == 200);
    CHECK(queue.pop_expired(250) == 2U);
    CHECK_FALSE(queue.pop_expired(299));
    CHECK(queue.pop_expired(300) == 1U);
}

TEST_CASE("deadlines: an earlier one holds at once", "[net][deadlines]") {
    DeadlineQueue queue;
    queue.set(1, 500);
    queue.set(2, 400);
    queue.set(1, 100);
    CHECK(queue.earliest() == 100);
    CHECK(queue.pop_expired(100) == 1U);
    CHECK(queue.pop_expired(1000) == 2U);
    CHECK_FALSE(queue.pop_expired(1000));
}

TEST_CASE("deadlines: later and then earlier than filed, in between and below", "[net][deadlines]") {
    DeadlineQueue queue;
    queue.set(1, 100);
    queue.set(1, 900);
    queue.set(1, 200);
    CHECK_FALSE(queue.pop_expired(199));
    CHECK(queue.pop_expired(200) == 1U);
    queue.set(1, 900);
    queue.set(1, 50);
    CHECK(queue.earliest() == 50);
    CHECK(queue.pop_expired(50) == 1U);
}

TEST_CASE("deadlines: a cleared slot never expires and can be set again", "[net][deadlines]") {
    DeadlineQueue queue;
    queue.set(1, 100);
    queue.set(2, 100);
    queue.clear(1);
    CHECK(queue.pop_expired(500) == 2U);
    CHECK_FALSE(queue.pop_expired(500));
    CHECK_FALSE(queue.earliest());
    queue.set(1, 600);
    queue.clear(1);
    queue.set(1, 700);
    CHECK_FALSE(queue.pop_expired(650));
    CHECK(queue.pop_expired(700) == 1U);
}

TEST_CASE("deadlines: agree with a naive model over random operations", "[net][deadlines]") {
    DeadlineQueue queue;
    std::map<std::uint32_t, base::MonotonicMs> model;
    std::mt19937 random(20240521);
    const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
    base::MonotonicMs now = 0;
    for (int step = 0; step < 20'000; ++step) {
        const std::uint32_t slot = below(60);
        const std::uint32_t choice = below(10);
        if (choice < 6) {
            const base::MonotonicMs deadline = now + below(choice < 2 ? 50 : 2000);
            queue.set(slot, deadline);
            model[slot] = deadline;
        } else if (choice < 8) {
            queue.clear(slot);
            model.erase(slot);
        } else {
            now += below(120);
            std::set<std::uint32_t> expected;
            for (const auto& [each, deadline] : model) {
                if (deadline <= now) expected.insert(each);
            }
            for (const std::uint32_t each : expected) model.erase(each);
            REQUIRE(pop_all(queue, now) == expected);
            // Having popped, a wake-up is owed only for the future.
            if (queue.earliest()) REQUIRE(*queue.earliest() > now);
        }
        if (model.empty()) continue;
        base::MonotonicMs first = model.begin()->second;
        for (const auto& [each, deadline] : model) first = std::min(first, deadline);
        REQUIRE(queue.earliest().has_value());
        REQUIRE(*queue.earliest() <= first);
    }
}
