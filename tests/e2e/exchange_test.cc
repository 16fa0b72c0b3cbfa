// How requests and connections come and go: pipelining, half-closed clients, resets in every state, lost clients.
#include "e2e/site.h"

using e2e::Site;
using support::RawClient;

namespace {

/// Connections and temporary files are gone; what stays open is what was open, and cached files.
bool descriptors_return(const Site& site, std::size_t before) {
    return support::eventually([&] { return site.server.open_descriptors() <= before; });
}

/// As many descriptors as the server holds once it has served every file of the site.
std::size_t settled_descriptors(const Site& site) {
    for (const char* target : {"/", "/hello.txt", "/docs/", "/list/", "/list/a.txt", "/big.bin"}) {
        site.fetch("GET", target);
    }
    support::pause_ms(20);
    return site.server.open_descriptors();
}

}  // namespace

TEST_CASE("exchanges: fifty requests in one segment are answered in order", "[e2e][exchange]") {
    Site site;
    std::string bytes;
    for (int i = 0; i < 50; ++i) bytes += support::request("GET", "/echo/" + std::to_string(i));
    auto client = site.connect();
    client.send(bytes);
    for (int i = 0; i < 50; ++i) {
        const auto answer = client.read_response();
        REQUIRE(answer);
        CHECK(answer->status == 200);
        CHECK(answer->body == std::to_string(i));
    }
    CHECK(client.silent(20));
}

TEST_CASE("exchanges: fifty requests byte by byte are answered in order", "[e2e][exchange]") {
    Site site;
    std::string bytes;
    for (int i = 0; i < 50; ++i) bytes += support::request(i % 3 == 0 ? "HEAD" : "GET", "/echo/" + std::to_string(i));
    auto client = site.connect();
    client.send_bytewise(bytes);
    for (int i = 0; i < 50; ++i) {
        const auto answer = client.read_response(i % 3 == 0);
        REQUIRE(answer);
        CHECK(answer->body == (i % 3 == 0 ? "" : std::to_string(i)));
    }
}

TEST_CASE("exchanges: a pipeline that is not read is not produced without end", "[e2e][exchange]") {
    Site site;
    RawClient client(site.server.port(), "127.0.0.1", 8192);
    std::string bytes;
    for (int i = 0; i < 200; ++i) bytes += support::request("GET", "/big.bin");
    client.send(bytes);
    support::pause_ms(200);
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    CHECK(site.server.resident_bytes() < 400'000'000);
    for (int i = 0; i < 20; ++i) {
        const auto answer = client.read_response(false, 10'000);
        REQUIRE(answer);
        REQUIRE(answer->body.size() == 3'000'000);
    }
}

TEST_CASE("exchanges: a half-closed client gets the whole of a big answer", "[e2e][exchange]") {
    Site site;
    RawClient client(site.server.port(), "127.0.0.1", 16'384);
    client.send(support::request("GET", "/big.bin"));
    client.half_close();
    support::pause_ms(50);
    const auto answer = client.read_response(false, 10'000);
    REQUIRE(answer);
    CHECK(answer->whole);
    CHECK((answer->body == support::noise(3'000'000)));
    CHECK(client.ends());
}

TEST_CASE("exchanges: a client that half-closes after its upload gets its answer", "[e2e][exchange]") {
    Site site;
    auto client = site.connect();
    client.send(support::request("PUT", "/up", {}, std::string(300'000, 'u')));
    client.half_close();
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 201);
    CHECK(client.ends());
    CHECK(site.files.read("up").size() == 300'000);
}

TEST_CASE("exchanges: a reset in any state costs neither descriptors nor time", "[e2e][exchange]") {
    Site site({"--allow-all"});
    const std::size_t before = settled_descriptors(site);
    const std::string states[] = {
        "",
        "GET",
        "GET /hello.txt HTTP/1.1\r\nHost: a",
        support::request("PUT", "/up", {"Content-Length: 1000"}),
        support::request("PUT", "/up", {"Content-Length: 1000"}) + "abc",
        support::request("PUT", "/up", {"Transfer-Encoding: chunked"}) + "5\r\nab",
        support::request("PUT", "/up", {"Expect: 100-continue", "Content-Length: 1000"}),
        support::request("PUT", "/up", {}, "whole"),
        support::request("GET", "/big.bin"),
        support::request("GET", "/hello.txt", {"Connection: close"}),
        support::request("GET", "/big.bin") + support::request("GET", "/big.bin"),
        support::request("POST", "/hello.txt", {"Content-Length: 1000000"}) + "refused",
        support::request("GET", "/hello.txt", {"Content-Length: 1000"}) + "unread",
        "nonsense\r\n\r\n",
        support::request("DELETE", "/nothing"),
    };
    for (int round = 0; round < 20; ++round) {
        for (const std::string& bytes : states) {
            auto client = site.connect();
            client.send(bytes);
            if (round % 4 == 1) client.receive(5);
            if (round % 4 == 2) client.half_close();
            if (round % 4 == 3) support::pause_ms(1);
            client.reset();
        }
    }
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    CHECK(descriptors_return(site, before + 1));  // "up" may be cached now
    const double cpu = site.server.cpu_seconds();
    support::pause_ms(300);
    CHECK(site.server.cpu_seconds() - cpu < 0.1);
    CHECK(site.server.stop() == 0);
}

TEST_CASE("exchanges: a thousand aborted downloads", "[e2e][exchange]") {
    Site site;
    const std::size_t before = settled_descriptors(site);
    for (int i = 0; i < 1000; ++i) {
        RawClient client(site.server.port(), "127.0.0.1", 8192);
        client.send(support::request("GET", "/big.bin"));
        if (i % 3 != 0) client.receive(2000);
        if (i % 2 == 0) client.reset();
    }
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    CHECK(descriptors_return(site, before));
    CHECK(site.server.stop() == 0);
}

TEST_CASE("exchanges: a refused body is no request, also when it is one", "[e2e][exchange]") {
    Site site(std::vector<std::string>{});
    const std::string inner = support::request("GET", "/hello.txt");
    auto client = site.connect();
    client.send(support::request("POST", "/hello.txt", {"Content-Length: " + std::to_string(inner.size())}, inner));
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 405);
    CHECK(client.receive(100) != support::ReadEnd::bytes);
}

TEST_CASE("exchanges: one greedy client does not hold up another", "[e2e][exchange]") {
    Site site;
    std::vector<RawClient> greedy;
    for (int i = 0; i < 8; ++i) {
        greedy.emplace_back(site.server.port());
        std::string bytes;
        for (int k = 0; k < 50; ++k) bytes += support::request("GET", "/big.bin");
        greedy.back().send(bytes);
    }
    for (int i = 0; i < 20; ++i) {
        const std::int64_t begin = support::now_ms();
        CHECK(site.fetch("GET", "/hello.txt").status == 200);
        CHECK(support::now_ms() - begin < 1000);
        for (RawClient& client : greedy) client.receive(0);
    }
}
