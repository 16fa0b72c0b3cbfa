// Detaching, the pid file and privileges: the parts of POSIX that main needs once.
#include "app/daemon.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/shared_place.h"
#include "base/ascii.h"
#include "base/file_io.h"

namespace app {

namespace {

std::string reason(int error) { return std::strerror(error); }

/// Everything, or false.
bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::write(file, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

/// Reads until the other side closes.
std::string read_all(int file) {
    std::string text;
    std::array<char, 512> block{};
    for (;;) {
        const ssize_t n = ::read(file, block.data(), block.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return text;
        text.append(block.data(), static_cast<std::size_t>(n));
    }
}

/// The first byte says that the child is ready; without it the child has failed and has said why itself.
constexpr char kReady = '+';

[[noreturn]] void wait_as_parent(const base::Fd& pipe, pid_t child) {
    const std::string answer = read_all(pipe.get());
    if (!answer.empty() && answer.front() == kReady) {
        const bool printed = write_all(STDOUT_FILENO, std::string_view(answer).substr(1));
        ::_exit(printed ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    ::_exit(code == 0 ? 1 : code);
}

std::string absolute(const std::string& path) {
    if (path.starts_with('/')) return path;
    std::array<char, PATH_MAX> directory{};
    if (::getcwd(directory.data(), directory.size()) == nullptr) return path;
    return std::string(directory.data()) + "/" + path;
}

/// True when `path` still names the open `file`: between open and lock another server may have removed it.
bool still_names(const std::string& path, int file) {
    struct stat opened{};
    struct stat named{};
    return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/// True for what a pid file holds, and for what a crash can make of it: nothing, zero bytes, a number that names no
/// process. Everything else is a file of another kind, whose name was given by mistake.
bool may_be_pid_file(int file) {
    struct stat status{};
    std::array<char, 32> text{};
    if (::fstat(file, &status) != 0 || status.st_size > static_cast<off_t>(text.size())) return false;
    const std::size_t size = base::read_at(file, 0, std::as_writable_bytes(std::span(text)));
    constexpr std::string_view kOfPidFiles("0123456789 \n\0", 13);
    return std::string_view(text.data(), size).find_first_not_of(kOfPidFiles) == std::string_view::npos;
}

std::string locked_sentence(const std::string& path, int file) {
    const auto pid = read_pid(file);
    std::string sentence = "the pid file " + path + " is locked by another process";
    if (pid) sentence += " (" + std::to_string(*pid) + ")";
    return sentence + "; stop that server or choose another --pidfile";
}

/// A number that an id can hold. The largest value is not an id: -1 means "leave it" to the set*id() calls.
std::optional<std::uint32_t> parse_id(const std::string& text) {
    const auto number = base::parse_decimal(text);
    if (!number || *number >= UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::expected<gid_t, std::string> find_group(const std::string& group) {
    errno = 0;
    if (const struct group* entry = ::getgrnam(group.c_str()); entry != nullptr) return entry->gr_gid;
    if (const auto number = parse_id(group)) return *number;
    return std::unexpected("there is no group " + group + ": give USER or USER:GROUP, names or numbers");
}

}  // namespace

std::optional<pid_t> read_pid(int file) {
    std::array<char, 32> text{};
    const std::size_t size = base::read_at(file, 0, std::as_writable_bytes(std::span(text)));
    const std::string_view digits(text.data(), size);
    const auto number = base::parse_decimal(digits.substr(0, digits.find('\n')));
    if (!number || *number == 0 || *number > INT_MAX) return std::nullopt;
    return static_cast<pid_t>(*number);
}

std::expected<Detached, std::string> Detached::detach() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected("cannot make a pipe: " + reason(errno));
    base::Fd read_end(ends[0]);
    base::Fd write_end(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) return std::unexpected("cannot start a process in the background: " + reason(errno));
    if (child > 0) {
        write_end.reset();
        wait_as_parent(read_end, child);
    }
    // A session of its own: no controlling terminal, so closing the terminal sends no SIGHUP. The server opens no
    // terminal, so it needs no second fork to keep from getting one.
    if (::setsid() < 0) return std::unexpected("cannot leave the terminal: " + reason(errno));
    return Detached(std::move(write_end));
}

int Detached::ready(const std::string& line) {
    const base::Fd null_file(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null_file) return errno;
    // The root is open already; a daemon must not keep the directory it was started from busy.
    if (::chdir("/") != 0) return errno;
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::dup2(null_file.get(), stream) < 0) return errno;
    }
    // The parent may have been killed meanwhile, which is no reason to stop serving.
    (void)write_all(pipe_.get(), kReady + line);
    pipe_.reset();
    return 0;
}

std::expected<Pidfile, std::string> Pidfile::create(const std::string& path) {
    const std::string name = absolute(path);
    if (std::string objection = find_shared_place(name); !objection.empty()) {
        return std::unexpected("--pidfile: " + objection);
    }
    // Repeats only while a stopping server removes the file between this open and this lock.
    for (int attempt = 0; attempt < 100; ++attempt) {
        base::Fd file(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!file) return std::unexpected("cannot open the pid file " + path + ": " + reason(errno));
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) return std::unexpected(locked_sentence(path, file.get()));
            return std::unexpected("cannot lock the pid file " + path + ": " + reason(errno));
        }
        if (!still_names(name, file.get())) continue;
        if (!may_be_pid_file(file.get())) {
            return std::unexpected("the file " + path + " holds something else than the number of a process, and " +
                                   "stays as it is: choose another --pidfile, or remove it");
        }
        Pidfile pidfile(std::move(file), name, 0);
        if (const int error = pidfile.claim(); error != 0) {
            return std::unexpected("cannot write the pid file " + path + ": " + reason(error));
        }
        return pidfile;
    }
    return std::unexpected("the pid file " + path + " keeps being removed by another process");
}

std::optional<Pidfile> Pidfile::take_over(base::Fd file, const std::string& path) {
    std::string name = absolute(path);
    if (!file || !still_names(name, file.get()) || !find_shared_place(name).empty()) return std::nullopt;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
    return Pidfile(std::move(file), std::move(name), 0);
}

/// The number is written first and what is behind it cut off afterwards, so that a reader at any moment finds one.
int Pidfile::claim() {
    const std::string text = std::to_string(::getpid()) + "\n";
    const auto size = static_cast<ssize_t>(text.size());
    if (::pwrite(file_.get(), text.data(), text.size(), 0) != size) return errno != 0 ? errno : EIO;
    if (::ftruncate(file_.get(), size) != 0) return errno;
    owner_ = ::getpid();
    return 0;
}

void Pidfile::touch() const {
    if (owner_ != ::getpid()) return;
    const std::string text = std::to_string(owner_) + "\n";
    (void)!::pwrite(file_.get(), text.data(), text.size(), 0);
}

Pidfile::~Pidfile() {
    if (!file_ || owner_ != ::getpid() || read_pid(file_.get()) != owner_) return;
    if (still_names(path_, file_.get()) && ::unlink(path_.c_str()) == 0) return;
    // After privileges were dropped the directory, which is root's, may be closed to this process. The file is emptied
    // then, so that it names no process.
    (void)!::ftruncate(file_.get(), 0);
}

std::expected<Identity, std::string> find_identity(const std::string& user, const std::string& group) {
    Identity identity;
    bool group_known = false;
    if (const struct passwd* entry = ::getpwnam(user.c_str()); entry != nullptr) {
        identity = {entry->pw_uid, entry->pw_gid, entry->pw_name};
        group_known = true;
    } else if (const auto number = parse_id(user)) {
        identity.uid = *number;
        if (const struct passwd* numbered = ::getpwuid(*number); numbered != nullptr) {
            identity.gid = numbered->pw_gid;
            identity.user = numbered->pw_name;
            group_known = true;
        }
    } else {
        return std::unexpected("there is no user " + user + ": give USER or USER:GROUP, names or numbers");
    }
    if (!group.empty()) {
        const auto gid = find_group(group);
        if (!gid) return std::unexpected(gid.error());
        identity.gid = *gid;
        return identity;
    }
    if (!group_known) return std::unexpected("user " + user + " is not in the user database: give USER:GROUP");
    return identity;
}

std::expected<void, std::string> drop_privileges(const Identity& identity) {
    const bool same = ::getuid() == identity.uid && ::geteuid() == identity.uid && ::getegid() == identity.gid;
    if (same && identity.uid != 0) return {};
    if (::geteuid() != 0) return std::unexpected("only root can become another user (--user)");

    const int groups_set =
        identity.user.empty() ? ::setgroups(1, &identity.gid) : ::initgroups(identity.user.c_str(), identity.gid);
    if (groups_set != 0) return std::unexpected("cannot set the groups: " + reason(errno));
    if (::setresgid(identity.gid, identity.gid, identity.gid) != 0) {
        return std::unexpected("cannot become group " + std::to_string(identity.gid) + ": " + reason(errno));
    }
    if (::setresuid(identity.uid, identity.uid, identity.uid) != 0) {
        return std::unexpected("cannot become user " + std::to_string(identity.uid) + ": " + reason(errno));
    }
    // The return values are not trusted: a saved id that survived would give everything back to an attacker.
    if (identity.uid != 0 && (::setuid(0) == 0 || ::seteuid(0) == 0 || ::geteuid() != identity.uid)) {
        return std::unexpected(std::string("root could be regained after giving it up; refusing to serve"));
    }
    return {};
}

}  // namespace app
