// What this process keeps of root's power. Called by app/sandbox and by access_control/verifier_process.
#pragma once

#include <cstdint>

namespace base {

/// `number`: CAP_… of linux/capability.h.
[[nodiscard]] constexpr std::uint64_t capability(unsigned number) { return std::uint64_t{1} << number; }

/// Drops all capabilities but `kept`, a sum of capability(), for good: programs that are executed get none back. A
/// process without any stays as it is. An errno, 0 for success.
[[nodiscard]] int keep_capabilities(std::uint64_t kept);

}  // namespace base
