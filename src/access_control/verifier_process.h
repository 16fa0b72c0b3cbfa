// The process that checks passwords: forked at the start, before privileges are dropped, since it has to read the users
// file again later. It is two processes: one checks, the other one does nothing but start it again when it dies.
// Started by app/signing_in; verifier_client talks to it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/fd.h"

namespace access_control {

/// What the process may open: whatever its user may, or only what lies beside the users file, where the kernel has
/// Landlock.
enum class VerifierReach : std::uint8_t { whole, users_file };

/// Forks. The socket to talk through: datagrams of verifier_messages, non-blocking, at its end when the process is gone
/// for good. The process ends when that socket is closed. `bell`: an eventfd that is written to with each message, or
/// -1. `users_path` is absolute. Called while this process has no other thread. The error is a sentence.
[[nodiscard]] std::expected<base::Fd, std::string> start_verifier(const std::string& users_path, int bell,
                                                                  VerifierReach reach);

}  // namespace access_control
