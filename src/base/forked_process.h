// What a process that was forked at the start leaves behind of the server's. Called in the child, by access_control's
// verifier_process and by storage's disk_process.
#pragma once

#include <span>

namespace base {

/// The number of the first descriptor that keep_only() keeps.
inline constexpr int kFirstKept = 3;

/// Moves `kept` to the numbers from kFirstKept on, in their order, and closes all others; the standard streams lead
/// nowhere, and so does one of `kept` that is -1. False: that failed, and the process has to end.
[[nodiscard]] bool keep_only(std::span<const int> kept);

/// Gives the process a name (15 characters at most) and lets it ignore the signals that are sent to the whole group and
/// meant for the server: it ends when its socket does. It leaves the working directory.
void leave_group(const char* name);

}  // namespace base
