// Bounds: too many connections, slow clients, no descriptors left.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "e2e/site.h"

using e2e::Site;
using support::RawClient;
using support::ReadEnd;

namespace {

/// Connections with a request under way: an idle one would make room for the next one.
std::vector<RawClient> hold_busy(Site& site, int count) {
    std::vector<RawClient> held;
    for (int i = 0; i < count; ++i) {
        held.push_back(site.connect());
        held.back().send(support::request("GET", "/hello.txt"));
        REQUIRE(held.back().read_response());
        held.back().send("GET /hello.txt HTTP/1.1\r\n");
    }
    return held;
}

void check_refused(Site& site) {
    auto extra = site.connect();
    extra.send(support::request("GET", "/hello.txt"));
    const auto refused = extra.read_response();
    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK(refused->has("Retry-After"));
    CHECK(extra.ends());
}

}  // namespace

TEST_CASE("limits: one connection too many is answered 503 and closed", "[e2e][limits]") {
    Site site({"--allow-all", "--max-connections", "5"});
    std::vector<RawClient> held = hold_busy(site, 5);
    check_refused(site);
    held.pop_back();
    CHECK(support::eventually([&] {
        auto client = site.connect();
        client.send(support::request("GET", "/hello.txt"));
        const auto answer = client.read_response();
        return answer && answer->status == 200;
    }));
}

TEST_CASE("limits: one client has a share of the connections", "[e2e][limits]") {
    Site site({"--max-connections-per-client", "3"});
    std::vector<RawClient> held = hold_busy(site, 3);
    check_refused(site);
    // Its own unused connection makes room.
    held.front().send("Host: a\r\n\r\n");
    REQUIRE(held.front().read_response());
    auto next = site.connect();
    next.send(support::request("GET", "/hello.txt"));
    const auto answer = next.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 200);
}

TEST_CASE("limits: one client has a share of the requests under way", "[e2e][limits]") {
    Site site({"--allow-all", "--max-requests-per-client", "2"});
    std::vector<RawClient> held;
    for (const char* name : {"/a.txt", "/b.txt"}) {
        held.push_back(site.connect());
        held.back().send("PUT " + std::string(name) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
    }
    CHECK(support::eventually([&] { return site.fetch("GET", "/hello.txt").status == 429; }));
    held.front().send("-done");
    const auto stored = held.front().read_response();
    REQUIRE(stored);
    CHECK(stored->status == 201);
    CHECK(support::eventually([&] { return site.fetch("GET", "/hello.txt").status == 200; }));
}

TEST_CASE("limits: a head that does not come in time is answered 408", "[e2e][limits]") {
    Site site({"--allow-all", "--header-timeout", "1"});
    auto silent = site.connect();
    auto trickling = site.connect();
    trickling.send("GET /hello.txt HT");
    const std::int64_t begin = support::now_ms();
    // Trickling does not help: the deadline is for the whole head.
    for (int i = 0; i < 15; ++i) {
        support::pause_ms(50);
        trickling.send("T");
    }
    const auto answer = trickling.read_response(false, 3000);
    const std::int64_t took = support::now_ms() - begin;
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(took >= 700);
    CHECK(took < 2500);
    CHECK(trickling.ends());
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
}

TEST_CASE("limits: an idle connection is closed without an answer", "[e2e][limits]") {
    Site site({"--keep-alive", "1"});
    auto client = site.connect();
    client.send(support::request("GET", "/hello.txt"));
    REQUIRE(client.read_response());
    const std::int64_t begin = support::now_ms();
    CHECK(client.ends(4000));
    CHECK(support::now_ms() - begin >= 500);
}

TEST_CASE("limits: without descriptors the server waits instead of spinning, and recovers", "[e2e][limits]") {
    Site site(support::ServerSettings{.options = {"--allow-all"}, .descriptors = 64});
    std::vector<RawClient> held;
    for (int i = 0; i < 200; ++i) held.push_back(site.connect());
    for (RawClient& client : held) client.send("GET /hello.txt HTTP/1.1\r\n");
    support::pause_ms(200);
    const double cpu = site.server.cpu_seconds();
    support::pause_ms(1000);
    CHECK(site.server.cpu_seconds() - cpu < 0.15);
    CHECK(site.server.runs());
    held.clear();
    CHECK(support::eventually([&] {
        auto client = site.connect();
        client.send(support::request("GET", "/hello.txt", {"Connection: close"}));
        const auto answer = client.read_response(false, 500);
        return answer && answer->status == 200;
    }));
    CHECK(support::eventually([&] { return site.server.open_descriptors() < 40; }));
    CHECK(site.server.stop() == 0);
}

TEST_CASE("limits: without descriptors the log is told once, however busy the server is", "[e2e][limits]") {
    Site site(support::ServerSettings{.options = {"--allow-all"}, .descriptors = 64});
    auto busy = site.connect();
    busy.send(support::request("GET", "/hello.txt"));
    REQUIRE(busy.read_response());
    std::vector<RawClient> held;
    for (int i = 0; i < 200; ++i) held.push_back(site.connect());
    for (int i = 0; i < 300; ++i) {
        busy.send(support::request("GET", "/hello.txt"));
        REQUIRE(busy.read_response());
    }
    const std::string log = site.server.error_text();
    std::size_t lines = 0;
    for (std::size_t at = log.find("out of file"); at != std::string::npos; at = log.find("out of file", at + 1))
        ++lines;
    CHECK(lines >= 1);
    CHECK(lines < 20);
}

TEST_CASE("limits: a download with requests waiting behind it takes no growing share of the turns", "[e2e][limits]") {
    Site site({"--cache-size", "0"});
    const std::string zeros = site.files.path() + "/zeros.txt";
    site.files.write("zeros.txt", "0");
    REQUIRE(::truncate(zeros.c_str(), off_t{8} << 30) == 0);
    const auto answers_beside = [&](std::string_view behind) {
        auto download = site.connect();
        download.send(support::request("GET", "/hello.txt"));
        REQUIRE(download.read_response());
        download.send(support::request("GET", "/zeros.txt", {"Accept-Encoding: gzip"}));
        support::pause_ms(50);
        download.send(behind);
        auto other = site.connect();
        int answers = 0;
        for (const std::int64_t end = support::now_ms() + 1000; support::now_ms() < end; ++answers) {
            other.send(support::request("GET", "/hello.txt"));
            REQUIRE(other.read_response(false, 20'000));
        }
        return answers;
    };
    const int alone = answers_beside("");
    CHECK(answers_beside("GET /hello.txt HTTP/1.1\r\n") * 3 > alone);
}

TEST_CASE("limits: two thousand slow clients and a normal one", "[.][long]") {
    const rlimit limit{8192, 8192};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    Site site({"--allow-all", "--max-connections", "4000"});
    std::vector<RawClient> slow;
    const std::string heads[] = {
        "GET /hello.txt HTTP/1.1\r\nHost: a\r\nX: ", support::request("PUT", "/slow", {"Content-Length: 100000"}),
        support::request("GET", "/big.bin")};
    for (std::size_t i = 0; i < 2000; ++i) {
        slow.emplace_back(site.server.port(), "127.0.0.1", 4096);
        slow.back().send(heads[i % 3]);
    }
    // First the burst: every download fills its socket buffers. What is measured is the state after it.
    auto first = site.connect();
    first.send(support::request("GET", "/hello.txt"));
    REQUIRE(first.read_response(false, 60'000));
    std::vector<std::int64_t> times;
    for (int second = 0; second < 5; ++second) {
        for (std::size_t i = 0; i < slow.size(); ++i) {
            if (i % 3 != 2) slow[i].send("a");
            if (i % 40 == 0) {
                const std::int64_t begin = support::now_ms();
                REQUIRE(site.fetch("GET", "/hello.txt").status == 200);
                times.push_back(support::now_ms() - begin);
            }
        }
        support::pause_ms(500);
    }
    CHECK(*std::max_element(times.begin(), times.end()) < 50);
}

TEST_CASE("limits: a byte at a time on a thousand connections takes little memory", "[.][long]") {
    const rlimit limit{8192, 8192};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    Site site({"--max-connections", "4000"});
    std::vector<RawClient> slow;
    for (int i = 0; i < 1000; ++i) slow.push_back(site.connect());
    for (const char c : std::string("GET /hello.txt HTTP/1.1\r\nHost: a\r\nX-Some: field")) {
        for (RawClient& client : slow) client.send(std::string_view(&c, 1));
    }
    support::pause_ms(100);
    // One input block each, and no more for all the reads.
    CHECK(site.server.resident_bytes() < 1000 * 24'000 + 60'000'000);
}
