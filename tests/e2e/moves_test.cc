// MOVE through the real server: each status, what is cached, two clients at once. The requests of tests have the host
// "test".
#include <string>
#include <vector>

#include "e2e/site.h"

using e2e::Site;

namespace {

int move(const Site& site, const std::string& source, const std::string& destination,
         std::vector<std::string> fields = {}) {
    fields.push_back("Destination: " + destination);
    return site.fetch("MOVE", source, fields).status;
}

}  // namespace

TEST_CASE("moves: a file and a folder get their new names", "[e2e][move]") {
    const Site site;
    CHECK(move(site, "/hello.txt", "/docs/hi%20there.txt") == 201);
    CHECK(site.fetch("GET", "/hello.txt").status == 404);
    CHECK(site.fetch("GET", "/docs/hi%20there.txt").body == "hello, world\n");
    CHECK(move(site, "/docs/", "/list/docs") == 201);
    CHECK(site.fetch("GET", "/docs/").status == 404);
    CHECK(site.fetch("GET", "/list/docs/hi%20there.txt").body == "hello, world\n");
    CHECK(move(site, "/list/a.txt", "/list/docs/hi%20there.txt") == 204);
    CHECK(site.fetch("GET", "/list/docs/hi%20there.txt").body == "a\n");
    CHECK(site.fetch("OPTIONS", "/list/").value("Allow").find("MOVE") != std::string::npos);
}

TEST_CASE("moves: every refusal leaves everything where it was", "[e2e][move]") {
    const Site site;
    const auto before = site.files.list();
    CHECK(site.fetch("MOVE", "/hello.txt").status == 400);
    CHECK(move(site, "/hello.txt", "/a/../b") == 400);
    CHECK(move(site, "/hello.txt", "/..%2fb") == 400);
    CHECK(move(site, "/hello.txt", "http://u@test/b") == 400);
    CHECK(move(site, "/hello.txt", "/b", {"Overwrite: maybe"}) == 400);
    CHECK(move(site, "/list/", "/b", {"Depth: 0"}) == 400);
    CHECK(move(site, "/", "/b") == 403);
    CHECK(move(site, "/hello.txt", "/") == 403);
    CHECK(move(site, "/hello.txt", "/hello.txt") == 403);
    CHECK(move(site, "/list/", "/list/b") == 403);
    CHECK(move(site, "/hello.txt", "/.b") == 403);
    CHECK(move(site, "/hello.txt", "/.well-known/b") == 403);
    CHECK(move(site, "/hello.txt", "/database.txt") == 403);
    CHECK(move(site, "/hello.txt", "/files/database.txt") == 409);
    CHECK(move(site, "/.godwit/uploads/", "/b") == 405);
    CHECK(move(site, "/nothing", "/b") == 404);
    CHECK(move(site, "/echo/x", "/b") == 405);
    CHECK(move(site, "/hello.txt", "/none/b") == 409);
    CHECK(move(site, "/list", "/b") == 409);
    CHECK(move(site, "/list/", "/docs") == 409);
    CHECK(move(site, "/hello.txt", "/big.bin", {"Overwrite: F"}) == 412);
    CHECK(move(site, "/hello.txt", "/b", {"If-Match: \"other\""}) == 412);
    CHECK(move(site, "/hello.txt", "http://other.example/b") == 502);
    CHECK(move(site, "/hello.txt", "https://test/b") == 502);
    CHECK(site.fetch("MOVE", "/hello.txt", {"Destination: /b"}, "content").status == 415);
    CHECK(site.files.list() == before);
    CHECK(move(site, "/hello.txt", "http://test/b") == 201);
}

TEST_CASE("moves: without the right to replace nothing is moved over a file", "[e2e][move]") {
    const Site site({"--allow-upload", "--allow-delete"});
    CHECK(move(site, "/hello.txt", "/big.bin") == 403);
    CHECK(move(site, "/hello.txt", "/b") == 201);
    const Site uploads({"--allow-upload"});
    CHECK(move(uploads, "/hello.txt", "/b") == 405);
    const Site deletes({"--allow-delete"});
    CHECK(move(deletes, "/hello.txt", "/b") == 403);
    CHECK(deletes.fetch("OPTIONS", "/hello.txt").value("Allow").find("MOVE") == std::string::npos);
}

TEST_CASE("moves: a request that came together with the move is answered after it", "[e2e][move]") {
    const Site site;
    auto client = site.connect();
    const auto get = [](std::string_view target) { return support::request("GET", target); };
    REQUIRE(client.send(get("/list/a.txt") + support::request("MOVE", "/list/", {"Destination: /moved"}) +
                        get("/list/a.txt") + get("/moved/a.txt")));
    std::vector<int> statuses;
    for (int i = 0; i < 4; ++i) {
        const auto answer = client.read_response();
        REQUIRE(answer);
        statuses.push_back(answer->status);
    }
    CHECK(statuses == std::vector<int>{200, 201, 404, 200});
}

TEST_CASE("moves: of many clients that move one file exactly one wins", "[e2e][move]") {
    const Site site;
    constexpr int kClients = 8;
    for (int round = 0; round < 20; ++round) {
        const std::string name = "race-" + std::to_string(round);
        site.files.write(name, "x");
        std::vector<support::RawClient> clients;
        for (int i = 0; i < kClients; ++i) clients.push_back(site.connect());
        for (int i = 0; i < kClients; ++i) {
            const std::string destination = "Destination: /" + name + "-" + std::to_string(i);
            REQUIRE(clients[static_cast<std::size_t>(i)].send(support::request("MOVE", "/" + name, {destination})));
        }
        int won = 0;
        for (auto& client : clients) {
            const auto answer = client.read_response();
            REQUIRE(answer);
            CHECK((answer->status == 201 || answer->status == 404));
            won += answer->status == 201 ? 1 : 0;
        }
        CHECK(won == 1);
    }
}

TEST_CASE("moves: the audit log has both paths", "[e2e][move]") {
    const support::TempDir logs;
    const Site site({"--allow-all", "--audit-log", logs.at("audit.log")});
    CHECK(move(site, "/hello.txt", "/list/b.txt") == 201);
    constexpr std::string_view kPart = R"("action":"move","from":"/hello.txt","path":"/list/b.txt")";
    CHECK(support::eventually([&] { return logs.read("audit.log").find(kPart) != std::string::npos; }));
}

TEST_CASE("moves: with --path-prefix the destination is below it, too", "[e2e][move]") {
    const Site site({"--allow-all", "--path-prefix", "/p"});
    CHECK(move(site, "/p/hello.txt", "/list/b") == 502);
    CHECK(move(site, "/p/hello.txt", "/p") == 502);
    CHECK(move(site, "/p/hello.txt", "/p2/b") == 502);
    const auto moved = site.fetch("MOVE", "/p/hello.txt", {"Destination: http://test/p/list/b"});
    CHECK(moved.status == 201);
    CHECK(moved.value("Location") == "/p/list/b");
    CHECK(site.files.has("list/b"));
}
