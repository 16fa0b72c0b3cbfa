// What makes a process a well-behaved daemon: detaching once it listens, a locked pid file, giving up privileges.
// Called by serve, in this order: detach, pid file, bind, drop privileges, report readiness.
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>

#include "base/fd.h"

namespace app {

/// The child's side of the handshake with the parent that the user's shell waits for.
/// Destroyed without ready(): the parent exits 1, so every failing path of the child is covered.
class Detached {
public:
    /// Forks. In the parent this never returns: it waits until the child is ready or gone, passes on what the child
    /// wrote through ready(), and exits 0 or 1. In the child: a session of its own, working directory and standard
    /// streams unchanged, so that errors until ready() still reach the terminal.
    static std::expected<Detached, std::string> detach();

    /// Leads the standard streams to /dev/null and the working directory to /, then tells the parent to print `line` on
    /// its standard output and exit 0. Relative paths mean nothing from then on.
    /// Returns an errno, 0 for success.
    int ready(const std::string& line);

private:
    explicit Detached(base::Fd pipe) : pipe_(std::move(pipe)) {}
    base::Fd pipe_;
};

/// A file that holds this process's number, locked while the process lives: a second server on the same file is
/// refused, a file left by a crash is taken over. Removed by the destructor.
class Pidfile {
public:
    /// Creates or takes over `path` (mode 0644) and writes getpid(): call it after detaching. A file that holds
    /// something else than a number is left as it is, and refused.
    /// The error is a sentence for the person who started the server.
    static std::expected<Pidfile, std::string> create(const std::string& path);

    /// Takes over the open file of a process whose place this one takes, with its lock. It names that process until
    /// claim(). nullopt when it is not the file of `path`.
    static std::optional<Pidfile> take_over(base::Fd file, const std::string& path);
    /// Writes getpid() into it. Returns an errno, 0 for success.
    int claim();
    /// False from take_over() until claim().
    [[nodiscard]] bool is_claimed() const { return owner_ != 0; }
    /// The process that took it over has it from here on: the destructor changes nothing.
    void leave() { owner_ = 0; }
    /// Writes the same again, which only changes the time of its last change.
    void touch() const;
    [[nodiscard]] int descriptor() const { return file_.get(); }

    Pidfile(Pidfile&& other) noexcept = default;
    Pidfile& operator=(Pidfile&&) = delete;
    /// Removes the file if it is still the one that was created and names this process; empties it where this process
    /// may not remove it any more.
    ~Pidfile();

private:
    Pidfile(base::Fd file, std::string path, pid_t owner)
        : file_(std::move(file)), path_(std::move(path)), owner_(owner) {}
    base::Fd file_;
    std::string path_;  ///< absolute: a daemon changes its working directory
    pid_t owner_;
};

/// The number of a process in an open pid file; nullopt when there is none.
[[nodiscard]] std::optional<pid_t> read_pid(int file);

/// The user to become. Looked up while the user database is still readable.
struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string user;  ///< empty when only a number is known: no supplementary groups then
};

/// `user` and `group` are names or numbers; an empty group is the user's own.
std::expected<Identity, std::string> find_identity(const std::string& user, const std::string& group);

/// Becomes `identity` for good: groups, gid, uid, then proves that root cannot be regained.
/// A process that is already that user with that group is left as it is.
std::expected<void, std::string> drop_privileges(const Identity& identity);

}  // namespace app
