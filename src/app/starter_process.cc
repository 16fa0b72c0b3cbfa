// Starts one successor at a time, and passes messages on until it has ended or the server has.
#include "app/starter_process.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

#include "app/upgrade_messages.h"
#include "base/clock.h"
#include "base/forked_process.h"
#include "base/message_line.h"

namespace app {
namespace {

constexpr int kServer = base::kFirstKept;  ///< the numbers of what the process keeps
constexpr int kFirstStream = kServer + 1;
constexpr int kSuccessorsLine = base::kFirstKept;
/// A successor that closed its end and does not end is killed.
constexpr int kEndWithinMs = 1'000;

base::MonotonicMs now_ms() { return base::SystemClock().now_ms(); }

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// The child becomes the successor.
[[noreturn]] void become(StartCommand command, int line, Streams streams) {
    if (streams == Streams::same) {
        for (int stream = 0; stream < 3; ++stream) ::dup2(kFirstStream + stream, stream);
    }
    ::dup2(line, kSuccessorsLine);
    ::close_range(kSuccessorsLine + 1, ~0U, 0);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE}) {
        std::signal(number, SIG_DFL);
    }
    int error = 0;
    if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0) error = errno;
    if (error == 0) {
        command.environment.push_back(std::string(upgrade::kVariable) + "=" + std::to_string(kSuccessorsLine));
        ::execve(command.program.c_str(), pointers_to(command.arguments).data(),
                 pointers_to(command.environment).data());
        error = errno;
    }
    (void)base::send_message(kSuccessorsLine, std::string(upgrade::kFailed) + "cannot start " + command.program +
                                                  " in " + command.directory + ": " + std::strerror(error));
    ::_exit(1);
}

class Starter {
public:
    Starter(const StartCommand& command, Streams streams, std::int64_t ready_within_ms)
        : command_(command), streams_(streams), ready_within_ms_(ready_within_ms) {}

    /// One order after the other, until the server is gone.
    void run() {
        while (receive(kServer)) {
            // Anything else was meant for a successor that has ended.
            if (text_.starts_with(upgrade::kFiles) && !start()) return;
        }
    }

private:
    /// False when nobody has the other end any more.
    [[nodiscard]] bool receive(int socket) {
        std::array<char, upgrade::kMostMessageBytes> room{};
        text_.clear();
        files_.clear();
        const ssize_t length = base::receive_message(socket, room, files_);
        if (length <= 0) return length < 0 && (errno == EAGAIN || errno == EMSGSIZE);
        text_.assign(room.data(), static_cast<std::size_t>(length));
        return true;
    }

    /// Passes the message on. It has gone when it cannot be sent: the other side ends then, which is noticed there.
    void pass_to(int socket) {
        if (text_.empty()) return;
        std::vector<int> numbers;
        numbers.reserve(files_.size());
        for (const base::Fd& file : files_) numbers.push_back(file.get());
        (void)base::send_message(socket, text_, numbers);
        files_.clear();
    }

    static void say(const std::string& text) { (void)base::send_message(kServer, text); }

    /// False when the server is gone.
    [[nodiscard]] bool start() {
        auto line = base::make_message_line();
        const pid_t successor = line ? ::fork() : -1;
        if (successor == 0) become(command_, line->theirs.get(), streams_);
        if (successor < 0) {
            say(std::string(upgrade::kEnded) + "before it began: " + std::strerror(errno));
            files_.clear();
            return true;
        }
        line->theirs.reset();
        say(std::string(upgrade::kStarted) + std::to_string(successor));
        pass_to(line->ours.get());
        return relay(successor, line->ours.get());
    }

    /// Until the successor has ended, or is ready and needs nothing more. False when the server is gone.
    [[nodiscard]] bool relay(pid_t successor, int line) {
        const std::int64_t ready_by_ms = now_ms() + ready_within_ms_;
        for (bool is_ready = false;;) {
            std::array<pollfd, 2> both{pollfd{kServer, POLLIN, 0}, pollfd{line, POLLIN, 0}};
            const std::int64_t left_ms = ready_by_ms - now_ms();
            if (!is_ready && left_ms <= 0) return end_late(successor);
            const int count = ::poll(both.data(), both.size(), is_ready ? -1 : static_cast<int>(left_ms));
            if (count < 0 && errno != EINTR) return false;
            if (count <= 0) continue;
            if (both[0].revents != 0) {
                if (!receive(kServer)) return false;
                files_.clear();
                pass_to(line);
            }
            if (both[1].revents == 0) continue;
            if (!receive(line)) return is_ready || end(successor);
            is_ready = is_ready || text_ == upgrade::kReady;
            files_.clear();
            pass_to(kServer);
        }
    }

    [[nodiscard]] bool end_late(pid_t successor) const {
        ::kill(successor, SIGKILL);
        ::waitpid(successor, nullptr, 0);
        say(std::string(upgrade::kEnded) + "because it was not ready within " +
            std::to_string(ready_within_ms_ / 1'000) + " seconds");
        return true;
    }

    [[nodiscard]] static bool end(pid_t successor) {
        int status = 0;
        const std::int64_t end_by_ms = now_ms() + kEndWithinMs;
        while (::waitpid(successor, &status, WNOHANG) == 0) {
            if (now_ms() >= end_by_ms) ::kill(successor, SIGKILL);
            ::poll(nullptr, 0, 5);
        }
        say(std::string(upgrade::kEnded) + (WIFEXITED(status) ? "with status " + std::to_string(WEXITSTATUS(status))
                                                              : "by signal " + std::to_string(WTERMSIG(status))));
        return true;
    }

    const StartCommand& command_;
    Streams streams_;
    std::int64_t ready_within_ms_;
    std::string text_;
    std::vector<base::Fd> files_;
};

}  // namespace

std::expected<base::Fd, std::string> start_starter(const StartCommand& command, Streams streams,
                                                   std::int64_t ready_within_ms) {
    if (command.program.empty()) return std::unexpected(std::string("the path of the program is not known"));
    auto line = base::make_message_line();
    const pid_t child = line ? ::fork() : -1;
    if (child < 0) {
        return std::unexpected(std::string("the process that starts it cannot be made: ") + std::strerror(errno));
    }
    if (child > 0) return std::move(line->ours);
    std::vector<int> kept{line->theirs.get()};
    if (streams == Streams::same) kept.insert(kept.end(), {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO});
    if (!base::keep_only(kept)) ::_exit(1);
    base::leave_group("godwit-starter");
    Starter(command, streams, ready_within_ms).run();
    ::_exit(0);
}

}  // namespace app
