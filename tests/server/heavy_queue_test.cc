// Rounds and shares, without connections.
#include "server/heavy_queue.h"

#include "support/catch.h"

using server::HeavyQueue;

namespace {

net::Token numbered(std::uint32_t slot) { return {slot, 0}; }

constexpr http::ClientKey kClient{.high = 0, .low = 1};
constexpr http::ClientKey kOther{.high = 0, .low = 2};

}  // namespace

TEST_CASE("heavy queue: a round is over when everybody who stood there at its begin had a turn", "[server]") {
    HeavyQueue queue;
    CHECK(queue.is_between_rounds());
    for (const std::uint32_t slot : {1U, 2U, 3U}) queue.push(numbered(slot), kClient);
    CHECK(queue.is_between_rounds());
    CHECK(queue.pop() == numbered(1));
    queue.push(numbered(1), kClient);
    CHECK(queue.pop() == numbered(2));
    CHECK_FALSE(queue.is_between_rounds());
    CHECK(queue.pop() == numbered(3));
    CHECK(queue.is_between_rounds());
    CHECK_FALSE(queue.empty());
    CHECK(queue.pop() == numbered(1));
    CHECK(queue.is_between_rounds());
    CHECK(queue.empty());
}

TEST_CASE("heavy queue: clients take turns, however many connections each of them has", "[server]") {
    HeavyQueue queue;
    for (const std::uint32_t slot : {1U, 2U, 3U, 4U}) queue.push(numbered(slot), kClient);
    queue.push(numbered(9), kOther);
    CHECK(queue.size() == 5);
    CHECK(queue.pop() == numbered(1));
    CHECK(queue.pop() == numbered(9));
    queue.push(numbered(9), kOther);
    CHECK(queue.pop() == numbered(2));
    CHECK(queue.pop() == numbered(9));
    CHECK(queue.pop() == numbered(3));
    CHECK(queue.is_between_rounds());
    CHECK(queue.pop() == numbered(4));
    CHECK(queue.empty());
}

TEST_CASE("heavy queue: many clients come and go", "[server]") {
    HeavyQueue queue;
    for (std::uint32_t i = 0; i < 3 * server::kKeptLines; ++i) queue.push(numbered(i), {.high = 1, .low = i});
    for (std::uint32_t i = 0; i < 3 * server::kKeptLines; ++i) CHECK(queue.pop() == numbered(i));
    CHECK(queue.empty());
    queue.push(numbered(1), {.high = 1, .low = 1});
    CHECK(queue.pop() == numbered(1));
}

TEST_CASE("heavy queue: the share is short while light connections are about", "[server]") {
    HeavyQueue queue;
    CHECK(queue.share_us(1000, 0) == server::kHeavyShareAloneUs);
    queue.note_light(1000);
    CHECK(queue.share_us(1000, 0) == server::kHeavyShareUs);
    CHECK(queue.share_us(1000 + server::kLightAboutMs - 1, 0) == server::kHeavyShareUs);
    CHECK(queue.share_us(1000 + server::kLightAboutMs, 0) == server::kHeavyShareAloneUs);
}

TEST_CASE("heavy queue: the share is as long as the light ones took", "[server]") {
    HeavyQueue queue;
    queue.note_light(1000);
    CHECK(queue.share_us(1000, server::kHeavyShareUs - 1) == server::kHeavyShareUs);
    CHECK(queue.share_us(1000, 5000) == 5000);
}
