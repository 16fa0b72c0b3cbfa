// Which system calls a process keeps, once it has all that it needs: any other one ends it at once (seccomp). Called by
// app/sandbox, access_control/verifier_process and storage/disk_process.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/sanitizers.h"

namespace base {

/// System calls by what they are for. What they may reach is up to Landlock.
enum class Calls : std::uint8_t {
    library,   ///< what the C library and OpenSSL do by themselves: memory, time, locks, random numbers, the end
    reading,   ///< opening files, and looking at them, at directories and descriptors
    changing,  ///< writing files and changing their names, owners, modes and times
    talking,   ///< sending and receiving through sockets that are there, and waiting for them
    serving,   ///< accepting connections, the poller, watches of files, io_uring
    disk,      ///< syncing, naming and closing open files that come along with messages
    children,  ///< forking (without new namespaces), and awaiting and ending processes
};

/// Only these have a list, because what a call does depends on its number, and this on the kind of processor.
#if defined(__x86_64__) || defined(__aarch64__)
inline constexpr bool kHasCallLists = true;
#else
inline constexpr bool kHasCallLists = false;
#endif

/// A sanitizer makes calls of its own, which change with its version.
inline constexpr bool kFiltersCalls = kHasCallLists && !kIsSanitized;

/// Ends this process with SIGSYS, from here on, at every system call of its threads and children that is in none of
/// `kept`, also at one by the interface of another kind of processor. Cannot be taken back. From then on, programs that
/// are executed get no new privileges (no_new_privs). Called while the process has one thread. An errno, 0 for success:
/// EINVAL for a kernel without filters, EOPNOTSUPP where kFiltersCalls is false.
[[nodiscard]] int keep_calls(std::initializer_list<Calls> kept);

}  // namespace base
