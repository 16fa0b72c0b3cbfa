// The seeds that are run with every build: 200,000 steps and more. Others are run by scripts/simulate.
#include <chrono>
#include <cstdio>
#include <string>

#include "simulation/world.h"
#include "support/catch.h"

TEST_CASE("simulation: a hundred seeds of two thousand steps each find no fault", "[simulation]") {
    const auto begun = std::chrono::steady_clock::now();
    simulation::Counts counts;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const simulation::Result result = simulation::simulate({.seed = seed});
        counts.add(result.counts);
        INFO("scripts/simulate --seed " << seed << " shows the steps; it failed in step " << result.failed_step);
        INFO(result.violation.value_or(""));
        REQUIRE_FALSE(result.violation);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf("%zu steps in %.1f s (%.0f an hour), %zu answers, %llu faults of the disk\n", counts.steps,
                took.count(), static_cast<double>(counts.steps) / took.count() * 3600, counts.answers,
                static_cast<unsigned long long>(counts.faults));
    CHECK(counts.steps >= 200'000);
    CHECK(counts.faults > 500);
    for (const std::size_t asked : counts.requests) CHECK(asked > 300);
}

TEST_CASE("simulation: a seed replays exactly", "[simulation]") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const simulation::Result first = simulation::simulate({.seed = seed});
        const simulation::Result second = simulation::simulate({.seed = seed});
        INFO("seed " << seed);
        CHECK(first.trail == second.trail);
        CHECK(first.counts.answers == second.counts.answers);
    }
}
