// These functions take the place of those of the C library for the whole program, because a program's own come first.
#include "simulation/steady_calls.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <utility>

#include "simulation/random.h"

namespace simulation {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
/// Hexadecimal numbers of tags have the same length then.
constexpr ino_t kLeastInode = ino_t{1} << 40;
constexpr long kLeastNs = 0x1000'0000;
/// Later than every time of the simulated clock: the kernel gave the stamp.
constexpr std::int64_t kRealFromSeconds = 1'500'000'000;
constexpr time_t kOldSeconds = 700'000'000;

/// Of the looks whether a byte is in memory, one in so many finds that it is on the disk only.
constexpr std::size_t kOnDiskOneIn = 8;

Random randomness(0);
Random residence(0);
std::int64_t wall_clock_ns = 0;
std::int64_t looks = 0;
/// Of the files of this run, by what the machine calls them, in the order in which they were first looked at.
std::map<std::pair<dev_t, ino_t>, ino_t> inodes;

/// The kernel's stamps become old ones, another one for each file; those that the server sets are from the simulated
/// clock. A change long ago, so that no file is young: whether one is would depend on the machine's ticks.
void steady(struct stat& status) {
    const std::pair inode(status.st_dev, status.st_ino);
    const ino_t number = inodes.try_emplace(inode, inodes.size()).first->second;
    status.st_ino = kLeastInode + number;
    if (status.st_mtim.tv_sec > kRealFromSeconds) {
        status.st_mtim.tv_sec = kOldSeconds + static_cast<time_t>(number);
        status.st_mtim.tv_nsec = kLeastNs;
    }
    status.st_ctim = status.st_mtim;
    status.st_ctim.tv_sec -= 20;
}

int look(int directory, const char* name, struct stat* status, int flags) {
    const long result = ::syscall(SYS_newfstatat, directory, name, status, flags);
    if (result == 0) steady(*status);
    return static_cast<int>(result);
}

}  // namespace

void steady_calls(std::uint64_t seed, std::int64_t unix_ns) {
    randomness = Random(seed);
    wall_clock_ns = unix_ns;
    looks = 0;
    inodes.clear();
}

void choose_residence(std::uint64_t choices) { residence = Random(choices); }

void set_wall_clock(std::int64_t unix_ns) { wall_clock_ns = unix_ns; }

}  // namespace simulation

using simulation::look;

// The build has one width of file offsets, so these names are also those that the server calls.
extern "C" {

int fstat(int file, struct stat* status) noexcept { return look(file, "", status, AT_EMPTY_PATH); }
int stat(const char* name, struct stat* status) noexcept { return look(AT_FDCWD, name, status, 0); }
int lstat(const char* name, struct stat* status) noexcept { return look(AT_FDCWD, name, status, AT_SYMLINK_NOFOLLOW); }
int fstatat(int directory, const char* name, struct stat* status, int flags) noexcept {
    return look(directory, name, status, flags);
}

int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
    if (clock != CLOCK_REALTIME) return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
    // No two looks show the same time, and all show as many digits.
    const std::int64_t now = simulation::wall_clock_ns + simulation::looks++;
    time->tv_sec = now / simulation::kNsPerSecond;
    time->tv_nsec = simulation::kLeastNs + now % simulation::kNsPerSecond % simulation::kLeastNs;
    return 0;
}

ssize_t preadv2(int file, const struct iovec* parts, int count, off_t offset, int flags) {
    if ((flags & RWF_NOWAIT) != 0 && simulation::residence.one_in(simulation::kOnDiskOneIn)) {
        errno = EAGAIN;
        return -1;
    }
    return ::syscall(SYS_preadv2, file, parts, count, offset, 0L, flags & ~RWF_NOWAIT);
}

ssize_t getrandom(void* into, size_t length, unsigned /*flags*/) {
    auto* bytes = static_cast<unsigned char*>(into);
    for (size_t i = 0; i < length; ++i) bytes[i] = static_cast<unsigned char>(simulation::randomness.next());
    return static_cast<ssize_t>(length);
}
}
