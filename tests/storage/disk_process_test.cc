// What a process does with messages, without a process; and that a real one ends when it should.
#include "storage/disk_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message_line.h"
#include "storage/disk_step.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

using storage::Answered;
using storage::DiskStep;
using Kind = DiskStep::Kind;

struct Line {
    base::MessageLine ends = *base::make_message_line();
    std::vector<char> room = std::vector<char>(storage::kMostStepsBytes);

    void send(const std::vector<DiskStep>& steps) const {
        const storage::DiskMessage message = storage::encode(steps);
        REQUIRE(base::send_message(ends.ours.get(), message.bytes, message.files));
    }
    Answered answer() { return storage::answer_one(ends.theirs.get(), room); }
    std::optional<std::vector<int>> receive(std::size_t steps) const {
        std::array<char, 1024> bytes{};
        std::vector<base::Fd> none;
        const ssize_t length = base::receive_message(ends.ours.get(), bytes, none);
        if (length <= 0) return std::nullopt;
        return storage::decode_errors(std::span(bytes).first(static_cast<std::size_t>(length)), steps);
    }
};

base::Fd open_folder(const support::TempDir& directory) {
    return base::Fd(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

TEST_CASE("disk process: makes all calls of a message in their order, also behind one that fails", "[storage][disk]") {
    Line line;
    const support::TempDir directory;
    directory.write("a", "x");
    const base::Fd folder = open_folder(directory);
    const int at = folder.get();
    line.send({{.kind = Kind::link, .file = at, .directory = at, .from = "none", .to = "b"},
               {.kind = Kind::link, .file = at, .directory = at, .from = "a", .to = "c"},
               {.kind = Kind::rename, .file = at, .directory = at, .from = "c", .to = "d"},
               {.kind = Kind::sync_all, .file = at}});
    CHECK(line.answer() == Answered::yes);
    CHECK(line.receive(4) == std::vector<int>{ENOENT, 0, 0, 0});
    CHECK(directory.list() == std::vector<std::string>{"a", "d"});
}

TEST_CASE("disk process: keeps none of the files that came along", "[storage][disk]") {
    Line line;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    const base::Fd reading(pipe[0]);
    base::Fd writing(pipe[1]);
    line.send({{.kind = Kind::sync_data, .file = writing.get()}});
    writing.reset();
    CHECK(line.answer() == Answered::yes);
    CHECK(line.receive(1) == std::vector<int>{EINVAL});  // a pipe has nothing to sync
    char byte = 0;
    CHECK(::read(reading.get(), &byte, 1) == 0);
}

TEST_CASE("disk process: closes a file only after the server has done so", "[storage][disk]") {
    Line line;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    const base::Fd reading(pipe[0]);
    base::Fd writing(pipe[1]);
    line.send({{.kind = Kind::close, .file = writing.get()}});
    SECTION("it is told") {
        writing.reset();
        pollfd end{reading.get(), 0, 0};
        CHECK(::poll(&end, 1, 0) == 0);
        REQUIRE(base::send_message(line.ends.ours.get(), std::string_view("c")));
        CHECK(line.answer() == Answered::yes);
        CHECK(line.receive(1) == std::vector<int>{0});
        CHECK(::poll(&end, 1, 0) == 1);
    }
    SECTION("the server is gone before it says so") {
        line.ends.ours.reset();
        CHECK(line.answer() == Answered::server_gone);
    }
}

TEST_CASE("disk process: ends when the server closes its socket", "[storage][disk]") {
    for (const auto calls : {storage::ProcessCalls::all, storage::ProcessCalls::needed}) {
        Line line;
        const support::TempDir directory;
        const base::Fd folder = open_folder(directory);
        const pid_t child = ::fork();
        if (child == 0) {
            // The process is the child of a child, so that its end can be waited for here.
            line.ends.ours.reset();
            ::_exit(storage::start_disk_process(line.ends.theirs, calls) && ::wait(nullptr) > 0 ? 0 : 1);
        }
        line.ends.theirs.reset();
        line.send({{.kind = Kind::sync_all, .file = folder.get()}});
        pollfd answered{line.ends.ours.get(), POLLIN, 0};
        REQUIRE(::poll(&answered, 1, 10'000) == 1);
        CHECK(line.receive(1) == std::vector<int>{0});
        line.ends.ours.reset();
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
}
