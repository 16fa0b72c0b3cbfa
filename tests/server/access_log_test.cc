// The three line formats, escaping, and logs that are reopened or cannot be written.
#include "server/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "support/catch.h"
#include "support/fake_clock.h"

namespace {

server::AccessEntry entry() {
    net::PeerAddress peer;
    peer.family = net::Family::ipv4;
    peer.octets = {127, 0, 0, 1};
    return {.peer = peer,
            .method = "GET",
            .target = "/a?b",
            .minor_version = 1,
            .referer = "",
            .user_agent = "curl/8",
            .status = 200,
            .body_bytes = 1234,
            .received_bytes = 0,
            .duration_ms = 5,
            .aborted = {}};
}

std::string line(server::LogFormat format, const server::AccessEntry& what) {
    const FakeClock clock;
    server::AccessLog log(*server::LogFile::open("", 1), format);
    log.append(what, clock);
    return log.file().pending();
}

std::string slurp(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("access log: writes the common form with the duration behind", "[server][log]") {
    CHECK(line(server::LogFormat::common, entry()) ==
          "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 5ms\n");
}

TEST_CASE("access log: the combined form adds referer and user agent", "[server][log]") {
    CHECK(line(server::LogFormat::combined, entry()) ==
          "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 \"-\" \"curl/8\" 5ms\n");
}

TEST_CASE("access log: the JSON form is one object on one line", "[server][log]") {
    server::AccessEntry what = entry();
    what.user_agent = "a\"b\n\x1b";
    const std::string text = line(server::LogFormat::json, what);
    CHECK(text.find("\"user_agent\":\"a\\\"b\\n\\u001b\"") != std::string::npos);
    CHECK(text.find("\"time\":\"1994-11-06T08:49:37Z\"") != std::string::npos);
    CHECK(text.find('\n') == text.size() - 1);
}

TEST_CASE("access log: control bytes and quotes of a request cannot forge a line", "[server][log]") {
    server::AccessEntry what = entry();
    what.target = "/\n127.0.0.1 \"\x1b[31m";
    what.user_agent = "x\r\ny\"";
    const std::string text = line(server::LogFormat::combined, what);
    CHECK(text.find('\n') == text.size() - 1);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("x\\x0d\\x0ay\\x22") != std::string::npos);
}

TEST_CASE("access log: a request that was never understood has a dash for its line", "[server][log]") {
    server::AccessEntry what = entry();
    what.method = {};
    CHECK(line(server::LogFormat::common, what).find("\"-\" 200") != std::string::npos);
}

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
    log->reopen();
    log->pending() = "third\n";
    log->flush();
    CHECK(slurp(rotated) == "first\nsecond\n");
    CHECK(slurp(path) == "third\n");
    ::unlink(path.c_str());
    ::unlink(rotated.c_str());
}

TEST_CASE("log file: a full pipe loses lines and counts them, and never holds up the caller", "[server][log]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    const std::string block(4096, 'x');
    while (::write(ends[1], block.data(), block.size()) > 0) {
    }
    auto log = server::LogFile::open("-", ends[1]);
    log->pending() = "lost\n";
    log->flush();
    CHECK(log->lost_bytes() == 5);
    CHECK(log->pending().empty());
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("log file: a log that cannot be opened says which and why", "[server][log]") {
    const auto log = server::LogFile::open("/nonexistent/godwit.log", 1);
    REQUIRE_FALSE(log.has_value());
    CHECK(log.error().find("/nonexistent/godwit.log: No such file") != std::string::npos);
}
