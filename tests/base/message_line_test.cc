// Messages and the files that come along, through a real pair of sockets within one process.
#include "base/message_line.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"

namespace {

struct Line {
    base::MessageLine ends = *base::make_message_line();
    std::array<char, 64> room{};
    std::vector<base::Fd> files;

    std::string receive(int socket) {
        files.clear();
        const ssize_t length = base::receive_message(socket, room, files);
        if (length < 0) return "error " + std::to_string(errno);
        return {room.data(), static_cast<std::size_t>(length)};
    }
};

ino_t number_of(int file) {
    struct stat status{};
    REQUIRE(::fstat(file, &status) == 0);
    return status.st_ino;
}

}  // namespace

TEST_CASE("message line: messages arrive one by one, in both directions", "[base]") {
    Line line;
    REQUIRE(base::send_message(line.ends.ours.get(), std::string_view("one")));
    REQUIRE(base::send_message(line.ends.ours.get(), std::string_view("two")));
    CHECK(line.receive(line.ends.theirs.get()) == "one");
    CHECK(line.receive(line.ends.theirs.get()) == "two");
    REQUIRE(base::send_message(line.ends.theirs.get(), std::string_view("three")));
    CHECK(line.receive(line.ends.ours.get()) == "three");
    CHECK(line.receive(line.ends.ours.get()) == "error " + std::to_string(EAGAIN));
}

TEST_CASE("message line: files come along in their order, and stay open here", "[base]") {
    Line line;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    const base::Fd reading(pipe[0]);
    const base::Fd root(::open("/", O_PATH | O_CLOEXEC));
    const std::array<int, 2> sent{root.get(), reading.get()};
    REQUIRE(base::send_message(line.ends.ours.get(), std::string_view("x"), sent));
    CHECK(line.receive(line.ends.theirs.get()) == "x");
    REQUIRE(line.files.size() == 2);
    CHECK(number_of(line.files[0].get()) == number_of(root.get()));
    CHECK(number_of(line.files[1].get()) == number_of(reading.get()));
    CHECK(::fcntl(line.files[0].get(), F_GETFD) == FD_CLOEXEC);
    ::close(pipe[1]);
}

TEST_CASE("message line: as many files come along as the kernel takes, and no more are sent", "[base]") {
    Line line;
    const base::Fd root(::open("/", O_PATH | O_CLOEXEC));
    std::vector<int> sent(base::kMostFilesAlong, root.get());
    REQUIRE(base::send_message(line.ends.ours.get(), std::string_view("x"), sent));
    CHECK(line.receive(line.ends.theirs.get()) == "x");
    CHECK(line.files.size() == base::kMostFilesAlong);
    sent.push_back(root.get());
    CHECK_FALSE(base::send_message(line.ends.ours.get(), std::string_view("x"), sent));
    CHECK(errno == EINVAL);
}

TEST_CASE("message line: a file that is none is not sent, nor anything to an end that is closed", "[base]") {
    Line line;
    const std::array<int, 1> none{-1};
    CHECK_FALSE(base::send_message(line.ends.ours.get(), std::string_view("x"), none));
    CHECK(errno == EBADF);
    CHECK(line.receive(line.ends.ours.get()) == "error " + std::to_string(EAGAIN));
    line.ends.theirs.reset();
    CHECK_FALSE(base::send_message(line.ends.ours.get(), std::string_view("x")));
    CHECK(errno == EPIPE);
    CHECK(line.receive(line.ends.ours.get()).empty());
}

TEST_CASE("message line: the last message comes before the end, also of a side that did not read all", "[base]") {
    Line line;
    REQUIRE(base::send_message(line.ends.ours.get(), std::string_view("never read")));
    REQUIRE(base::send_message(line.ends.theirs.get(), std::string_view("last")));
    line.ends.theirs.reset();
    CHECK(line.receive(line.ends.ours.get()) == "last");
    CHECK(line.receive(line.ends.ours.get()).empty());
}
