// Counts the calls of operator new, for tests of paths that must not allocate.
#pragma once

#include <cstddef>

/// Since the start of the program.
[[nodiscard]] std::size_t allocations();
