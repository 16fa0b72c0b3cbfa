// The three sets of this process, and the bound for programs that it executes.
#include "base/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace base {

int keep_capabilities(std::uint64_t kept) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) return errno;
    // Only a process that executes programs would get these back; some kernels and users may not drop them.
    for (unsigned number = 0; number < 64; ++number) {
        if ((kept & capability(number)) == 0) (void)::prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    }
    bool is_changed = false;
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const auto part = static_cast<std::uint32_t>(kept >> (32 * i));
        is_changed = is_changed || (sets[i].permitted & ~part) != 0 || sets[i].inheritable != 0;
        sets[i].permitted &= part;
        sets[i].effective &= part;
        sets[i].inheritable = 0;
    }
    // A process that has none makes no call: a filter of system calls may know no other answer than its end.
    return !is_changed || ::syscall(SYS_capset, &header, sets.data()) == 0 ? 0 : errno;
}

}  // namespace base
