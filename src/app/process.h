// What the process asks of the kernel for itself. Called by serve, before anything is served.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace app {

/// Allows as many open files as the administrator lets this process have.
void raise_descriptor_limit();

/// What is wrong with the limit of open files, as raised, for so many connections at once; empty when it suffices.
[[nodiscard]] std::string missing_descriptors(std::size_t max_connections);

/// How long this thread may have a core in one go, once others want it, too. The kernel's least.
inline constexpr std::uint64_t kSliceNs = 100'000;

/// Asks the scheduler for slices of kSliceNs for this thread: who is content with short ones has them sooner. The loop
/// needs a core often and seldom for long, and what waits for the disk or asks the server on the same machine has the
/// usual slices of milliseconds. Threads made from here on have the usual ones as well. Changes nothing in a policy that the
/// administrator chose (chrt), nor in kernels before 6.12, which have one length for all. Asks nothing where a filter of
/// system calls is in force, as in a hardened unit of systemd: such a filter may end the process for asking.
void ask_for_short_slices();

}  // namespace app
