// The real processes: they answer, follow the file, come back when killed, and end with the server.
#include "access_control/verifier_process.h"

#include <poll.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>

#include "access_control/tokens.h"
#include "access_control/verifier_messages.h"
#include "base/landlock.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace access_control;

namespace {

struct Process {
    Process() {
        write("robot:token:" + token_digest("t") + "\n");
        auto started = start_verifier(folder.at("users"), -1, VerifierReach::users_file);
        REQUIRE(started.has_value());
        socket = std::move(*started);
        CHECK(std::holds_alternative<UsersReplaced>(*next()));
    }
    void write(const std::string& text) const {
        folder.write("next", text);
        REQUIRE(::chmod(folder.at("next").c_str(), 0600) == 0);
        REQUIRE(::rename(folder.at("next").c_str(), folder.at("users").c_str()) == 0);
    }
    void send(const ToVerifier& message) const {
        const std::string text = encode(message);
        REQUIRE(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0);
    }
    /// nullopt: the process is gone, or said nothing for 10 s.
    [[nodiscard]] std::optional<FromVerifier> next() const {
        pollfd waiting{socket.get(), POLLIN, 0};
        if (::poll(&waiting, 1, 10'000) != 1) return std::nullopt;
        std::array<char, kMostMessageBytes> buffer{};
        const ssize_t length = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (length <= 0) return std::nullopt;
        return decode_from_verifier({buffer.data(), static_cast<std::size_t>(length)});
    }
    [[nodiscard]] Verdict check(const std::string& token) const {
        send(Question{1, {Credentials::Scheme::bearer, {}, token}});
        const auto message = next();
        REQUIRE(message.has_value());
        return std::get<Answer>(*message).verdict;
    }
    /// Who sits at the other end: the keeper, whose only child is the checker.
    [[nodiscard]] static pid_t checker() {
        const std::string self = std::to_string(::getpid());
        const std::string keepers = support::read_file("/proc/self/task/" + self + "/children");
        const std::string keeper = std::to_string(std::stol(keepers));
        const std::string path = "/proc/" + keeper + "/task/" + keeper + "/children";
        return static_cast<pid_t>(std::stol(support::read_file(path)));
    }

    support::TempDir folder;
    base::Fd socket;
};

/// The keepers of earlier tests end with their sockets.
void reap() {
    while (::waitpid(-1, nullptr, 0) > 0) {
    }
}

}  // namespace

TEST_CASE("verifier process: answers, follows the file, and keeps the users of before when it is faulty",
          "[access_control]") {
    if (!has_tokens()) return;
    {
        const Process process;
        CHECK(process.check("t").kind == Verdict::Kind::right);
        CHECK(process.check("x").kind == Verdict::Kind::wrong);
        process.write("robot:token:" + token_digest("x") + "\n");
        process.send(LookAgain{});
        CHECK(std::holds_alternative<UsersReplaced>(*process.next()));
        CHECK(process.check("t").kind == Verdict::Kind::wrong);
        process.write("nonsense\n");
        process.send(LookAgain{});
        CHECK(std::holds_alternative<UsersFaulty>(*process.next()));
        CHECK(process.check("x").kind == Verdict::Kind::right);
    }
    reap();
}

TEST_CASE("verifier process: is started again when it is killed or stopped", "[access_control]") {
    if (!has_tokens()) return;
    {
        const Process process;
        for (const int number : {SIGKILL, SIGSTOP}) {
            const pid_t before = Process::checker();
            REQUIRE(::kill(before, number) == 0);
            CHECK(std::holds_alternative<Restarted>(*process.next()));
            CHECK(std::holds_alternative<UsersReplaced>(*process.next()));
            CHECK(Process::checker() != before);
            CHECK(process.check("t").kind == Verdict::Kind::right);
        }
    }
    reap();
}

TEST_CASE("verifier process: ends when the server's socket is closed", "[access_control]") {
    {
        const Process process;
    }
    // Returns only when no child is left.
    reap();
    CHECK(::waitpid(-1, nullptr, 0) == -1);
}

TEST_CASE("verifier process: a link that leads elsewhere later is not followed", "[access_control][verifier]") {
    if (base::Landlock::version() < base::Landlock::kFiles) return;
    const support::TempDir other;
    other.write("users", "robot:token:" + token_digest("other") + "\n");
    REQUIRE(::chmod(other.at("users").c_str(), 0600) == 0);
    const Process process;
    REQUIRE(::symlink(other.at("users").c_str(), process.folder.at("next").c_str()) == 0);
    REQUIRE(::rename(process.folder.at("next").c_str(), process.folder.at("users").c_str()) == 0);
    const auto message = process.next();
    REQUIRE(message.has_value());
    REQUIRE(std::holds_alternative<UsersFaulty>(*message));
    CHECK(std::get<UsersFaulty>(*message).sentence.find("Permission denied") != std::string::npos);
}
