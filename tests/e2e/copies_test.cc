// COPY through the real server: each status, what is cached, long files while others are served, two clients at once.
#include <string>
#include <vector>

#include "e2e/site.h"

using e2e::Site;

namespace {

int copy(const Site& site, const std::string& source, const std::string& destination,
         std::vector<std::string> fields = {}) {
    fields.push_back("Destination: " + destination);
    return site.fetch("COPY", source, fields).status;
}

}  // namespace

TEST_CASE("copies: a file and its copy are two files", "[e2e][copy]") {
    const Site site;
    CHECK(site.fetch("GET", "/list/hi%20there.txt").status == 404);
    const auto made = site.fetch("COPY", "/hello.txt", {"Destination: http://test/list/hi%20there.txt"});
    CHECK(made.status == 201);
    CHECK(made.value("Location") == "/list/hi%20there.txt");
    CHECK(site.fetch("GET", "/list/hi%20there.txt").body == "hello, world\n");
    CHECK(site.fetch("PUT", "/hello.txt", {}, "new").status == 204);
    CHECK(site.fetch("GET", "/list/hi%20there.txt").body == "hello, world\n");
    CHECK(copy(site, "/hello.txt", "/list/hi%20there.txt") == 204);
    CHECK(site.fetch("GET", "/list/hi%20there.txt").body == "new");
    CHECK(site.fetch("OPTIONS", "/hello.txt").value("Allow").find("COPY") != std::string::npos);
    CHECK(site.fetch("OPTIONS", "/list/").value("Allow").find("COPY") != std::string::npos);
}

TEST_CASE("copies: every refusal leaves everything as it was", "[e2e][copy]") {
    const Site site;
    const auto before = site.files.list();
    CHECK(site.fetch("COPY", "/hello.txt").status == 400);
    CHECK(copy(site, "/hello.txt", "/a/../b") == 400);
    CHECK(copy(site, "/hello.txt", "/b", {"Overwrite: maybe"}) == 400);
    CHECK(copy(site, "/hello.txt", "/b", {"Depth: 1"}) == 400);
    CHECK(copy(site, "/", "/b") == 403);
    CHECK(copy(site, "/list/", "/list/b") == 403);
    CHECK(copy(site, "/list/", "/hello.txt") == 409);
    CHECK(copy(site, "/list", "/b") == 409);
    CHECK(copy(site, "/hello.txt", "/hello.txt") == 403);
    CHECK(copy(site, "/hello.txt", "/.b") == 403);
    CHECK(copy(site, "/hello.txt", "/database.txt") == 403);
    CHECK(copy(site, "/nothing", "/b") == 404);
    CHECK(copy(site, "/hello.txt", "/none/b") == 409);
    CHECK(copy(site, "/hello.txt", "/list") == 409);
    CHECK(copy(site, "/hello.txt", "/big.bin", {"Overwrite: F"}) == 412);
    CHECK(copy(site, "/hello.txt", "/b", {"If-Match: \"other\""}) == 412);
    CHECK(copy(site, "/hello.txt", "http://other.example/b") == 502);
    CHECK(site.fetch("COPY", "/hello.txt", {"Destination: /b"}, "content").status == 415);
    CHECK(site.files.list() == before);
    const Site reading({});
    CHECK(copy(reading, "/hello.txt", "/b") == 405);
}

TEST_CASE("copies: of two at once onto one name exactly one finds it free", "[e2e][copy]") {
    const Site site;
    site.files.write("first", std::string(3'000'000, '1'));
    site.files.write("second", std::string(3'000'000, '2'));
    auto one = site.connect();
    auto other = site.connect();
    REQUIRE(one.send(support::request("COPY", "/first", {"Destination: /to", "Overwrite: F"})));
    REQUIRE(other.send(support::request("COPY", "/second", {"Destination: /to", "Overwrite: F"})));
    // Others are served meanwhile.
    CHECK(site.fetch("GET", "/hello.txt").body == "hello, world\n");
    const auto answered = one.read_response();
    const auto answered_other = other.read_response();
    REQUIRE((answered && answered_other));
    const int first = answered->status;
    const int second = answered_other->status;
    CHECK(((first == 201 && second == 412) || (first == 412 && second == 201)));
    const std::string text = site.files.read("to");
    CHECK(text == std::string(3'000'000, first == 201 ? '1' : '2'));
}

TEST_CASE("copies: a folder of many files is copied as one", "[e2e][copy]") {
    const Site site;
    for (int i = 0; i < 300; ++i) {
        site.files.write("many/d" + std::to_string(i % 7) + "/" + std::to_string(i), std::to_string(i));
    }
    CHECK(copy(site, "/many/", "/copied") == 201);
    for (int i = 0; i < 300; ++i) {
        CHECK(site.files.read("copied/d" + std::to_string(i % 7) + "/" + std::to_string(i)) == std::to_string(i));
    }
    CHECK(copy(site, "/many/", "/copied") == 409);
    CHECK(copy(site, "/many/", "/copied", {"Overwrite: F"}) == 412);
    CHECK(site.fetch("GET", "/copied/d0/0").body == "0");
}
