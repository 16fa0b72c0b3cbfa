// In the test programs of the simulation a few calls of the C library answer from the run and not from the machine: the
// wall clock, random numbers, the stamps of files, and whether their bytes are in memory. Tags and names are then the
// same in every run of a seed. Called by the world.
#pragma once

#include <cstdint>

namespace simulation {

/// A new run begins: random numbers start from `seed`, and the wall clock at `unix_ns`.
void steady_calls(std::uint64_t seed, std::int64_t unix_ns);
/// Which bytes of files are in memory is chosen from `choices` until the next call.
void choose_residence(std::uint64_t choices);
/// The wall clock shows this now.
void set_wall_clock(std::int64_t unix_ns);

}  // namespace simulation
