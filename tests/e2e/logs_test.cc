// Access logs as the operator reads them: the four forms, one line a request whatever was sent, reopening.
#include <signal.h>

#include <cstdio>

#include "e2e/site.h"

using e2e::Site;

namespace {

std::size_t lines_of(const std::string& text) {
    std::size_t count = 0;
    for (const char c : text) count += c == '\n' ? 1U : 0U;
    return count;
}

/// The log once it has `lines` lines; it is written once per turn of the loop.
std::string wait_for_lines(const std::string& name, std::size_t lines) {
    support::eventually([&] { return lines_of(support::read_file(name)) >= lines; }, 2000);
    return support::read_file(name);
}

/// Control bytes, or what a terminal may take for some: DEL, and the C1 codes in UTF-8 or alone. JSON is UTF-8, so
/// other bytes above 0x7f may stand in it; the text forms are ASCII.
bool has_control_bytes(const std::string& text, bool is_json) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && byte != '\n') || byte == 0x7f) return true;
        if (byte >= 0x80 && !is_json) return true;
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("logs: the common form", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--access-log", logs.at("access"), "--log-format", "common"});
    site.fetch("GET", "/hello.txt?q=1");
    const std::string text = wait_for_lines(logs.at("access"), 1);
    CHECK(text.starts_with("127.0.0.1 - - ["));
    CHECK(text.find("] \"GET /hello.txt?q=1 HTTP/1.1\" 200 13") != std::string::npos);
}

TEST_CASE("logs: the combined form", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--allow-all", "--access-log", logs.at("access"), "--log-format", "combined"});
    site.fetch("GET", "/nothing", {"Referer: http://from/", "User-Agent: agent/1"});
    site.fetch("PUT", "/new", {}, "body");
    site.fetch("HEAD", "/hello.txt");
    const std::string text = wait_for_lines(logs.at("access"), 3);
    CHECK(lines_of(text) == 3);
    CHECK(text.find("\"GET /nothing HTTP/1.1\" 404 ") != std::string::npos);
    CHECK(text.find(" \"http://from/\" \"agent/1\"") != std::string::npos);
    CHECK(text.find("\"PUT /new HTTP/1.1\" 201 ") != std::string::npos);
    CHECK(text.find("\"HEAD /hello.txt HTTP/1.1\" 200 0 \"-\" \"-\"") != std::string::npos);
}

TEST_CASE("logs: the JSON form", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--access-log", logs.at("access"), "--log-format", "json"});
    site.fetch("GET", "/hello.txt", {"User-Agent: a \"quoted\\ agent"});
    const std::string text = wait_for_lines(logs.at("access"), 1);
    CHECK(text.starts_with("{"));
    CHECK(text.ends_with("}\n"));
    CHECK(text.find("\"method\":\"GET\"") != std::string::npos);
    CHECK(text.find("\"status\":200") != std::string::npos);
    CHECK(text.find("\"bytes\":13") != std::string::npos);
    CHECK(text.find("a \\\"quoted\\\\ agent") != std::string::npos);
}

TEST_CASE("logs: what the client sent cannot make or colour a line", "[e2e][logs]") {
    for (const char* format : {"common", "combined", "extended", "json"}) {
        INFO(format);
        const support::TempDir logs;
        Site site({"--access-log", logs.at("access"), "--error-log", logs.at("error"), "--log-format", format});
        site.fetch("GET", "/%0a%1b[31m\"x\"", {"User-Agent: caf\xc3\xa9 \xff \"q\" \\", "Referer: \xc2\x9b"});
        auto client = site.connect();
        client.send("GET /\x1b[2J HTTP/1.1\r\nHost: a\r\n\r\n");
        client.read_response();
        auto other = site.connect();
        other.send("G\x1b\x07T /\r\n\r\n");
        other.read_response();
        auto late = site.connect();
        late.send("GET /\x1b HTTP/1.1\r\nX");
        late.half_close();
        late.read_response();
        const std::string text = wait_for_lines(logs.at("access"), 3);
        CHECK(lines_of(text) >= 3);
        CHECK(!has_control_bytes(text, format == std::string_view("json")));
        CHECK(!has_control_bytes(support::read_file(logs.at("error")), false));
    }
}

TEST_CASE("logs: SIGHUP and SIGUSR1 reopen them", "[e2e][logs]") {
    for (const int number : {SIGHUP, SIGUSR1}) {
        const support::TempDir logs;
        const std::string name = logs.at("access");
        Site site({"--access-log", name, "--error-log", logs.at("error")});
        site.fetch("GET", "/hello.txt?before");
        wait_for_lines(name, 1);
        REQUIRE(std::rename(name.c_str(), logs.at("access.1").c_str()) == 0);
        site.fetch("GET", "/hello.txt?between");
        CHECK(wait_for_lines(logs.at("access.1"), 2).find("between") != std::string::npos);
        site.server.signal(number);
        REQUIRE(support::eventually([&] { return logs.has("access"); }));
        site.fetch("GET", "/hello.txt?after");
        const std::string text = wait_for_lines(name, 1);
        CHECK(text.find("after") != std::string::npos);
        CHECK(text.find("before") == std::string::npos);
        CHECK(logs.read("access.1").find("after") == std::string::npos);
        CHECK(site.server.stop() == 0);
    }
}

TEST_CASE("logs: SIGUSR1 writes the counters, and the end does not", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--error-log", logs.at("error")});
    site.fetch("GET", "/hello.txt");
    site.fetch("GET", "/hello.txt");
    site.fetch("GET", "/none");
    auto client = site.connect();
    client.send("G T / HTTP/1.1\r\n\r\n");
    client.read_response();
    const auto counters_of = [&] { return support::read_file(logs.at("error")); };
    const auto has = [](const std::string& text, const std::string& counter) {
        return text.find(" " + counter + " ") != std::string::npos;
    };
    site.server.signal(SIGUSR1);
    REQUIRE(support::eventually([&] { return counters_of().find("counters:") != std::string::npos; }));
    const std::string asked = counters_of();
    CHECK(has(asked, "connections_accepted=4"));
    CHECK(has(asked, "requests=4"));
    CHECK(has(asked, "responses_2xx=2"));
    CHECK(has(asked, "responses_4xx=2"));
    CHECK(has(asked, "requests_refused=1"));
    CHECK(has(asked, "log_bytes_lost=0"));
    CHECK(asked.find(" cache_hits=") != std::string::npos);
    site.fetch("GET", "/hello.txt");
    CHECK(site.server.stop() == 0);
    CHECK(counters_of() == asked);
}

TEST_CASE("logs: standard output, and every line is there after the end", "[e2e][logs]") {
    Site site({"--access-log", "-"});
    for (int i = 0; i < 50; ++i) site.fetch("GET", "/hello.txt");
    CHECK(site.server.stop() == 0);
    CHECK(lines_of(site.server.output_text()) == 51);
}

TEST_CASE("logs: a lost client and an unfinished upload are said", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--allow-all", "--access-log", logs.at("access"), "--log-format", "extended"});
    auto client = site.connect();
    client.send(support::request("PUT", "/up", {"Content-Length: 1000"}) + "abc");
    support::pause_ms(30);
    client.reset();
    const std::string line = wait_for_lines(logs.at("access"), 1);
    CHECK(line.find("\"PUT /up HTTP/1.1\" 499 0 ") != std::string::npos);
    CHECK(line.find("aborted") != std::string::npos);
}

TEST_CASE("logs: with --request-id one id is in the answer and in every log, with the trace", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--allow-upload", "--request-id", "--log-format", "json", "--access-log", logs.at("access"),
               "--audit-log", logs.at("audit"), "--error-log", logs.at("error")});
    const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    // Nobody is trusted here, so the client's own id counts for nothing.
    const auto answer = site.fetch("PUT", "/hello.txt", {"X-Request-Id: mine", "traceparent: " + trace}, "x");
    CHECK(answer.status == 403);
    const std::string id = answer.value("X-Request-Id");
    CHECK(id.size() == 32);
    CHECK(answer.count("X-Request-Id") == 1);
    const std::string access = wait_for_lines(logs.at("access"), 1);
    CHECK(access.find(R"("request_id":")" + id + R"(","traceparent":")" + trace + "\"}") != std::string::npos);
    CHECK(wait_for_lines(logs.at("audit"), 1).find(R"("request_id":")" + id + '"') != std::string::npos);
    CHECK(support::eventually([&] { return logs.read("error").find("(request " + id + ")\n") != std::string::npos; }));
}

TEST_CASE("logs: a trusted proxy's id is taken, an unusable one is not", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--request-id", "--trusted-proxy", "127.0.0.1", "--log-format", "extended", "--access-log",
               logs.at("access")});
    CHECK(site.fetch("GET", "/hello.txt", {"X-Request-Id: edge-7/1"}).value("X-Request-Id") == "edge-7/1");
    CHECK(site.fetch("GET", "/hello.txt", {"X-Request-Id: a b"}).value("X-Request-Id").size() == 32);
    CHECK(wait_for_lines(logs.at("access"), 2).find("ms id=edge-7/1\n") != std::string::npos);
}

TEST_CASE("logs: without --request-id there is no id anywhere", "[e2e][logs]") {
    const support::TempDir logs;
    Site site({"--trusted-proxy", "127.0.0.1", "--log-format", "json", "--access-log", logs.at("access")});
    CHECK_FALSE(site.fetch("GET", "/hello.txt", {"X-Request-Id: a"}).has("X-Request-Id"));
    CHECK(wait_for_lines(logs.at("access"), 1).find("request_id") == std::string::npos);
}
