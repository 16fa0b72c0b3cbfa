// Landlock: what a process may still open, make, remove and connect to once it has restricted itself for good. Called
// by app/sandbox and by access_control/verifier_process.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/fd.h"

namespace base {

/// What stays allowed at a file, or at a directory and everything below it. None of them allows executing.
enum class Access : std::uint8_t {
    read,    ///< files, and the names in directories
    write,   ///< the same, and every change of regular files, directories and names
    append,  ///< making regular files and opening them to write: what a log needs
    remove,  ///< removing the names of files
    stream,  ///< reading and writing what is there, such as a device or a FIFO
};

class Landlock {
public:
    /// Versions of the kernel's interface. Version 1 refuses to move a file from one directory to another, so it is
    /// not used.
    static constexpr int kFiles = 2;        ///< Linux 5.19
    static constexpr int kTruncation = 3;   ///< Linux 6.2
    static constexpr int kConnections = 4;  ///< Linux 6.7: connecting and binding by TCP
    static constexpr int kOthers = 6;       ///< Linux 6.12: abstract sockets of other processes, and signals to them

    /// The running kernel's version; 0 where it has none.
    [[nodiscard]] static int version();

    enum class AbstractSockets : std::uint8_t { closed, open };

    /// Handles everything that the kernel's version knows: what allow() does not allow is refused. `sockets` of others
    /// may stay open. The error is an errno: ENOSYS and EOPNOTSUPP for a kernel
    /// without it, ENOSYS for one older than kFiles.
    [[nodiscard]] static std::expected<Landlock, int> create(AbstractSockets sockets = AbstractSockets::closed);

    /// `place` is an open file or directory. An errno, 0 for success; pipes and sockets need no permission and succeed.
    [[nodiscard]] int allow(int place, Access access) const;
    /// ENOENT when nothing is there.
    [[nodiscard]] int allow(const std::string& path, Access access) const;
    /// Everything in the directory of `file`, because a file that takes its place will be another one. With
    /// Access::read this holds for the directory of the name and for the directory that links lead to, otherwise for
    /// the latter only.
    [[nodiscard]] int allow_beside(const std::string& file, Access access) const;

    /// Restricts this thread and what it will start. An errno, 0 for success. From then on, programs that are executed
    /// get no new privileges (no_new_privs).
    [[nodiscard]] int restrict_self() const;

private:
    Landlock(Fd ruleset, int version) : ruleset_(std::move(ruleset)), version_(version) {}

    Fd ruleset_;
    int version_;
};

}  // namespace base
