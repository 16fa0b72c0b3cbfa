// The process that starts a successor, with a shell in the successor's place.
#include "app/starter_process.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "app/upgrade_messages.h"
#include "base/message_line.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

/// What the server has of it.
struct Line {
    explicit Line(const app::StartCommand& command, std::int64_t ready_within_ms = app::kReadyWithinMs) {
        auto started = app::start_starter(command, app::Streams::nowhere, ready_within_ms);
        REQUIRE(started);
        end = std::move(*started);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    /// The starter is a child of this process, and ends when the line does.
    ~Line() {
        end.reset();
        ::waitpid(-1, nullptr, 0);
    }

    [[nodiscard]] std::string next() const {
        pollfd one{end.get(), POLLIN, 0};
        if (::poll(&one, 1, 20'000) != 1) return "nothing came";
        std::array<char, app::upgrade::kMostMessageBytes> room{};
        std::vector<base::Fd> none;
        const ssize_t length = base::receive_message(end.get(), room, none);
        return length <= 0 ? "the end" : std::string(room.data(), static_cast<std::size_t>(length));
    }
    void send(std::string_view text, const std::vector<int>& files = {}) const {
        REQUIRE(base::send_message(end.get(), text, files));
    }

    base::Fd end;
};

app::StartCommand shell(const std::string& script, const std::string& directory) {
    return {.program = "/bin/sh",
            .arguments = {"godwit", "-c", script, "name", "a b"},
            .environment = {"PATH=/usr/bin:/bin", "MARK=of the start"},
            .directory = directory};
}

/// Reads one message from the line of the successor.
constexpr const char* kTake = "take() { dd bs=4096 count=1 <&3 2>/dev/null; }; ";

}  // namespace

TEST_CASE("starter: executes the command of the start and nothing that it is told", "[app][upgrade]") {
    const support::TempDir folder;
    const Line line(shell(std::string(kTake) +
                              "take >first; printf '%s|%s|%s|%s' \"$1\" \"$MARK\" \"$GODWIT_UPGRADE\" \"$(pwd)\" >how; "
                              "printf ready >&3; take >second; printf 'failed later' >&3",
                          folder.path()));
    line.send("rm -rf /");  // no order
    line.send("files own", {STDIN_FILENO});
    CHECK(line.next().starts_with("started "));
    CHECK(line.next() == "ready");
    CHECK(folder.read("first") == "files own");
    CHECK(folder.read("how") == "a b|of the start|3|" + folder.path());
    line.send("accept");
    CHECK(line.next() == "failed later");
    CHECK(folder.read("second") == "accept");
}

TEST_CASE("starter: says how a successor ended that was not ready, and starts the next one", "[app][upgrade]") {
    const support::TempDir folder;
    const Line line(
        shell(std::string(kTake) +
                  "take >text; test -e second && kill -9 $$; touch second; printf 'failed no dir' >&3; exit 3",
              folder.path()));
    line.send("files");
    CHECK(line.next().starts_with("started "));
    CHECK(line.next() == "failed no dir");
    CHECK(line.next() == "ended with status 3");
    line.send("files");
    CHECK(line.next().starts_with("started "));
    CHECK(line.next() == "ended by signal 9");
}

TEST_CASE("starter: a program that is not there, or a directory, is said", "[app][upgrade]") {
    const support::TempDir folder;
    app::StartCommand command = shell("exit", folder.path());
    command.program = folder.at("godwit");
    {
        const Line line(command);
        line.send("files");
        CHECK(line.next().starts_with("started "));
        CHECK(line.next() ==
              "failed cannot start " + command.program + " in " + folder.path() + ": No such file or directory");
        CHECK(line.next() == "ended with status 1");
    }
    command.program.clear();
    CHECK(app::start_starter(command, app::Streams::nowhere).error() == "the path of the program is not known");
}

TEST_CASE("starter: a successor that is not ready in time is ended", "[app][upgrade]") {
    const support::TempDir folder;
    const Line line(shell("exec sleep 60", folder.path()), 1'000);
    line.send("files");
    CHECK(line.next().starts_with("started "));
    CHECK(line.next() == "ended because it was not ready within 1 seconds");
}
