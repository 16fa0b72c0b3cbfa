// Logs that are reopened, that belong to another user, and that cannot take what is written.
#include "server/log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

std::string slurp(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// A pipe or pair of sockets whose writing end blocks, as a standard stream does.
struct Channel {
    int reader = -1;
    int writer = -1;
    explicit Channel(bool is_socket) {
        std::array<int, 2> ends{};
        REQUIRE((is_socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) : ::pipe(ends.data())) == 0);
        reader = ends[0];
        writer = ends[1];
        ::fcntl(reader, F_SETFL, O_NONBLOCK);
    }
    ~Channel() {
        ::close(reader);
        ::close(writer);
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    [[nodiscard]] std::string read_all() const {
        std::string text;
        std::array<char, 4096> block{};
        for (ssize_t n = 0; (n = ::read(reader, block.data(), block.size())) > 0;) {
            text.append(block.data(), static_cast<std::size_t>(n));
        }
        return text;
    }
};

}  // namespace

TEST_CASE("log file: after a rotation the reopened file takes the lines", "[server][log]") {
    const std::string path = "/tmp/godwit-log-test-" + std::to_string(::getpid());
    auto log = server::LogFile::open(path, 1);
    REQUIRE(log.has_value());
    log->pending() = "first\n";
    log->flush();
    const std::string rotated = path + ".1";
    REQUIRE(std::rename(path.c_str(), rotated.c_str()) == 0);
    log->pending() = "second\n";
    log->flush();
    CHECK(log->reopen().empty());
    log->pending() = "third\n";
    log->flush();
    CHECK(slurp(rotated) == "first\nsecond\n");
    CHECK(slurp(path) == "third\n");
    ::unlink(path.c_str());
    ::unlink(rotated.c_str());
}

TEST_CASE("log file: a full pipe or socket loses whole lines, counts them and never holds up the caller",
          "[server][log]") {
    for (const bool is_socket : {false, true}) {
        CAPTURE(is_socket);
        const Channel channel(is_socket);
        auto log = server::LogFile::open("-", channel.writer);
        REQUIRE(log.has_value());
        const std::string line = std::string(6999, 'x') + "\n";
        std::size_t written = 0;
        for (int i = 0; i < 500; ++i) {
            log->pending() += line;
            written += line.size();
            log->flush();
            REQUIRE(log->pending().size() < line.size());
        }
        CHECK(log->lost_bytes() > 0);
        CHECK(log->lost_bytes() % line.size() == 0);
        std::string text = channel.read_all();
        log->pending() += "last\n";
        log->flush();
        text += channel.read_all();
        CHECK(text.size() + log->lost_bytes() == written + 5);
        CHECK(text.ends_with(line + "last\n"));
        CHECK((::fcntl(channel.writer, F_GETFL) & O_NONBLOCK) == 0);
    }
}

TEST_CASE("log file: a FIFO that nobody reads holds up neither the start nor the lines", "[server][log]") {
    const support::TempDir files;
    REQUIRE(::mkfifo(files.at("fifo").c_str(), 0600) == 0);
    auto log = server::LogFile::open(files.at("fifo"), 1);
    REQUIRE(log.has_value());
    log->pending() = std::string(200'000, 'x') + "\n";
    log->flush();
    log->pending() += "second\n";
    log->flush();
    CHECK(log->lost_bytes() == 7);
}

TEST_CASE("log file: another file takes the lines from here on, and none is lost between both", "[server][log]") {
    const support::TempDir folder;
    auto log = server::LogFile::open(folder.at("one"), 1);
    auto other = server::LogFile::open(folder.at("two"), 1);
    REQUIRE(log);
    REQUIRE(other);
    log->pending() += "first\n";
    log->continue_in(std::move(*other));
    log->pending() += "second\n";
    log->flush();
    CHECK(slurp(folder.at("one")) == "first\n");
    CHECK(slurp(folder.at("two")) == "second\n");
    log->continue_in(*server::LogFile::open("", 1));
    CHECK_FALSE(log->on());
}

TEST_CASE("log file: a path that cannot be reopened is said, and the old file goes on", "[server][log]") {
    const support::TempDir files;
    auto log = server::LogFile::open(files.at("log"), 1);
    REQUIRE(log.has_value());
    REQUIRE(std::rename(files.at("log").c_str(), files.at("log.1").c_str()) == 0);
    REQUIRE(::mkdir(files.at("log").c_str(), 0700) == 0);
    CHECK(log->reopen().find("cannot reopen the log " + files.at("log")) == 0);
    CHECK(log->failed_reopens() == 1);
    log->pending() = "line\n";
    log->flush();
    CHECK(slurp(files.at("log.1")) == "line\n");
    REQUIRE(::rmdir(files.at("log").c_str()) == 0);
    CHECK(log->reopen().empty());
}

TEST_CASE("log file: a file that was made here is given away, one that was there is not", "[server][log]") {
    if (::geteuid() != 0) return;
    const support::TempDir files;
    std::ofstream(files.at("old")) << "before\n";
    struct stat status{};
    for (const char* name : {"old", "new"}) {
        auto log = server::LogFile::open(files.at(name), 1);
        REQUIRE(log.has_value());
        log->give_to(12345, 12345);
    }
    REQUIRE(::stat(files.at("old").c_str(), &status) == 0);
    CHECK(status.st_uid == 0);
    REQUIRE(::stat(files.at("new").c_str(), &status) == 0);
    CHECK(status.st_uid == 12345);
}

TEST_CASE("log file: a log that cannot be opened says which and why", "[server][log]") {
    const auto log = server::LogFile::open("/nonexistent/godwit.log", 1);
    REQUIRE_FALSE(log.has_value());
    CHECK(log.error().find("/nonexistent/godwit.log: No such file") != std::string::npos);
}
