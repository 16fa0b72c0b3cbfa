// The access log as it is read by programs that match each line with a pattern. The patterns are written anew here and
// are as strict as theirs: a program that anchors both ends, or splits the request at its blanks, has to understand
// every line.
#include <regex>
#include <sstream>

#include "e2e/site.h"

using e2e::Site;

namespace {

/// Requests of every kind, also such as are refused before they are understood. Returns how many.
std::size_t ask_all(const Site& site) {
    const std::vector<std::string> heads = {
        "GET /hello.txt HTTP/1.1\r\nHost: x\r\nUser-Agent: agent \"q\" \\ \xc3\xa9\r\nReferer: http://x/\"r\" s\r\n",
        "HEAD /hello.txt?a=%20b HTTP/1.1\r\nHost: x\r\nUser-Agent: agent/1 [x]\r\n",
        "GET /\"none\" HTTP/1.1\r\nHost: x\r\n",
        "GET /hello.txt more HTTP/1.1\r\nHost: x\r\n",
        "GET  HTTP/1.1\r\nHost: x\r\n",
        "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n",
        "G\"T /none HTTP/1.1\r\nHost: x\r\n",
        "nothing\r\n",
        "\x16\x03\x01\r\n",
        "GET /hello.txt HTTP/1.0\r\n",
    };
    for (const std::string& head : heads) {
        support::RawClient client = site.connect();
        client.send(head + "Connection: close\r\n\r\n");
        client.read_to_end();
    }
    return heads.size();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::vector<std::string> log_of_all(const char* format) {
    const support::TempDir logs;
    Site site({"--access-log", logs.at("access"), "--log-format", format});
    const std::size_t asked = ask_all(site);
    std::vector<std::string> lines;
    support::eventually([&] {
        lines = lines_of(support::read_file(logs.at("access")));
        return lines.size() >= asked;
    });
    CHECK(lines.size() == asked);
    return lines;
}

/// Client, two names, the time in brackets, a request that is one word or three, status, bytes.
const std::string kCommon = R"re((\S+) \S+ (\S+) \[([^\]]+)\] "(\S+)(?: (\S+) (\S+))?" (\d{3}) (\d+|-))re";
const std::string kQuoted = R"re( "([^"]*)" "([^"]*)")re";

}  // namespace

TEST_CASE("log readers: a pattern that is anchored at both ends takes every line of common and combined",
          "[e2e][logs]") {
    const std::regex common("^" + kCommon + "$");
    for (const std::string& line : log_of_all("common")) {
        INFO(line);
        CHECK(std::regex_match(line, common));
    }
    const std::regex combined("^" + kCommon + kQuoted + "$");
    for (const std::string& line : log_of_all("combined")) {
        INFO(line);
        CHECK(std::regex_match(line, combined));
    }
}

TEST_CASE("log readers: the client is an address, the time is Apache's, the version a number", "[e2e][logs]") {
    const std::regex address(R"re(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]+:[0-9a-f:.]*)re");
    const std::regex time(R"re(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})re");
    const std::regex version(R"re(HTTP/\d\.\d)re");
    const std::regex combined("^" + kCommon + kQuoted + "$");
    for (const std::string& line : log_of_all("combined")) {
        INFO(line);
        std::smatch parts;
        REQUIRE(std::regex_match(line, parts, combined));
        CHECK(std::regex_match(parts[1].str(), address));
        CHECK(std::regex_match(parts[3].str(), time));
        CHECK((!parts[6].matched || std::regex_match(parts[6].str(), version)));
    }
}

TEST_CASE("log readers: a filter that bans clients finds the status behind the quoted request", "[e2e][logs]") {
    // Such filters take the time out of a line first, and leave its brackets.
    const std::regex missing(R"re(^\S+ - \S+ \[\] "(?:GET|POST|HEAD) \S+ \S+" 404 .+$)re");
    const std::regex malformed(R"re(^\S+ - \S+ \[\] "[^"]*" 400 .+$)re");
    std::size_t missing_lines = 0;
    std::size_t malformed_lines = 0;
    for (const std::string& line : log_of_all("combined")) {
        const std::string without =
            std::regex_replace(line, std::regex(R"re(\[[^\]]+\])re"), "[]", std::regex_constants::format_first_only);
        missing_lines += std::regex_match(without, missing) ? 1U : 0U;
        malformed_lines += std::regex_match(without, malformed) ? 1U : 0U;
    }
    CHECK(missing_lines == 1);
    CHECK(malformed_lines == 5);
}

TEST_CASE("log readers: goaccess counts every line, and the bytes", "[e2e][logs]") {
    if (support::run_command({"sh", "-c", "command -v goaccess"}).status != 0) return;
    for (const auto& [format, name] : {std::pair{"common", "COMMON"}, std::pair{"combined", "COMBINED"}}) {
        const support::TempDir files;
        std::string text;
        const auto lines = log_of_all(format);
        for (const std::string& line : lines) text += line + "\n";
        files.write("log", text);
        const auto finished = support::run_command({"goaccess", files.at("log"), std::string("--log-format=") + name,
                                                    "--no-global-config", "-o", files.at("report.json")});
        INFO(finished.output << finished.errors);
        REQUIRE(finished.status == 0);
        const std::string report = files.read("report.json");
        CHECK(report.find("\"failed_requests\": 0") != std::string::npos);
        CHECK(report.find("\"valid_requests\": " + std::to_string(lines.size())) != std::string::npos);
        CHECK(report.find("\"bandwidth\": 0") == std::string::npos);
    }
}
