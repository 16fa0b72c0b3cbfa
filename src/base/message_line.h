// A connection between two processes of godwit: messages that arrive whole, and open files that come along with them.
// Used on both sides by access_control's verifier, by the disk queue with processes, and by app/ between a server, its
// starter and its successor.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/fd.h"

namespace base {

/// Both ends, before the fork. Ours does not block, theirs does.
struct MessageLine {
    Fd ours;
    Fd theirs;
};
/// nullopt: the kernel refuses, and errno says why.
[[nodiscard]] std::optional<MessageLine> make_message_line();

/// The most files that the kernel takes along with one message (SCM_MAX_FD).
inline constexpr std::size_t kMostFilesAlong = 253;

/// Sends `message` and at most kMostFilesAlong `files`, which stay open here. False with errno set: nothing was sent.
/// EPIPE or ECONNRESET when nobody has the other end any more.
[[nodiscard]] bool send_message(int socket, std::span<const char> message, std::span<const int> files = {});

/// The next message, cut to `room`, and the files that came with it. Its length; 0 when nobody has the other end any
/// more; -1 with errno set, EAGAIN when there is none yet at an end that does not block.
[[nodiscard]] ssize_t receive_message(int socket, std::span<char> room, std::vector<Fd>& files);

}  // namespace base
