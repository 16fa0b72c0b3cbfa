// A process that waits for the disk in place of the loop, where there is no io_uring: it makes the calls that it is
// asked for on the open files that come along. It keeps no file of its own, no socket but its own end, and all
// restrictions that the server had when it was forked. Forked by process_disk_queue.
#pragma once

#include <cstdint>
#include <span>

#include "base/fd.h"

namespace storage {

/// What such a process may do: every system call that it may at the fork, or those that it needs and no others
/// (seccomp).
enum class ProcessCalls : std::uint8_t { all, needed };

/// Forks. The process ends with this one, and when the other end of `socket` is closed. False with errno set.
[[nodiscard]] bool start_disk_process(const base::Fd& socket, ProcessCalls calls);

enum class Answered : std::uint8_t { yes, server_gone };
/// Waits for one message at `socket`, makes its calls one after the other, also behind one that fails, and answers.
/// `room`: at least kMostStepsBytes. Apart for the tests.
[[nodiscard]] Answered answer_one(int socket, std::span<char> room);

}  // namespace storage
