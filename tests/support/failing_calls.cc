// A library for LD_PRELOAD that makes one system call of a program fail: the n-th of its kind, with a chosen errno.
// A control file, mapped by both sides, says which; it counts all calls as well. scripts/fail-each-call compiles it and
// walks through all calls of a server. Operations that are handed to io_uring are replaced by one that fails.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>
#if __has_include(<liburing.h>)
#include <liburing.h>
#endif

namespace {

/// In the order in which the control file numbers them.
enum class Call : std::uint8_t {
    accept4,
    close,
    epoll_ctl,
    epoll_wait,
    eventfd_read,
    eventfd_write,
    faccessat,
    fallocate,
    fchmod,
    fchown,
    fcntl,
    fdatasync,
    fdopendir,
    fgetxattr,
    flock,
    fremovexattr,
    fstat,
    fstatat,
    fstatfs,
    fsetxattr,
    fsync,
    ftruncate,
    futimens,
    getrandom,
    inotify_add_watch,
    linkat,
    lseek,
    mkdirat,
    openat,
    openat2,
    pread,
    pwrite,
    pwritev2,
    read,
    readdir,
    readlinkat,
    recv,
    renameat,
    renameat2,
    send,
    sendfile,
    sendmsg,
    setsockopt,
    shutdown,
    statx,
    unlinkat,
    write,
    ring_close,
    ring_fsync,
    ring_linkat,
    ring_renameat,
    ring_unlinkat,
    ring_submit,
    count
};
constexpr std::size_t kCalls = static_cast<std::size_t>(Call::count);
constexpr std::size_t kNameBytes = 24;
constexpr std::array<std::array<char, kNameBytes>, kCalls> kNames{
    {{"accept4"},       {"close"},         {"epoll_ctl"},  {"epoll_wait"}, {"eventfd_read"},
     {"eventfd_write"}, {"faccessat"},     {"fallocate"},  {"fchmod"},     {"fchown"},
     {"fcntl"},         {"fdatasync"},     {"fdopendir"},  {"fgetxattr"},  {"flock"},
     {"fremovexattr"},  {"fstat"},         {"fstatat"},    {"fstatfs"},    {"fsetxattr"},
     {"fsync"},         {"ftruncate"},     {"futimens"},   {"getrandom"},  {"inotify_add_watch"},
     {"linkat"},        {"lseek"},         {"mkdirat"},    {"openat"},     {"openat2"},
     {"pread"},         {"pwrite"},        {"pwritev2"},   {"read"},       {"readdir"},
     {"readlinkat"},    {"recv"},          {"renameat"},   {"renameat2"},  {"send"},
     {"sendfile"},      {"sendmsg"},       {"setsockopt"}, {"shutdown"},   {"statx"},
     {"unlinkat"},      {"write"},         {"ring_close"}, {"ring_fsync"}, {"ring_linkat"},
     {"ring_renameat"}, {"ring_unlinkat"}, {"ring_submit"}}};

/// The control file. The script writes `armed` last.
struct Control {
    volatile std::int64_t armed;  ///< the call's number, or -1
    volatile std::int64_t nth;    ///< the first that fails, from 1
    volatile std::int64_t many;   ///< how many fail from there on
    volatile std::int64_t error;
    volatile std::int64_t fired;
    volatile std::int64_t calls;  ///< how many kinds there are
    std::array<volatile std::int64_t, 58> counts;
    std::array<std::array<char, kNameBytes>, kCalls> names;
};
static_assert(kCalls <= 58);

Control& control() {
    static Control unused{};
    static Control* const mapped = [] {
        const char* const path = std::getenv("FAILING_CALLS");
        if (path == nullptr) return &unused;
        const int file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC));
        if (file < 0) return &unused;
        void* const memory = ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::syscall(SYS_close, file);
        if (memory == MAP_FAILED) return &unused;
        auto* const made = static_cast<Control*>(memory);
        made->names = kNames;
        made->calls = kCalls;
        return made;
    }();
    return *mapped;
}

/// Counts the call. True: it fails, and errno says how.
bool fails(Call call) {
    Control& state = control();
    auto& count = state.counts[static_cast<std::size_t>(call)];
    count = count + 1;
    if (state.armed != static_cast<std::int64_t>(call)) return false;
    if (count < state.nth || count >= state.nth + state.many) return false;
    state.fired = state.fired + 1;
    errno = static_cast<int>(state.error);
    return true;
}

/// The function that this library stands in front of.
template <class Function>
Function* find_real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// IORING_NOP_INJECT_RESULT of Linux 6.10: the operation's result is its length.
constexpr int kReportsLength = 1;

/// The real call, or its failure.
template <class Result, class... Arguments>
Result pass(Call call, const char* name, Arguments... arguments) {
    if (fails(call)) {
        if constexpr (std::is_pointer_v<Result>) {
            return nullptr;
        } else {
            return Result(-1);
        }
    }
    return find_real<Result(Arguments...)>(name)(arguments...);
}

}  // namespace

extern "C" {

int accept4(int file, sockaddr* address, socklen_t* size, int flags) {
    return pass<int>(Call::accept4, "accept4", file, address, size, flags);
}
/// The kernel gives the descriptor back even when it says that this failed.
int close(int file) {
    const bool failed = fails(Call::close);
    const int error = errno;
    const int result = find_real<int(int)>("close")(file);
    if (!failed) return result;
    errno = error;
    return -1;
}
int epoll_ctl(int poller, int what, int file, epoll_event* event) noexcept {
    return pass<int>(Call::epoll_ctl, "epoll_ctl", poller, what, file, event);
}
int epoll_wait(int poller, epoll_event* events, int room, int timeout_ms) {
    return pass<int>(Call::epoll_wait, "epoll_wait", poller, events, room, timeout_ms);
}
int eventfd_read(int file, eventfd_t* value) { return pass<int>(Call::eventfd_read, "eventfd_read", file, value); }
int eventfd_write(int file, eventfd_t value) { return pass<int>(Call::eventfd_write, "eventfd_write", file, value); }
int faccessat(int directory, const char* name, int mode, int flags) noexcept {
    return pass<int>(Call::faccessat, "faccessat", directory, name, mode, flags);
}
int fallocate64(int file, int mode, off64_t begin, off64_t size) {
    return pass<int>(Call::fallocate, "fallocate64", file, mode, begin, size);
}
int fchmod(int file, mode_t mode) noexcept { return pass<int>(Call::fchmod, "fchmod", file, mode); }
int fchown(int file, uid_t user, gid_t group) noexcept { return pass<int>(Call::fchown, "fchown", file, user, group); }
int fcntl64(int file, int command, ...) {
    va_list rest;
    va_start(rest, command);
    const long argument = va_arg(rest, long);
    va_end(rest);
    return fails(Call::fcntl) ? -1 : find_real<int(int, int, ...)>("fcntl64")(file, command, argument);
}
int fdatasync(int file) { return pass<int>(Call::fdatasync, "fdatasync", file); }
DIR* fdopendir(int file) { return pass<DIR*>(Call::fdopendir, "fdopendir", file); }
ssize_t fgetxattr(int file, const char* name, void* into, size_t size) noexcept {
    return pass<ssize_t>(Call::fgetxattr, "fgetxattr", file, name, into, size);
}
int flock(int file, int operation) noexcept { return pass<int>(Call::flock, "flock", file, operation); }
int fremovexattr(int file, const char* name) noexcept {
    return pass<int>(Call::fremovexattr, "fremovexattr", file, name);
}
int fsetxattr(int file, const char* name, const void* from, size_t size, int flags) noexcept {
    return pass<int>(Call::fsetxattr, "fsetxattr", file, name, from, size, flags);
}
int fstat64(int file, struct stat64* status) noexcept { return pass<int>(Call::fstat, "fstat64", file, status); }
int fstatat64(int directory, const char* name, struct stat64* status, int flags) noexcept {
    return pass<int>(Call::fstatat, "fstatat64", directory, name, status, flags);
}
int fstatfs64(int file, struct statfs64* status) noexcept {
    return pass<int>(Call::fstatfs, "fstatfs64", file, status);
}
int fsync(int file) { return pass<int>(Call::fsync, "fsync", file); }
int ftruncate64(int file, off64_t size) noexcept { return pass<int>(Call::ftruncate, "ftruncate64", file, size); }
int futimens(int file, const timespec* times) noexcept { return pass<int>(Call::futimens, "futimens", file, times); }
ssize_t getrandom(void* into, size_t size, unsigned flags) {
    return pass<ssize_t>(Call::getrandom, "getrandom", into, size, flags);
}
int inotify_add_watch(int file, const char* path, std::uint32_t mask) noexcept {
    return pass<int>(Call::inotify_add_watch, "inotify_add_watch", file, path, mask);
}
int linkat(int from, const char* old_name, int to, const char* new_name, int flags) noexcept {
    return pass<int>(Call::linkat, "linkat", from, old_name, to, new_name, flags);
}
off64_t lseek64(int file, off64_t offset, int whence) noexcept {
    return pass<off64_t>(Call::lseek, "lseek64", file, offset, whence);
}
int mkdirat(int directory, const char* name, mode_t mode) noexcept {
    return pass<int>(Call::mkdirat, "mkdirat", directory, name, mode);
}
int openat64(int directory, const char* name, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if (fails(Call::openat)) return -1;
    return find_real<int(int, const char*, int, ...)>("openat64")(directory, name, flags, mode);
}
ssize_t pread64(int file, void* into, size_t size, off64_t offset) {
    return pass<ssize_t>(Call::pread, "pread64", file, into, size, offset);
}
ssize_t pwrite64(int file, const void* from, size_t size, off64_t offset) {
    return pass<ssize_t>(Call::pwrite, "pwrite64", file, from, size, offset);
}
ssize_t pwritev64v2(int file, const iovec* pieces, int count, off64_t offset, int flags) {
    return pass<ssize_t>(Call::pwritev2, "pwritev64v2", file, pieces, count, offset, flags);
}
ssize_t read(int file, void* into, size_t size) { return pass<ssize_t>(Call::read, "read", file, into, size); }
dirent64* readdir64(DIR* directory) { return pass<dirent64*>(Call::readdir, "readdir64", directory); }
ssize_t readlinkat(int directory, const char* name, char* into, size_t size) noexcept {
    return pass<ssize_t>(Call::readlinkat, "readlinkat", directory, name, into, size);
}
ssize_t recv(int file, void* into, size_t size, int flags) {
    return pass<ssize_t>(Call::recv, "recv", file, into, size, flags);
}
int renameat(int from, const char* old_name, int to, const char* new_name) noexcept {
    return pass<int>(Call::renameat, "renameat", from, old_name, to, new_name);
}
int renameat2(int from, const char* old_name, int to, const char* new_name, unsigned flags) noexcept {
    return pass<int>(Call::renameat2, "renameat2", from, old_name, to, new_name, flags);
}
ssize_t send(int file, const void* from, size_t size, int flags) {
    return pass<ssize_t>(Call::send, "send", file, from, size, flags);
}
ssize_t sendfile64(int to, int from, off64_t* offset, size_t size) noexcept {
    return pass<ssize_t>(Call::sendfile, "sendfile64", to, from, offset, size);
}
ssize_t sendmsg(int file, const msghdr* message, int flags) {
    return pass<ssize_t>(Call::sendmsg, "sendmsg", file, message, flags);
}
int setsockopt(int file, int level, int name, const void* value, socklen_t size) noexcept {
    return pass<int>(Call::setsockopt, "setsockopt", file, level, name, value, size);
}
int shutdown(int file, int how) noexcept { return pass<int>(Call::shutdown, "shutdown", file, how); }
int statx(int directory, const char* name, int flags, unsigned mask, struct statx* status) noexcept {
    return pass<int>(Call::statx, "statx", directory, name, flags, mask, status);
}
/// Of the calls that have no function of their own the server makes openat2 often, and io_uring's set-up once.
long syscall(long number, ...) noexcept {
    va_list rest;
    va_start(rest, number);
    std::array<long, 6> arguments{};
    for (long& argument : arguments) argument = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_openat2 && fails(Call::openat2)) return -1;
    static auto* const real = find_real<long(long, ...)>("syscall");
    return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
int unlinkat(int directory, const char* name, int flags) noexcept {
    return pass<int>(Call::unlinkat, "unlinkat", directory, name, flags);
}
ssize_t write(int file, const void* from, size_t size) { return pass<ssize_t>(Call::write, "write", file, from, size); }

#if __has_include(<liburing.h>)
/// With FAILING_CALLS_RING=no the server finds no io_uring and calls the kernel itself.
int io_uring_queue_init(unsigned entries, io_uring* ring, unsigned flags) {
    const char* const wanted = std::getenv("FAILING_CALLS_RING");
    if (wanted != nullptr && std::string_view(wanted) == "no") return -ENOSYS;
    return find_real<int(unsigned, io_uring*, unsigned)>("io_uring_queue_init")(entries, ring, flags);
}

/// Replaces the new entries whose turn it is by an operation that does nothing and reports the error.
int io_uring_submit(io_uring* ring) {
    if (fails(Call::ring_submit)) return -errno;
    static unsigned seen = 0;  // what an earlier submission left in the ring was counted then
    if (static_cast<int>(seen - ring->sq.sqe_head) < 0) seen = ring->sq.sqe_head;
    for (; seen != ring->sq.sqe_tail; ++seen) {
        io_uring_sqe& entry = ring->sq.sqes[seen & ring->sq.ring_mask];
        Call call = Call::count;
        switch (entry.opcode) {
            case IORING_OP_CLOSE: call = Call::ring_close; break;
            case IORING_OP_FSYNC: call = Call::ring_fsync; break;
            case IORING_OP_LINKAT: call = Call::ring_linkat; break;
            case IORING_OP_RENAMEAT: call = Call::ring_renameat; break;
            case IORING_OP_UNLINKAT: call = Call::ring_unlinkat; break;
            default: break;
        }
        if (call == Call::count || !fails(call)) continue;
        if (call == Call::ring_close) ::syscall(SYS_close, entry.fd);
        const auto flags = entry.flags;
        const auto number = entry.user_data;
        std::memset(&entry, 0, sizeof(entry));
        entry.opcode = IORING_OP_NOP;
        entry.flags = flags;
        entry.user_data = number;
        entry.fd = -1;
        entry.rw_flags = kReportsLength;
        entry.len = static_cast<unsigned>(-errno);
    }
    return find_real<int(io_uring*)>("io_uring_submit")(ring);
}
#endif

}  // extern "C"
