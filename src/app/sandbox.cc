// Places are taken from the options as they are at the start; docs/operations.md says what a reload cannot widen.
#include "app/sandbox.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <set>
#include <string_view>

#include "app/process.h"
#include "base/call_filter.h"
#include "base/capabilities.h"
#include "base/landlock.h"
#include "base/sanitizers.h"

namespace app {
namespace {

using base::Access;
using base::Landlock;

/// Root reads and replaces files of other users and keeps their owners. A server that became another user has none of
/// these.
constexpr std::uint64_t kKeptCapabilities = base::capability(CAP_CHOWN) | base::capability(CAP_DAC_OVERRIDE) |
                                            base::capability(CAP_DAC_READ_SEARCH) | base::capability(CAP_FOWNER) |
                                            base::capability(CAP_FSETID);

/// A new upload asks for the number of this boot.
constexpr const char* kBootFile = "/proc/sys/kernel/random/boot_id";
constexpr const char* kNowhere = "/dev/null";

/// One permission after the other; keeps the first error. What is not there is left out: it was not needed at the
/// start either.
class Permissions {
public:
    explicit Permissions(const Landlock& landlock) : landlock_(landlock) {}
    void at(int place, Access access) { note(landlock_.allow(place, access)); }
    void at(const std::string& path, Access access) { note(landlock_.allow(path, access)); }
    void beside(const std::string& file, Access access) { note(landlock_.allow_beside(file, access)); }
    [[nodiscard]] int error() const { return error_; }

private:
    void note(int error) {
        if (error_ == 0 && error != ENOENT && error != ENOTDIR) error_ = error;
    }
    const Landlock& landlock_;
    int error_ = 0;
};

/// A configuration file may allow writing later, where a directory is served.
bool may_write(const Options& options) {
    if (options.site.allow_share) return true;  // share links are kept in a directory of the root
    if (!options.site.only_path.empty()) return false;
    return options.site.allow_upload || options.site.allow_delete || !options.sources.config.empty();
}

void allow_root(const Options& options, const storage::FileRoot& root, Permissions& permissions) {
    const Access access = may_write(options) ? Access::write : Access::read;
    if (options.site.symlinks == storage::Symlinks::all) {
        permissions.at("/", access);  // links lead anywhere
    } else {
        permissions.at(root.descriptor(), access);
    }
}

/// Rotation puts another file in a log's place. A device or a FIFO stays what it is.
void allow_log(const std::string& path, Permissions& permissions) {
    if (path.empty() || path == "-") return;
    struct stat status{};
    const bool is_special = ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
    if (is_special) {
        permissions.at(path, Access::stream);
    } else {
        permissions.beside(path, Access::append);
    }
}

/// The logs open the streams anew at SIGHUP, to have flags of their own. A regular file is written as it is. Those of a
/// daemon, and of the processes that wait for the disk, lead nowhere.
void allow_standard_streams(Permissions& permissions) {
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
        struct stat status{};
        if (::fstat(stream, &status) == 0 && !S_ISREG(status.st_mode)) permissions.at(stream, Access::stream);
    }
    permissions.at(kNowhere, Access::stream);
}

/// What a reload reads: the configuration, certificates, media types.
void allow_reloads(const Options& options, Permissions& permissions) {
    std::set<std::string> files;
    if (!options.sources.config.empty()) {
        files.insert(options.sources.config);
        for (const OptionWord& word : options.words) {
            if (word.origin.source == OptionSource::file) files.insert(word.origin.file);
        }
    }
    // With --user the process that keeps secrets opens them.
    if (options.user.empty()) {
        for (const std::string& file : options.tls_files()) files.insert(file);
    }
    if (!options.mime_types.empty()) files.insert(options.mime_types);
    for (const std::string& file : files) permissions.beside(file, Access::read);
}

/// What is removed at the end.
void allow_removals(const Options& options, Permissions& permissions) {
    if (!options.pidfile.empty()) permissions.beside(options.pidfile, Access::remove);
    const auto allow_sockets = [&](const std::vector<net::Address>& addresses) {
        for (const net::Address& address : addresses) {
            if (address.family == net::Family::local) permissions.beside(address.path, Access::remove);
        }
    };
    allow_sockets(options.admin);
    if (!options.are_sockets_handed_over) allow_sockets(options.server.addresses);
}

/// An errno, 0 for success.
int restrict_files(const Options& options, const storage::FileRoot& root, Landlock::AbstractSockets sockets) {
    const auto landlock = Landlock::create(sockets);
    if (!landlock) return landlock.error();
    Permissions permissions(*landlock);
    allow_root(options, root, permissions);
    allow_log(options.server.access_log, permissions);
    allow_log(options.server.audit_log, permissions);
    allow_log(options.server.error_log, permissions);
    allow_standard_streams(permissions);
    allow_reloads(options, permissions);
    allow_removals(options, permissions);
    permissions.at(kBootFile, Access::read);
    // Leak checks read there what the kernel says about the process when it ends.
    if (base::kIsSanitized) permissions.at("/proc", Access::read);
    return permissions.error() != 0 ? permissions.error() : landlock->restrict_self();
}

/// Runs `part` in a child. False when it was killed there, as a filter of system calls may do.
template <class Part>
bool is_survived(Part part) {
    const pid_t child = ::fork();
    if (child < 0) return false;
    if (child == 0) {
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        (void)part();
        ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status);
}

int drop_capabilities() {
    (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return base::keep_capabilities(kKeptCapabilities);
}

/// Every system call that serving and its end need. No program is executed and no process made by any of these.
int filter_calls() {
    using base::Calls;
    if (base::kIsSanitized) return 0;
    return base::keep_calls({Calls::library, Calls::reading, Calls::changing, Calls::talking, Calls::serving});
}

/// How each part ended: an errno, 0 for success.
struct Outcome {
    int files = 0;
    int capabilities = 0;
    int calls = 0;
    int version = 0;  ///< Landlock's, where it holds
};

Outcome restrict_all(const Options& options, const storage::FileRoot& root, Landlock::AbstractSockets sockets,
                     const ForkLate& fork_late) {
    // A filter that is in force may answer with the end of the process, so each part is tried in a child first.
    const bool may_be_killed = are_calls_filtered();
    const auto take = [&](auto part) { return may_be_killed && !is_survived(part) ? EPERM : part(); };
    Outcome outcome;
    outcome.files = take([&] { return restrict_files(options, root, sockets); });
    if (outcome.files == 0) outcome.version = Landlock::version();
    outcome.capabilities = take(drop_capabilities);
    const bool may_filter = !may_be_killed || is_survived(filter_calls);
    fork_late(may_filter ? storage::ProcessCalls::needed : storage::ProcessCalls::all);
    // The last one, because it takes away what the others need.
    outcome.calls = may_filter ? filter_calls() : EPERM;
    return outcome;
}

/// What the kernel's version leaves open; empty when that is nothing.
std::string gaps_of(int version) {
    std::string gaps;
    if (version < Landlock::kTruncation) gaps += "emptying files (Linux 6.2), ";
    if (version < Landlock::kConnections) gaps += "TCP connections (Linux 6.7), ";
    if (version < Landlock::kOthers) gaps += "signals to other processes (Linux 6.12), ";
    if (!gaps.empty()) gaps.resize(gaps.size() - 2);
    return gaps;
}

std::string files_failure(int error) {
    if (error == ENOSYS) return "this kernel has no Landlock (Linux 5.19 or later has it)";
    if (error == EPERM) {
        return "a filter of system calls is in the way of Landlock (SystemCallFilter= has to allow "
               "landlock_create_ruleset, landlock_add_rule and landlock_restrict_self)";
    }
    if (error == EOPNOTSUPP) return "Landlock is switched off in this kernel (its parameter lsm= has to name it)";
    return std::string("the kernel refuses Landlock: ") + std::strerror(error);
}

std::string calls_failure(int error) {
    if (error == EOPNOTSUPP) {
        return "there is no list of system calls for this kind of processor (x86-64 and AArch64 have one)";
    }
    if (error == EPERM) {
        return "a filter of system calls is in the way of the server's own one (SystemCallFilter= has to allow prctl)";
    }
    if (error == EINVAL) return "this kernel has no filters of system calls (seccomp)";
    return std::string("the kernel refuses a filter of system calls: ") + std::strerror(error);
}

/// Everything that is missing; empty when that is nothing.
std::string lacking(const Outcome& outcome) {
    std::string all;
    const auto add = [&](const std::string& text) { all += (all.empty() ? "" : "; ") + text; };
    if (outcome.files != 0) {
        add(files_failure(outcome.files));
    } else if (const std::string gaps = gaps_of(outcome.version); !gaps.empty()) {
        add("Landlock " + std::to_string(outcome.version) + " of this kernel leaves open " + gaps);
    }
    if (outcome.capabilities != 0) add(std::string("capabilities are kept: ") + std::strerror(outcome.capabilities));
    if (outcome.calls != 0) add(calls_failure(outcome.calls));
    return all;
}

/// What holds, when nothing is missing.
std::string whole_notice(const Options& options, int version) {
    std::string notice = "sandbox: on (Landlock " + std::to_string(version);
    notice += base::kIsSanitized ? "; no seccomp, because this build has a sanitizer" : ", seccomp";
    notice += "), no programs, no outgoing connections";
    notice += options.site.symlinks == storage::Symlinks::all ? "; --symlinks all leaves all files open"
                                                              : ", no files outside";
    return notice;
}

}  // namespace

std::string_view sandbox_text(SandboxMode mode) {
    switch (mode) {
        case SandboxMode::off: return "off";
        case SandboxMode::on: return "on";
        case SandboxMode::required: return "required";
    }
    return "";
}

std::expected<Confinement, std::string> confine(const Options& options, const storage::FileRoot& root,
                                                const ServiceNotify& service, const ForkLate& fork_late) {
    if (options.sandbox == SandboxMode::off) {
        fork_late(storage::ProcessCalls::all);
        return Confinement{.word = "off", .notice = "sandbox: off"};
    }
    const auto sockets =
        service.uses_abstract_socket() ? Landlock::AbstractSockets::open : Landlock::AbstractSockets::closed;
    const Outcome outcome = restrict_all(options, root, sockets, fork_late);
    const std::string missing = lacking(outcome);
    if (missing.empty()) {
        return Confinement{.is_whole = true, .word = "on", .notice = whole_notice(options, outcome.version)};
    }
    if (options.sandbox == SandboxMode::required) return std::unexpected("--sandbox required: " + missing);
    return Confinement{.word = "not whole", .notice = "no whole sandbox: " + missing};
}

}  // namespace app
