// The process that keeps secrets: it checks passwords, and opens certificates and keys for a server that may not do so
// any more. Forked at the start, before privileges are dropped, since it has to read files again later. There are two
// processes: the checker works, and the keeper starts a new checker when the old one dies. When the keeper dies, the
// checker takes its place and starts a new checker. When both die at once, a third process, the nursery, starts two
// others when the server asks for them. Started by app/signing_in; verifier_client talks to them.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "access_control/verifier_messages.h"

namespace access_control {

/// What the process reads; all paths are absolute.
struct VerifierFiles {
    std::string users;                ///< empty: nobody has a password or a token
    std::vector<std::string> handed;  ///< opened for the server, and again when they change
};

/// What the process may do: whatever its user may; or, as far as the kernel can, read what lies beside its files and
/// nothing else.
enum class VerifierReach : std::uint8_t { whole, own_files };

/// Forks. The processes end when their sockets are closed. `bell`: an eventfd that is written to with each message, or
/// -1. Called while this process has no other thread. The error is a sentence.
[[nodiscard]] std::expected<VerifierLines, std::string> start_verifier(const VerifierFiles& files, int bell,
                                                                       VerifierReach reach);

}  // namespace access_control
