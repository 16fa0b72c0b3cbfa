// Makes a failing run short enough to be read: leaves out clients and steps as long as it still fails. What is left out
// changes no choice of the steps that stay (random.h). Called by the command and by its test.
#pragma once

#include <cstddef>
#include <functional>

#include "simulation/world.h"

namespace simulation {

/// Runs settings and says whether they fail.
using Fails = std::function<bool(const Settings&)>;

/// `failing` fails; so does what is returned. At most `most_runs` runs are made.
[[nodiscard]] Settings shrink(Settings failing, std::size_t most_runs, const Fails& fails);

/// "3,7-12": numbers and spans of them, as the command takes and prints them.
[[nodiscard]] std::string text_of(const std::set<std::size_t>& numbers);
[[nodiscard]] std::set<std::size_t> numbers_of(std::string_view text);

}  // namespace simulation
