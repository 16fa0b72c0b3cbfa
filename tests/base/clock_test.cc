// The kernel's clocks, and the one of the tests.
#include "base/clock.h"

#include <ctime>

#include "support/catch.h"
#include "support/fake_clock.h"

TEST_CASE("clock: shows what the kernel shows, as of the last update", "[base][clock]") {
    base::SystemClock clock;
    const base::MonotonicMs start = clock.now_ms();
    const base::UnixNs unix_start = clock.unix_ns();
    CHECK(start > 0);
    CHECK(clock.unix_seconds() == unix_start / 1'000'000'000);

    timespec now{};
    REQUIRE(::clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    CHECK(clock.now_ms() == start);
    clock.update();
    // Milliseconds of the same clock: at least what it showed just before.
    CHECK(clock.now_ms() >= now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
    CHECK(clock.now_ms() >= start);
    REQUIRE(::clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    CHECK(clock.now_ms() <= now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
    // Later than this line was written, earlier than the next century.
    CHECK(clock.unix_seconds() > 1'700'000'000);
    CHECK(clock.unix_seconds() < 4'102'444'800);
}

TEST_CASE("clock: what is read at once is of the same clock, and needs no update", "[base][clock]") {
    base::SystemClock clock;
    const base::MonotonicUs first = clock.read_us();
    CHECK(first / 1000 >= clock.now_ms());
    CHECK(clock.read_us() >= first);
    clock.update();
    CHECK(clock.now_ms() >= first / 1000);
}

TEST_CASE("fake clock: stands still until it is moved", "[base][clock]") {
    FakeClock clock;
    CHECK(clock.unix_seconds() == 784'111'777);
    const base::MonotonicMs start = clock.now_ms();
    clock.update();
    CHECK(clock.now_ms() == start);
    clock.advance_ms(2'500);
    CHECK(clock.now_ms() == start + 2'500);
    CHECK(clock.unix_seconds() == 784'111'779);
    clock.set_unix_seconds(100);
    CHECK(clock.unix_seconds() == 100);
    CHECK(clock.now_ms() == start + 2'500);
    const base::MonotonicUs within = clock.read_us();
    clock.advance_us(1'500);
    CHECK(clock.read_us() == within + 1'500);
    CHECK(clock.now_ms() == start + 2'500);
}
