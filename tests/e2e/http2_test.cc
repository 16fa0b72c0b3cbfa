// HTTP/2 against the real server: the wire cases that both versions can say, and clients as people use them.
#include <csignal>
#include <filesystem>
#include <string>

#include "e2e/site.h"
#include "support/http2_frames.h"
#include "support/wire_http2.h"

using e2e::Site;
using support::run_command;

namespace {

/// Translated cases, at least; fewer would mean that the translation does not work any more.
constexpr int kLeastCases = 180;

bool is_missing(const char* program) {
    const bool missing = run_command({program, "--version"}).status != 0;
    if (missing) WARN(program << " is not installed");
    return missing;
}

std::string url(const Site& site, const std::string& path) {
    return "http://127.0.0.1:" + std::to_string(site.server.port()) + path;
}

support::Finished curl(const Site& site, const std::string& path, std::vector<std::string> words = {}) {
    std::vector<std::string> all{"curl", "-sS", "--max-time", "20", "--noproxy", "*", "--http2-prior-knowledge"};
    all.insert(all.end(), words.begin(), words.end());
    all.push_back(url(site, path));
    return run_command(all);
}

}  // namespace

TEST_CASE("http2: the wire cases have the same answers", "[e2e][http2][wire]") {
    const support::TempDir directory;
    const support::WireSite site(directory.at("site"));
    site.restore();
    support::ServerProcess server({.directory = site.directory()});
    int count = 0;
    for (const auto& file : std::filesystem::directory_iterator(WIRE_CASES)) {
        if (file.path().extension() != ".txt") continue;
        site.restore();
        for (const auto& wire_case : support::read_wire_cases(file.path())) {
            const auto outcome = support::run_wire_case_over_http2(wire_case, site, server.port());
            if (!outcome) continue;
            ++count;
            INFO(file.path().filename().string() << ":" << wire_case.line << " " << wire_case.name);
            for (const auto& failure : outcome->failures) FAIL_CHECK(failure);
        }
    }
    CHECK(count >= kLeastCases);
    CHECK(server.stop() == 0);
}

TEST_CASE("http2: curl reads, uploads, asks again and deletes", "[e2e][http2][curl]") {
    if (is_missing("curl")) return;
    Site site;
    const support::TempDir local;
    const std::string body = support::noise(3'000'000, 5);
    local.write("file", body);
    CHECK(curl(site, "/hello.txt").output == "hello, world\n");
    CHECK(curl(site, "/hello.txt", {"-I"}).output.starts_with("HTTP/2 200"));
    CHECK(curl(site, "/hello.txt", {"-r", "0-4"}).output == "hello");
    CHECK((curl(site, "/big.bin").output == site.files.read("big.bin")));
    CHECK(curl(site, "/up", {"-T", local.at("file"), "-w", "%{http_code}"}).output == "201");
    CHECK((site.files.read("up") == body));
    CHECK(curl(site, "/list/", {"-F", "file=@" + local.at("file") + ";filename=form", "-o", "/dev/null"}).status == 0);
    CHECK((site.files.read("list/form") == body));
    CHECK(curl(site, "/database.txt", {"-d", "name=Ada"}).output == "id=1&name=Ada\n");
    CHECK(curl(site, "/up", {"-X", "DELETE", "-w", "%{http_code}"}).output == "204");
    CHECK(curl(site, "/nothing", {"-f"}).status == 22);
    CHECK(curl(site, "/list/", {"-H", "Accept: application/json"}).output.find("a.txt") != std::string::npos);
}

TEST_CASE("http2: many streams of many connections get whole answers", "[e2e][http2]") {
    if (is_missing("h2load")) return;
    Site site;
    const auto run = run_command({"h2load", "-n", "4000", "-c", "8", "-m", "32", url(site, "/hello.txt"),
                                  url(site, "/list/"), url(site, "/nothing"), url(site, "/")});
    CHECK(run.output.find("4000 total, 4000 started, 4000 done") != std::string::npos);
    CHECK(run.output.find("0 errored, 0 timeout") != std::string::npos);
    CHECK(run.output.find("3000 2xx, 0 3xx, 1000 4xx, 0 5xx") != std::string::npos);
    const auto large = run_command({"h2load", "-n", "40", "-c", "4", "-m", "4", url(site, "/big.bin")});
    CHECK(large.output.find("40 succeeded, 0 failed") != std::string::npos);
}

TEST_CASE("http2: uploads at the same time are stored whole", "[e2e][http2]") {
    Site site;
    support::RawClient client = site.connect();
    support::FrameReader reader;
    std::string bytes = support::client_begin();
    for (std::uint32_t i = 0; i < 20; ++i) {
        bytes += support::head_frame(2 * i + 1, support::request_fields("PUT", "/up" + std::to_string(i)),
                                     support::kEndHeaders);
    }
    for (int part = 0; part < 4; ++part) {
        for (std::uint32_t i = 0; i < 20; ++i) {
            bytes += support::data_frame(2 * i + 1, support::noise(10'000, i), part == 3 ? support::kEndStream : 0);
        }
    }
    REQUIRE(client.send(bytes));
    std::size_t taken = 0;
    const auto done = [&] {
        return std::ranges::count_if(reader.streams, [](const auto& one) { return one.second.ended; }) == 20;
    };
    while (!done() && client.receive(5000) == support::ReadEnd::bytes) {
        reader.take(client.received().substr(taken));
        taken = client.received().size();
    }
    for (std::uint32_t i = 0; i < 20; ++i) {
        CHECK(reader.streams[2 * i + 1].status() == 201);
        std::string expected;
        for (int part = 0; part < 4; ++part) expected += support::noise(10'000, i);
        CHECK((site.files.read("up" + std::to_string(i)) == expected));
    }
}

TEST_CASE("http2: a server that stops answers what is open, and says so", "[e2e][http2]") {
    Site site;
    support::RawClient client = site.connect();
    support::FrameReader reader;
    std::size_t taken = 0;
    const auto receive_until = [&](const auto& condition) {
        while (!condition() && client.receive(5000) == support::ReadEnd::bytes) {
            reader.take(client.received().substr(taken));
            taken = client.received().size();
        }
        return condition();
    };
    client.send(support::client_begin() +
                support::head_frame(1, support::request_fields("PUT", "/late"), support::kEndHeaders) +
                support::data_frame(1, "half of it, "));
    REQUIRE(receive_until([&] { return reader.count(support::FrameType::settings) >= 2; }));
    site.server.signal(SIGTERM);
    REQUIRE(receive_until([&] { return reader.goaway_streams.size() == 2; }));
    CHECK(reader.goaway_streams.back() == 1);
    client.send(support::data_frame(1, "the rest", support::kEndStream));
    CHECK(receive_until([&] { return reader.streams[1].ended; }));
    CHECK(reader.streams[1].status() == 201);
    CHECK(client.receive(5000) == support::ReadEnd::closed);
    CHECK(site.server.wait(5000) == 0);
    CHECK(site.files.read("late") == "half of it, the rest");
}

TEST_CASE("http2: switched off, its preface is no request", "[e2e][http2]") {
    Site site({"--http2", "off"});
    support::RawClient client = site.connect();
    client.send(support::client_begin());
    const auto response = client.read_response();
    REQUIRE(response);
    CHECK(response->status == 505);
}
