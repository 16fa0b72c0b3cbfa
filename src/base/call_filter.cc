// A program for the kernel's own small machine (BPF), which compares the number of a call with one after the other.
// Since Linux 5.11 the kernel runs it once for each number that is decided by itself, and remembers the answer. Each
// list has whole families: which one of them a C library takes differs between its versions.
#include "base/call_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <span>
#include <vector>

namespace base {
namespace {

/// A call that stays for some values of one argument only, of which the lower 32 bits count.
struct NarrowCall {
    std::uint32_t number;
    std::uint32_t argument;  ///< 0 to 5
    std::span<const std::uint32_t> values;
};

struct CallList {
    std::span<const std::uint32_t> whole;
    std::span<const std::uint32_t> old;
    std::span<const NarrowCall> narrow;
};

#if defined(__x86_64__) || defined(__aarch64__)

constexpr std::uint32_t kLibrary[] = {
    // Memory and locks.
    SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_membarrier, SYS_futex,
    SYS_set_robust_list, SYS_rseq, SYS_sched_yield,
    // Time, where the kernel has to be asked for it.
    SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_clock_nanosleep, SYS_nanosleep,
    // Signals, also to itself, and the end.
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall, SYS_tgkill, SYS_tkill,
    SYS_exit, SYS_exit_group,
    // Facts about the process and the machine, and random numbers.
    SYS_getrandom, SYS_sysinfo, SYS_uname, SYS_sched_getaffinity, SYS_getcpu, SYS_getrusage, SYS_getpid, SYS_gettid,
    SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getgroups};

constexpr std::uint32_t kReading[] = {
    SYS_openat,  SYS_openat2,   SYS_close,      SYS_close_range, SYS_read,       SYS_pread64,   SYS_readv,
    SYS_preadv,  SYS_preadv2,   SYS_lseek,      SYS_fstat,       SYS_newfstatat, SYS_statx,     SYS_statfs,
    SYS_fstatfs, SYS_faccessat, SYS_faccessat2, SYS_readlinkat,  SYS_getdents64, SYS_getcwd,    SYS_chdir,
    SYS_fcntl,   SYS_flock,     SYS_dup,        SYS_dup3,        SYS_fadvise64,  SYS_readahead, SYS_fgetxattr};

constexpr std::uint32_t kChanging[] = {
    SYS_write,     SYS_pwrite64,  SYS_writev,    SYS_pwritev,         SYS_pwritev2,        SYS_ftruncate,
    SYS_fallocate, SYS_fsync,     SYS_fdatasync, SYS_sync_file_range, SYS_copy_file_range, SYS_mkdirat,
    SYS_linkat,    SYS_unlinkat,  SYS_renameat2, SYS_fchmod,          SYS_fchmodat,        SYS_fchown,
    SYS_fchownat,  SYS_utimensat, SYS_umask,     SYS_renameat,        SYS_fsetxattr,       SYS_fremovexattr};

constexpr std::uint32_t kTalking[] = {SYS_write,       SYS_writev,     SYS_sendto,    SYS_sendmsg, SYS_sendfile,
                                      SYS_recvfrom,    SYS_recvmsg,    SYS_shutdown,  SYS_ppoll,   SYS_getsockname,
                                      SYS_getpeername, SYS_getsockopt, SYS_setsockopt};

constexpr std::uint32_t kServing[] = {SYS_accept4,          SYS_accept,        SYS_epoll_ctl,     SYS_epoll_pwait,
                                      SYS_epoll_pwait2,     SYS_eventfd2,      SYS_inotify_init1, SYS_inotify_add_watch,
                                      SYS_inotify_rm_watch, SYS_io_uring_enter};

// The library makes a renameat2 without flags a renameat.
constexpr std::uint32_t kDisk[] = {SYS_recvmsg,   SYS_sendmsg, SYS_close,    SYS_pread64,  SYS_fsync,
                                   SYS_fdatasync, SYS_linkat,  SYS_unlinkat, SYS_renameat, SYS_renameat2};

constexpr std::uint32_t kChildren[] = {SYS_wait4, SYS_waitid, SYS_kill};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
/// What the lists have by newer names: other kinds of processors never had these.
constexpr std::uint32_t kOldLibrary[] = {SYS_time};
constexpr std::uint32_t kOldReading[] = {SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_dup2};
constexpr std::uint32_t kOldChanging[] = {SYS_mkdir, SYS_link, SYS_unlink, SYS_rename, SYS_rmdir, SYS_chmod, SYS_chown};
constexpr std::uint32_t kOldTalking[] = {SYS_poll};
constexpr std::uint32_t kOldServing[] = {SYS_epoll_wait};
#else
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::span<const std::uint32_t> kOldLibrary, kOldReading, kOldChanging, kOldTalking, kOldServing;
#endif

/// The limits of this process are read, none of another one.
constexpr std::uint32_t kSelf[] = {0};
constexpr NarrowCall kNarrowLibrary[] = {{SYS_prlimit64, 0, kSelf}};

/// Of what a descriptor can be asked (ioctl), never what puts words into a terminal's input (TIOCSTI). What looks at
/// terminals has a second number, whose header cannot stand beside this one. The last two turn names of interfaces
/// ("eth0") into numbers and back, for which the C library makes a local socket.
constexpr std::uint32_t kSecondTcgets = 0x802C'542A;
constexpr std::uint32_t kControls[] = {TCGETS,  kSecondTcgets, TIOCGWINSZ,   TIOCOUTQ,
                                       FIONBIO, FIONREAD,      SIOCGIFINDEX, SIOCGIFNAME};
constexpr std::uint32_t kLocalSockets[] = {AF_UNIX};
constexpr NarrowCall kNarrowServing[] = {{SYS_ioctl, 1, kControls}, {SYS_socket, 0, kLocalSockets}};

/// The flags with which fork() of glibc and of musl call.
constexpr std::uint32_t kForks[] = {CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, SIGCHLD};
constexpr std::uint32_t kParentsDeath[] = {PR_SET_PDEATHSIG};
constexpr NarrowCall kNarrowChildren[] = {{SYS_clone, 0, kForks}, {SYS_prctl, 0, kParentsDeath}};

CallList list_of(Calls calls) {
    switch (calls) {
        case Calls::library: return {kLibrary, kOldLibrary, kNarrowLibrary};
        case Calls::reading: return {kReading, kOldReading, {}};
        case Calls::changing: return {kChanging, kOldChanging, {}};
        case Calls::talking: return {kTalking, kOldTalking, {}};
        case Calls::serving: return {kServing, kOldServing, kNarrowServing};
        case Calls::disk: return {kDisk, {}, {}};
        case Calls::children: return {kChildren, {}, kNarrowChildren};
    }
    return {};
}

#else

constexpr std::uint32_t kArchitecture = 0;
CallList list_of(Calls) { return {}; }

#endif

/// What a tracer (strace --inject) puts in place of a call that it has fail: the kernel calls nothing then.
constexpr std::uint32_t kNoCall = ~std::uint32_t{0};

using Program = std::vector<sock_filter>;

void load(Program& program, std::size_t offset) {
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
}

void answer(Program& program, std::uint32_t with) { program.push_back(BPF_STMT(BPF_RET | BPF_K, with)); }

/// Goes over the next `length` instructions unless what was loaded is `value`.
void unless(Program& program, std::uint32_t value, std::size_t length) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, static_cast<std::uint8_t>(length)));
}

void keep_if(Program& program, std::uint32_t value) {
    unless(program, value, 1);
    answer(program, SECCOMP_RET_ALLOW);
}

void keep_narrow(Program& program, const NarrowCall& call) {
    unless(program, call.number, 2 + 2 * call.values.size());
    load(program, offsetof(seccomp_data, args) + call.argument * sizeof(std::uint64_t));  // both are little-endian
    for (const std::uint32_t value : call.values) keep_if(program, value);
    answer(program, SECCOMP_RET_KILL_PROCESS);
}

Program make_program(std::initializer_list<Calls> kept) {
    Program program;
    load(program, offsetof(seccomp_data, arch));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    answer(program, SECCOMP_RET_KILL_PROCESS);
    load(program, offsetof(seccomp_data, nr));
    keep_if(program, kNoCall);
    for (const Calls calls : kept) {
        const CallList list = list_of(calls);
        for (const std::uint32_t number : list.whole) keep_if(program, number);
        for (const std::uint32_t number : list.old) keep_if(program, number);
    }
    for (const Calls calls : kept) {
        for (const NarrowCall& call : list_of(calls).narrow) keep_narrow(program, call);
    }
    answer(program, SECCOMP_RET_KILL_PROCESS);
    return program;
}

}  // namespace

int keep_calls(std::initializer_list<Calls> kept) {
    if (!kFiltersCalls) return EOPNOTSUPP;
    Program instructions = make_program(kept);
    const sock_fprog program{.len = static_cast<unsigned short>(instructions.size()), .filter = instructions.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    // Not by seccomp(), which the filters of service managers leave out: systemd's @system-service does.
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
}

}  // namespace base
