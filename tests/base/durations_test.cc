// Durations in ranges that double.
#include "base/durations.h"

#include "support/catch.h"

using base::Durations;

TEST_CASE("durations: each range ends where the next one begins", "[base]") {
    for (std::size_t range = 0; range + 1 < Durations::kRanges; ++range) {
        INFO(range);
        Durations times;
        const auto end_ms = static_cast<base::MonotonicMs>(Durations::end_ms(range));
        times.add(end_ms - 1);
        CHECK(times.in_range(range) == 1);
        times.add(end_ms);
        CHECK(times.in_range(range + 1) == 1);
    }
}

TEST_CASE("durations: what is longer than all ranges is in the last one, and a clock set back is no time", "[base]") {
    Durations times;
    times.add(1'000'000'000);
    times.add(-5);
    CHECK(times.in_range(Durations::kRanges - 1) == 1);
    CHECK(times.in_range(0) == 1);
    CHECK(times.count() == 2);
    CHECK(times.sum_ms() == 1'000'000'000);
}
