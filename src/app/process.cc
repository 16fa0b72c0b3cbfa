// Limits, the heap, the scheduler, and the counters of the process.
#include "app/process.h"

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "files/representation_cache.h"

namespace app {
namespace {

/// The descriptors needed besides one for each connection: those of the cache, of listeners, logs and the ring, and of
/// some uploads.
constexpr std::size_t kOtherDescriptors = files::CacheLimits{}.max_descriptors + 64;

/// The first version of the kernel's structure (sched_setattr(2)); its own header cannot stand beside sched.h.
struct SchedulingAttributes {
    std::uint32_t size;
    std::uint32_t policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime_ns;
    std::uint64_t deadline_ns;
    std::uint64_t period_ns;
};
constexpr std::uint64_t kResetOnFork = 1;  // SCHED_FLAG_RESET_ON_FORK

/// What the process has in memory now, of an open /proc/self/statm; 0 where that is missing.
std::uint64_t resident_bytes(const base::Fd& pages) {
    std::array<char, 128> text{};
    const std::size_t length = base::read_at(pages.get(), 0, std::as_writable_bytes(std::span(text)));
    const std::string_view numbers(text.data(), length);
    const std::size_t begin = numbers.find(' ') + 1;
    const auto resident = base::parse_decimal(numbers.substr(begin, numbers.find(' ', begin) - begin));
    return resident.value_or(0) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

bool are_calls_filtered() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Seccomp:")) return !line.ends_with("\t0");
    }
    return true;
}

base::Counters::Registration register_process_counters(base::Counters& counters, std::int64_t begun_unix_s) {
    using enum base::CounterKind;
    // Opened now: the sandbox does not let the server open it later.
    const auto pages = std::make_shared<const base::Fd>(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
    return counters.add({
        {"resident_bytes", gauge, "bytes of memory that the process has", [pages] { return resident_bytes(*pages); }},
        {"start_time_seconds", gauge, "when the process began, in seconds since 1970",
         [begun_unix_s] { return static_cast<std::uint64_t>(begun_unix_s); }, base::ShownIn::metrics},
        {"build_info", gauge, "1, with the version of this build", [] { return std::uint64_t{1}; },
         base::ShownIn::metrics, base::CounterUnit::things, "version=\"" GODWIT_VERSION "\""},
    });
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void keep_heap_compact() {
#ifdef __GLIBC__
    // An encoder consists of pieces of 64 KiB.
    constexpr int kLargeBytes = 60 * 1024;
    // As many mappings as leave half of what the kernel allows by default.
    constexpr int kMostMappings = 32'000;
    // Both are fixed from here on, so the end of the heap must not go and come with every request.
    constexpr int kTrimBytes = 4 * 1024 * 1024;
    ::mallopt(M_MMAP_THRESHOLD, kLargeBytes);
    ::mallopt(M_MMAP_MAX, kMostMappings);
    ::mallopt(M_TRIM_THRESHOLD, kTrimBytes);
#endif
}

std::string missing_descriptors(std::size_t max_connections) {
    rlimit limit{};
    const std::size_t needed = max_connections + kOtherDescriptors;
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return {};
    return "the limit of open files is " + std::to_string(limit.rlim_cur) + ", and --max-connections " +
           std::to_string(max_connections) + " needs " + std::to_string(needed) +
           ": beyond it, connections wait to be accepted; raise it (ulimit -n " + std::to_string(needed) +
           " as root, or LimitNOFILE= in a unit of systemd) or lower --max-connections";
}

void ask_for_short_slices() {
    if (are_calls_filtered()) return;
    SchedulingAttributes attributes{};
    if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
    if (attributes.policy != SCHED_OTHER) return;
    attributes.runtime_ns = kSliceNs;
    attributes.flags |= kResetOnFork;
    ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace app
