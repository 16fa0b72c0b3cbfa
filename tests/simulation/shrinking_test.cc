// A failing run is made short, and still fails.
#include "simulation/shrinking.h"

#include "support/catch.h"

using simulation::Settings;

TEST_CASE("shrinking: what is needed stays, and all else goes", "[simulation]") {
    std::size_t runs = 0;
    const auto fails = [&](const Settings& tried) {
        ++runs;
        const auto acts = [&](std::size_t client) { return !tried.left_out_clients.contains(client); };
        const auto happens = [&](std::size_t step) {
            return step <= tried.steps && !tried.left_out_steps.contains(step);
        };
        return acts(17) && acts(200) && happens(3) && happens(700) && happens(701);
    };
    const Settings shrunk = simulation::shrink({.steps = 2'000}, 3'000, fails);
    CHECK(fails(shrunk));
    CHECK(shrunk.steps == 701);
    CHECK(simulation::text_of(shrunk.left_out_clients) == "0-16,18-199,201-299");
    CHECK(simulation::text_of(shrunk.left_out_steps) == "1-2,4-699");
    CHECK(runs < 300);
}

TEST_CASE("shrinking: lists of numbers are read as they are printed", "[simulation]") {
    const std::set<std::size_t> numbers{0, 1, 2, 7, 9, 10};
    CHECK(simulation::text_of(numbers) == "0-2,7,9-10");
    CHECK(simulation::numbers_of("0-2,7,9-10") == numbers);
    CHECK(simulation::numbers_of("").empty());
    CHECK(simulation::numbers_of("1;2").empty());
}

TEST_CASE("shrinking: steps that are left out change no choice of the others", "[simulation]") {
    // Steps in which another client alone acts.
    Settings settings{.seed = 5, .steps = 400, .clients = 2, .left_out_clients = {1}};
    const simulation::Result without = simulation::simulate(settings);
    settings.left_out_clients = {};
    CHECK(simulation::simulate(settings).trail != without.trail);
    settings.left_out_clients = {1};
    CHECK(simulation::simulate(settings).trail == without.trail);
}
