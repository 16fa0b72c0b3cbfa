// The real processes: they answer, follow the file, come back when killed, and end with the server.
#include "access_control/verifier_process.h"

#include <linux/capability.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "access_control/tokens.h"
#include "access_control/verifier_client.h"
#include "access_control/verifier_messages.h"
#include "base/capabilities.h"
#include "base/file_io.h"
#include "base/landlock.h"
#include "support/catch.h"
#include "support/child_processes.h"
#include "support/descriptors.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

using namespace access_control;

namespace {

/// True once `holds` does, within five seconds.
template <class Condition>
bool eventually(const Condition& holds) {
    for (int i = 0; i < 5'000 && !holds(); ++i) ::usleep(1'000);
    return holds();
}

struct Process {
    Process() {
        write("robot:token:" + token_digest("t") + "\n");
        auto started = start_verifier({.users = folder.at("users"), .handed = {}}, -1, VerifierReach::own_files);
        REQUIRE(started.has_value());
        socket = std::move(started->verifier);
        nursery = std::move(started->nursery);
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
        auto message = decode_from_verifier({buffer.data(), static_cast<std::size_t>(length)});
        // It comes behind what a look found, or alone.
        return message && std::holds_alternative<Looked>(*message) ? next() : message;
    }
    [[nodiscard]] Verdict check(const std::string& token) const {
        send(Question{1, {Credentials::Scheme::bearer, {}, token}});
        const auto message = next();
        REQUIRE(message.has_value());
        return std::get<Answer>(*message).verdict;
    }
    /// Who sits at the other end: the keeper, whose only child is the checker.
    [[nodiscard]] static pid_t keeper() { return child_of(::getpid()); }
    [[nodiscard]] static pid_t checker() { return child_of(keeper()); }
    /// The other child of this process, which was started after `keeper`.
    [[nodiscard]] static pid_t nursery_of(pid_t keeper) {
        const std::vector<pid_t> children = support::children_of(::getpid());
        const auto other = std::ranges::find_if(children, [&](pid_t child) { return child != keeper; });
        return other == children.end() ? 0 : *other;
    }
    [[nodiscard]] static pid_t child_of(pid_t parent) {
        std::vector<pid_t> children;
        REQUIRE(eventually([&] { return !(children = support::children_of(parent)).empty(); }));
        return children.front();
    }

    support::TempDir folder;
    base::Fd socket;
    base::Fd nursery;
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

TEST_CASE("verifier process: when the keeper is killed, the one that checks takes its place", "[access_control]") {
    if (!has_tokens()) return;
    pid_t last = 0;
    {
        const Process process;
        pid_t keeper = Process::keeper();
        for (int i = 0; i < 3; ++i) {
            const pid_t next_keeper = Process::child_of(keeper);
            REQUIRE(::kill(keeper, SIGKILL) == 0);
            CHECK(std::holds_alternative<KeeperReplaced>(*process.next()));
            CHECK(std::holds_alternative<UsersReplaced>(*process.next()));
            CHECK(process.check("t").kind == Verdict::Kind::right);
            keeper = next_keeper;
            last = Process::child_of(keeper);
            CHECK(last != keeper);
        }
        // The new keeper does what the first one did.
        REQUIRE(::kill(last, SIGKILL) == 0);
        CHECK(std::holds_alternative<Restarted>(*process.next()));
        CHECK(std::holds_alternative<UsersReplaced>(*process.next()));
        CHECK(process.check("x").kind == Verdict::Kind::wrong);
        last = keeper;
    }
    reap();
    CHECK(eventually([&] { return ::kill(last, 0) != 0; }));
}

TEST_CASE("verifier process: when both are killed at once the nursery starts two others", "[access_control]") {
    if (!has_tokens()) return;
    {
        Process process;
        pid_t keeper = Process::keeper();
        const pid_t nursery = Process::nursery_of(keeper);
        for (int i = 0; i < 2; ++i) {
            const pid_t checker = Process::child_of(keeper);
            // A stopped keeper starts nobody again.
            REQUIRE(::kill(keeper, SIGSTOP) == 0);
            REQUIRE(::kill(checker, SIGKILL) == 0);
            REQUIRE(::kill(keeper, SIGKILL) == 0);
            while (process.next()) {
            }
            REQUIRE(::send(process.nursery.get(), "n", 1, MSG_NOSIGNAL) == 1);
            process.socket = support::take_descriptor(process.nursery.get());
            REQUIRE(process.socket);
            CHECK(std::holds_alternative<UsersReplaced>(*process.next()));
            CHECK(process.check("t").kind == Verdict::Kind::right);
            CHECK(process.check("x").kind == Verdict::Kind::wrong);
            keeper = Process::child_of(nursery);
        }
    }
    reap();
}

TEST_CASE("verifier process: of root's power it keeps that it may read", "[access_control]") {
    if (!has_tokens()) return;
    {
        const Process process;
        const std::string status = support::read_file("/proc/" + std::to_string(Process::checker()) + "/status");
        for (const std::string name : {"CapPrm:", "CapEff:", "CapInh:"}) {
            const std::size_t at = status.find(name);
            REQUIRE(at != std::string::npos);
            const unsigned long long set = std::stoull(status.substr(at + name.size()), nullptr, 16);
            CHECK((set & ~base::capability(CAP_DAC_READ_SEARCH)) == 0);
        }
        const std::string limits = support::read_file("/proc/" + std::to_string(Process::checker()) + "/limits");
        CHECK(limits.find("Max file size             0 ") != std::string::npos);
        CHECK(process.check("t").kind == Verdict::Kind::right);
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
    {
        const Process process;
        REQUIRE(::symlink(other.at("users").c_str(), process.folder.at("next").c_str()) == 0);
        REQUIRE(::rename(process.folder.at("next").c_str(), process.folder.at("users").c_str()) == 0);
        const auto message = process.next();
        REQUIRE(message.has_value());
        REQUIRE(std::holds_alternative<UsersFaulty>(*message));
        CHECK(std::get<UsersFaulty>(*message).sentence.find("Permission denied") != std::string::npos);
    }
    reap();
}

TEST_CASE("verifier process: hands files over, again when they change, and says when it has looked",
          "[access_control]") {
    {
        const support::TempDir folder;
        folder.write("key", "one");
        auto lines = start_verifier({.users = {}, .handed = {folder.at("key"), folder.at("none")}}, -1,
                                    VerifierReach::own_files);
        REQUIRE(lines.has_value());
        FakeClock clock;
        base::WakeQueue wakes;
        std::vector<std::string> given;
        int looked = 0;
        VerifierClient client(std::move(*lines), wakes, clock,
                              {.users_replaced = [] {},
                               .file_opened =
                                   [&](std::size_t number, const std::expected<base::Fd, int>& file) {
                                       std::string text(100, '\0');
                                       auto room = std::as_writable_bytes(std::span(text));
                                       text.resize(file ? base::read_at(file->get(), 0, room) : 0);
                                       given.push_back(std::to_string(number) + " " + text);
                                   },
                               .looked = [&] { ++looked; },
                               .say = [](std::string_view, const std::string&) {}});
        const auto gives = [&](const std::vector<std::string>& wanted) {
            return eventually([&] {
                client.collect();
                return given == wanted;
            });
        };
        CHECK(gives({"0 one", "1 "}));
        folder.write("next", "two");
        REQUIRE(::rename(folder.at("next").c_str(), folder.at("key").c_str()) == 0);
        client.look_again();
        CHECK(gives({"0 one", "1 ", "0 two"}));
        CHECK(eventually([&] {
            client.collect();
            return looked == 1;
        }));
        // Who starts again knows nothing of before.
        REQUIRE(::kill(Process::checker(), SIGKILL) == 0);
        CHECK(gives({"0 one", "1 ", "0 two", "0 two", "1 "}));
        // Nobody has a password there.
        const auto ticket = client.ask({Credentials::Scheme::bearer, {}, "t"}, 1);
        REQUIRE(ticket.has_value());
        std::optional<Verdict> verdict;
        CHECK(eventually([&] {
            client.collect();
            verdict = client.take(*ticket);
            return verdict.has_value();
        }));
        CHECK(verdict->kind == Verdict::Kind::failed);
    }
    reap();
}
