// The keeper forks the checker and waits for its end; the checker notices the end of the keeper. Both hold one end of
// the socket and nothing of the server's.
#include "access_control/verifier_process.h"

#include <linux/capability.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <expected>
#include <optional>

#include "access_control/credential_check.h"
#include "access_control/file_handover.h"
#include "access_control/keyed_hash.h"
#include "access_control/users_source.h"
#include "access_control/verifier_messages.h"
#include "base/call_filter.h"
#include "base/capabilities.h"
#include "base/forked_process.h"
#include "base/landlock.h"
#include "base/message_line.h"

namespace access_control {
namespace {

constexpr int kSocket = base::kFirstKept;  ///< the numbers of what both processes keep
constexpr int kBell = kSocket + 1;
constexpr int kLookEveryMs = 1'000;
constexpr int kEnded = 0;                 ///< the checker's exit status when the server is gone
constexpr int kLongestPause = 5'000'000;  ///< microseconds before a checker that dies at once is started again
constexpr int kShortestPause = 50'000;

/// What either process says to the server.
class Voice {
public:
    /// `file`: comes along, or -1. False when the server is gone.
    static bool say(const FromVerifier& message, int file = -1) {
        const std::string text = encode(message);
        const bool is_sent = base::send_message(kSocket, text, {&file, file >= 0 ? std::size_t{1} : std::size_t{0}});
        ::eventfd_write(kBell, 1);
        return is_sent;
    }
};

class Checker {
public:
    explicit Checker(const VerifierFiles& files) : handover_(files.handed) {
        if (!files.users.empty()) users_.emplace(files.users);
    }

    enum class Ended : std::uint8_t { server, keeper };

    /// Answers until the server or the keeper is gone. What was asked is answered first.
    Ended run(pid_t keeper) {
        look();
        while (::getppid() == keeper) {
            pollfd socket{kSocket, POLLIN, 0};
            const int ready = ::poll(&socket, 1, kLookEveryMs);
            if (ready < 0 && errno != EINTR) return Ended::server;
            look();
            if (ready > 0 && !answer_next()) return Ended::server;
        }
        return Ended::keeper;
    }

private:
    void look() {
        if (users_) look_at_users();
        handover_.look([](std::size_t number, const std::expected<base::Fd, int>& file) {
            Voice::say(FileOpened{number, file ? 0 : file.error()}, file ? file->get() : -1);
        });
    }

    void look_at_users() {
        switch (users_->look()) {
            case UsersSource::Look::unchanged: break;
            case UsersSource::Look::replaced: Voice::say(UsersReplaced{}); break;
            case UsersSource::Look::faulty: Voice::say(UsersFaulty{users_->fault()}); break;
        }
    }

    /// False when the server is gone.
    bool answer_next() {
        const ssize_t length = ::recv(kSocket, buffer_.data(), buffer_.size(), 0);
        if (length < 0) return errno == EINTR || errno == EAGAIN;
        if (length == 0) return false;
        const auto message = decode_to_verifier(std::string_view(buffer_.data(), static_cast<std::size_t>(length)));
        const bool is_heard = !message || answer(*message);
        ::explicit_bzero(buffer_.data(), static_cast<std::size_t>(length));
        return is_heard;
    }

    [[nodiscard]] bool answer(const ToVerifier& message) const {
        const auto* const question = std::get_if<Question>(&message);
        // All files were looked at since the message came.
        if (question == nullptr) return Voice::say(Looked{});
        return Voice::say(Answer{question->ticket, check(*question)});
    }

    [[nodiscard]] Verdict check(const Question& question) const {
        return users_ ? check_credentials(users_->users(), question.credentials, key_) : Verdict{};
    }

    std::optional<UsersSource> users_;  ///< nullopt: nobody has a password or a token
    FileHandover handover_;
    HashKey key_ = make_hash_key();
    std::array<char, kMostMessageBytes> buffer_{};
};

/// This process ends with the server, because its socket is closed then.
void leave_the_server() {
    base::leave_group("godwit-verifier");
    // Keeps hashes and passwords out of core dumps and away from debuggers.
    ::prctl(PR_SET_DUMPABLE, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    (void)::unshare(CLONE_NEWNET);  // only root may; the process has no socket but its own end anyway
}

/// Files outside of the directories of these files, and of the directories that links there lead to now, cannot be
/// opened any more. Nothing can be written. Of the rights of root only reading files of other users is kept. A kernel
/// that lacks this changes nothing.
void keep_to_own_files(const VerifierFiles& files) {
    const auto landlock = base::Landlock::create();
    const auto allow = [&](const std::string& path) { return landlock->allow_beside(path, base::Access::read) == 0; };
    const bool is_allowed =
        landlock && (files.users.empty() || allow(files.users)) && std::ranges::all_of(files.handed, allow);
    if (is_allowed) (void)landlock->restrict_self();
    const rlimit no_files{0, 0};
    ::setrlimit(RLIMIT_FSIZE, &no_files);
    (void)base::keep_capabilities(base::capability(CAP_DAC_READ_SEARCH));
}

/// Any other system call ends a process; the other one starts it again and reports that. Likewise.
void keep_needed_calls() {
    using base::Calls;
    (void)base::keep_calls({Calls::library, Calls::reading, Calls::talking, Calls::children});
}

/// When the keeper dies, a signal interrupts the wait for the next question.
void watch_keeper() {
    struct sigaction interrupting{};
    interrupting.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &interrupting, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
}

/// Waits for the end of `checker`. True when it ended because the server did. A stopped one would never answer, so it
/// is killed.
bool await_end(pid_t checker) {
    for (;;) {
        int status = 0;
        const pid_t found = ::waitpid(checker, &status, WUNTRACED);
        if (found < 0 && errno == EINTR) continue;
        if (found < 0) return false;
        if (WIFSTOPPED(status)) {
            ::kill(checker, SIGKILL);
            continue;
        }
        return WIFEXITED(status) && WEXITSTATUS(status) == kEnded;
    }
}

/// The keeper's work. A checker that survives its keeper goes on here as the next keeper.
[[noreturn]] void keep_running(const VerifierFiles& files) {
    int pause_us = kShortestPause;
    for (;;) {
        const pid_t keeper = ::getpid();
        const pid_t checker = ::fork();
        if (checker == 0) {
            watch_keeper();
            if (Checker(files).run(keeper) == Checker::Ended::server) ::_exit(kEnded);
            if (!Voice::say(KeeperReplaced{})) ::_exit(kEnded);
            continue;
        }
        timespec begin{};
        ::clock_gettime(CLOCK_MONOTONIC, &begin);
        if (checker > 0 && await_end(checker)) ::_exit(0);
        if (!Voice::say(Restarted{})) ::_exit(0);
        timespec end{};
        ::clock_gettime(CLOCK_MONOTONIC, &end);
        pause_us = end.tv_sec - begin.tv_sec > 10 ? kShortestPause : std::min(pause_us * 2, kLongestPause);
        ::usleep(static_cast<useconds_t>(pause_us));
    }
}

/// Becomes a keeper, with `socket` in place of the socket of the nursery.
[[noreturn]] void grow_up(const base::Fd& socket, const VerifierFiles& files, VerifierReach reach) {
    ::dup2(socket.get(), kSocket);
    ::close_range(kBell + 1, ~0U, 0);
    std::signal(SIGCHLD, SIG_DFL);
    ::prctl(PR_SET_NAME, "godwit-verifier");
    if (reach == VerifierReach::own_files) keep_needed_calls();
    keep_running(files);
}

/// Starts a keeper for each order, until the server is gone. Only waits otherwise, and has another name, so that what
/// ends the two other processes hardly ends this one.
[[noreturn]] void nurse(const VerifierFiles& files, VerifierReach reach) {
    ::prctl(PR_SET_NAME, "godwit-nursery");
    std::signal(SIGCHLD, SIG_IGN);  // the server sees the end of a keeper at the end of its socket
    int pause_us = kShortestPause;
    timespec last{};
    for (;;) {
        char order = 0;
        const ssize_t length = ::recv(kSocket, &order, 1, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) ::_exit(kEnded);
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        pause_us = now.tv_sec - last.tv_sec > 10 ? kShortestPause : std::min(pause_us * 2, kLongestPause);
        last = now;
        ::usleep(static_cast<useconds_t>(pause_us));
        auto line = base::make_message_line();
        pid_t keeper = line ? ::fork() : -1;
        while (keeper < 0) {
            ::usleep(kLongestPause);
            if (!line) line = base::make_message_line();
            keeper = line ? ::fork() : -1;
        }
        if (keeper == 0) {
            line->ours.reset();
            grow_up(line->theirs, files, reach);
        }
        if (!Voice::say(Restarted{}, line->ours.get())) ::_exit(kEnded);
    }
}

std::unexpected<std::string> not_started() {
    return std::unexpected(std::string("the process that keeps secrets cannot be started: ") + std::strerror(errno));
}

/// Forks; the child, for which this returns 0, has its end of `line`, the bell and nothing else.
pid_t fork_off(const base::MessageLine& line, const VerifierFiles& files, int bell, VerifierReach reach) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const std::array<int, 2> kept{line.theirs.get(), bell};
    if (!base::keep_only(kept)) ::_exit(kEnded);
    leave_the_server();
    if (reach == VerifierReach::own_files) keep_to_own_files(files);
    return child;
}

}  // namespace

std::expected<VerifierLines, std::string> start_verifier(const VerifierFiles& files, int bell, VerifierReach reach) {
    auto verifier = base::make_message_line();
    auto nursery = base::make_message_line();
    if (!verifier || !nursery) return not_started();
    const pid_t keeper = fork_off(*verifier, files, bell, reach);
    if (keeper < 0) return not_started();
    if (keeper == 0) {
        if (reach == VerifierReach::own_files) keep_needed_calls();
        keep_running(files);
    }
    // When this fails, the keeper ends with the socket.
    const pid_t nurse_process = fork_off(*nursery, files, bell, reach);
    if (nurse_process < 0) return not_started();
    if (nurse_process == 0) nurse(files, reach);
    return VerifierLines{std::move(verifier->ours), std::move(nursery->ours)};
}

}  // namespace access_control
