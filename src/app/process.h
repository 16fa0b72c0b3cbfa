// What the process asks of the kernel for itself. Called by serve, before anything is served.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/counters.h"

namespace app {

/// Allows as many open files as the administrator lets this process have.
void raise_descriptor_limit();

/// Has large buffers go back to the kernel as soon as they are freed. In one heap with small ones they leave gaps, so
/// that the process would take a third more than it holds. Only where the C library is glibc.
void keep_heap_compact();

/// Says what is wrong with the raised limit of open files for so many connections; empty when it suffices.
[[nodiscard]] std::string missing_descriptors(std::size_t max_connections);

/// Shows the memory of the process, when it began, and its version. `counters` outlives what is returned.
[[nodiscard]] base::Counters::Registration register_process_counters(base::Counters& counters,
                                                                     std::int64_t begun_unix_s);

/// The length of a time slice that this thread asks for: the shortest that the kernel gives.
inline constexpr std::uint64_t kSliceNs = 100'000;

/// Whether a filter of system calls is in force, which may end the process at a call; true also when it cannot be
/// known.
[[nodiscard]] bool are_calls_filtered();

/// Asks the scheduler for slices of kSliceNs for this thread: a task that asks for short slices is scheduled sooner.
/// The loop needs a core often, but seldom for long. Threads that are made from here on have the usual slices of
/// milliseconds. Nothing changes when the administrator chose another policy (chrt), nor in kernels before 6.12, which
/// know only one length. Nothing is asked where a filter of system calls is in force, as in a hardened unit of systemd,
/// because such a filter may end the process.
void ask_for_short_slices();

}  // namespace app
