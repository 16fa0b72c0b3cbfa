// The four line formats and escaping.
#include "server/access_log.h"

#include <regex>
#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/loopback_peer.h"

namespace {

server::AccessEntry entry() {
    return {.peer = loopback_peer(),
            .method = "GET",
            .target = "/a?b",
            .version = "1.1",
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

}  // namespace

TEST_CASE("access log: writes the common form and nothing behind", "[server][log]") {
    CHECK(line(server::LogFormat::common, entry()) ==
          "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234\n");
}

TEST_CASE("access log: who signed in is in the third field, and cannot break the line", "[server][log]") {
    server::AccessEntry what = entry();
    const auto third = [&](std::string_view user) {
        what.user = user;
        const std::string text = line(server::LogFormat::combined, what);
        CHECK(text.ends_with("] \"GET /a?b HTTP/1.1\" 200 1234 \"-\" \"curl/8\"\n"));
        return text.substr(0, text.find(" ["));
    };
    CHECK(third("alice@home") == "127.0.0.1 - alice@home");
    CHECK(third("-") == "127.0.0.1 - -");
    CHECK(third("\xc3\xa5sa\n") == "127.0.0.1 - \\xc3\\xa5sa\\x0a");
}

TEST_CASE("access log: the JSON form has the user, or a dash", "[server][log]") {
    server::AccessEntry what = entry();
    CHECK(line(server::LogFormat::json, what).find("\"user\":\"-\"") != std::string::npos);
    what.user =
        "a\xc2\x85"
        "b";  // a line end of Unicode
    CHECK(line(server::LogFormat::json, what).find("\"user\":\"a\\u0085b\"") != std::string::npos);
}

TEST_CASE("access log: the combined form adds referer and user agent", "[server][log]") {
    CHECK(line(server::LogFormat::combined, entry()) ==
          "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 \"-\" \"curl/8\"\n");
}

TEST_CASE("access log: the extended form has the time and the ending behind", "[server][log]") {
    server::AccessEntry what = entry();
    CHECK(line(server::LogFormat::extended, what).ends_with("\"-\" \"curl/8\" 5ms\n"));
    what.aborted = "the peer left";
    CHECK(line(server::LogFormat::extended, what).ends_with("\"-\" \"curl/8\" 5ms aborted: the peer left\n"));
}

TEST_CASE("access log: an id and a trace are in the extended and the JSON form alone", "[server][log]") {
    server::AccessEntry what = entry();
    what.request_id = "4f";
    what.trace = "00-1-2-01";
    what.aborted = "the peer left";
    CHECK(line(server::LogFormat::extended, what).ends_with(" 5ms id=4f trace=00-1-2-01 aborted: the peer left\n"));
    CHECK(line(server::LogFormat::json, what)
              .ends_with(R"(,"request_id":"4f","traceparent":"00-1-2-01","aborted":"the peer left"})"
                         "\n"));
    CHECK(line(server::LogFormat::combined, what).ends_with("\"curl/8\"\n"));
}

TEST_CASE("access log: the patterns of log readers match whole lines, also of what was cut", "[server][log]") {
    // What fluent-bit, logstash and fail2ban ask of a line, in the words of one grammar: host, two names, time in
    // brackets, request in quotes, status, bytes; combined adds two texts in quotes. Nothing may follow.
    const std::string common = R"(^[^ ]+ [^ ]+ [^ ]+ \[[^\]]+\] "(\S+)( +[^"]*?)?( +\S+)?" \d{3} (\d+|-))";
    const std::regex common_line(common + "\n$");
    const std::regex combined_line(common + R"re( "[^"]*" "[^"]*")re" + "\n$");
    server::AccessEntry what = entry();
    for (const std::string_view aborted : {"", "the peer left"}) {
        for (const std::string_view method : {"GET", ""}) {
            what.aborted = aborted;
            what.method = method;
            CHECK(std::regex_match(line(server::LogFormat::common, what), common_line));
            CHECK(std::regex_match(line(server::LogFormat::combined, what), combined_line));
        }
    }
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
