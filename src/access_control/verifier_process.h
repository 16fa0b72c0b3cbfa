// The process that checks passwords: forked at the start, before privileges are dropped, since it has to read the users
// file again later. There are two: one checks, the other one starts it again when it dies. When that one dies, the
// first takes its place, and starts another one to check. Started by app/signing_in; verifier_client talks to it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/fd.h"

namespace access_control {

/// What the process may do: whatever its user may; or, as far as the kernel can, read what lies beside the users file
/// and nothing else.
enum class VerifierReach : std::uint8_t { whole, users_file };

/// Forks. The socket to talk through: datagrams of verifier_messages, non-blocking, at its end when both processes are
/// gone. The process ends when that socket is closed. `bell`: an eventfd that is written to with each message, or
/// -1. `users_path` is absolute. Called while this process has no other thread. The error is a sentence.
[[nodiscard]] std::expected<base::Fd, std::string> start_verifier(const std::string& users_path, int bell,
                                                                  VerifierReach reach);

}  // namespace access_control
