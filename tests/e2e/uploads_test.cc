// Uploads through the real server: every size and cut, refusals before the body, and what is left behind.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "e2e/site.h"

using e2e::Site;
using support::RawClient;

namespace {

/// Around the sizes where buffers end.
constexpr std::size_t kSizes[] = {0, 1, 2, 4095, 4096, 4097, 16383, 16384, 16385, 65535, 65536, 65537, 5'242'880};

}  // namespace

TEST_CASE("uploads: every size by length is stored whole and read back", "[e2e][uploads]") {
    Site site;
    auto client = site.connect();
    for (const std::size_t size : kSizes) {
        INFO(size << " bytes");
        const std::string body = support::noise(size, 7);
        const std::string name = "up-" + std::to_string(size);
        REQUIRE(client.send(support::request("PUT", "/" + name, {}, body)));
        const auto created = client.read_response(false, 20'000);
        REQUIRE(created);
        CHECK(created->status == 201);
        CHECK((site.files.read(name) == body));
        REQUIRE(client.send(support::request("GET", "/" + name)));
        const auto back = client.read_response(false, 20'000);
        REQUIRE(back);
        CHECK((back->body == body));
    }
}

TEST_CASE("uploads: every size in chunks is stored whole", "[e2e][uploads]") {
    Site site;
    auto client = site.connect();
    for (const std::size_t size : kSizes) {
        for (const std::size_t chunk :
             {std::size_t{1}, std::size_t{1000}, std::size_t{16384}, std::size_t{1'000'000}}) {
            if (size / chunk > 20'000) continue;
            INFO(size << " bytes in chunks of " << chunk);
            const std::string body = support::noise(size, 9);
            REQUIRE(client.send(support::request("PUT", "/up", {"Transfer-Encoding: chunked"}) +
                                support::chunked(body, chunk)));
            const auto answer = client.read_response(false, 20'000);
            REQUIRE(answer);
            CHECK((answer->status == 201 || answer->status == 204));
            CHECK((site.files.read("up") == body));
        }
    }
}

TEST_CASE("uploads: a body cut anywhere gives the same file", "[e2e][uploads]") {
    Site site;
    const std::string bytes = support::request("PUT", "/up", {"Transfer-Encoding: chunked"}) +
                              support::chunked("The quick brown fox jumps over the lazy dog", 10);
    auto client = site.connect();
    for (std::size_t cut = 1; cut < bytes.size(); cut += 2) {
        INFO("cut after " << cut);
        REQUIRE(client.send_split(bytes, {cut}));
        const auto answer = client.read_response();
        REQUIRE(answer);
        REQUIRE((answer->status == 201 || answer->status == 204));
        CHECK(site.files.read("up") == "The quick brown fox jumps over the lazy dog");
    }
}

TEST_CASE("uploads: 100 Continue comes before the body, exactly once", "[e2e][uploads]") {
    Site site;
    auto client = site.connect();
    client.send(support::request("PUT", "/up", {"Expect: 100-continue", "Content-Length: 100000"}));
    const auto interim = client.read_response();
    REQUIRE(interim);
    CHECK(interim->status == 100);
    CHECK(client.silent(30));
    client.send(std::string(100'000, 'x'));
    const auto created = client.read_response();
    REQUIRE(created);
    CHECK(created->status == 201);
    CHECK(site.files.read("up").size() == 100'000);
}

TEST_CASE("uploads: a client that asked is refused before its body", "[e2e][uploads]") {
    Site site({"--allow-replace", "--max-body", "1000"});
    site.files.make_directory("directory");
    struct Refused {
        const char* target;
        std::vector<std::string> fields;
        std::vector<int> statuses;
    };
    const Refused cases[] = {
        {"/up", {"Content-Length: 1001"}, {413}},
        {"/hello.txt", {"Content-Length: 10", "If-None-Match: *"}, {412}},
        {"/hello.txt", {"Content-Length: 10", "If-Match: \"x\""}, {412}},
        {"/up", {"Content-Length: 10", "Content-Encoding: gzip"}, {415}},
        {"/up", {"Content-Length: 10", "Content-Range: bytes 0-9/20"}, {400}},
        {"/directory", {"Content-Length: 10"}, {403, 405, 409}},
        {"/.dot", {"Content-Length: 10"}, {403, 404}},
        {"/echo/x", {"Content-Length: 10"}, {405}},
    };
    for (const Refused& refused : cases) {
        auto fields = refused.fields;
        fields.emplace_back("Expect: 100-continue");
        INFO(refused.target << " " << fields[1]);
        auto client = site.connect();
        client.send(support::request("PUT", refused.target, fields));
        const auto answer = client.read_response();
        REQUIRE(answer);
        INFO(answer->head_text());
        CHECK(std::find(refused.statuses.begin(), refused.statuses.end(), answer->status) != refused.statuses.end());
    }
    CHECK(site.files.list() == std::vector<std::string>{"big.bin", "directory", "docs", "docs/index.html", "hello.txt",
                                                        "index.html", "list", "list/a.txt"});
}

TEST_CASE("uploads: the refusal reaches a client that is sending already", "[e2e][uploads]") {
    Site site({"--max-body", "1M"});
    for (const char* target : {"/up", "/echo/x", "/hello.txt"}) {
        INFO(target);
        auto client = site.connect();
        const std::string body(8'000'000, 'x');
        client.send(support::request("PUT", target, {"Content-Length: 8000000"}));
        // Whether all of it is taken is the server's choice: the answer must not be lost to a reset.
        client.send(body);
        const auto answer = client.read_response();
        REQUIRE(answer);
        CHECK((answer->status == 405 || answer->status == 413));
        CHECK(answer->whole);
    }
}

TEST_CASE("uploads: more than --max-body is 413, announced or not", "[e2e][uploads]") {
    Site site({"--allow-upload", "--max-body", "100000"});
    CHECK(site.fetch("PUT", "/exact", {}, std::string(100'000, 'x')).status == 201);
    CHECK(site.fetch("PUT", "/over", {}, std::string(100'001, 'x')).status == 413);
    const auto chunked =
        site.fetch("PUT", "/over", {"Transfer-Encoding: chunked"}, support::chunked(std::string(300'000, 'x'), 5000));
    CHECK(chunked.status == 413);
    CHECK(site.files.has("exact"));
    CHECK(!site.files.has("over"));
}

TEST_CASE("uploads: a client that leaves changes nothing and leaves nothing", "[e2e][uploads]") {
    Site site;
    const auto before = site.files.list();
    for (int i = 0; i < 20; ++i) {
        auto client = site.connect();
        client.send(support::request("PUT", "/hello.txt", {"Content-Length: 1000000"}) + std::string(100'000, 'x'));
        if (i % 2 == 0) client.reset();
    }
    CHECK(support::eventually([&] { return site.files.list() == before; }));
    CHECK(site.files.read("hello.txt") == "hello, world\n");
    CHECK(site.fetch("GET", "/hello.txt").body == "hello, world\n");
}

TEST_CASE("uploads: while one is under way nothing of it is visible", "[e2e][uploads]") {
    Site site;
    auto client = site.connect();
    client.send(support::request("PUT", "/hello.txt", {"Content-Length: 200000"}) + std::string(150'000, 'x'));
    CHECK(site.fetch("GET", "/hello.txt").body == "hello, world\n");
    const std::string listing = site.fetch("GET", "/list/").body;
    CHECK(listing.find(".godwit-") == std::string::npos);
    CHECK(listing.find(".part") == std::string::npos);
    client.send(std::string(50'000, 'x'));
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 204);
    CHECK(site.fetch("GET", "/hello.txt").body == std::string(200'000, 'x'));
}

TEST_CASE("uploads: a slow download keeps the version it began with while it is replaced", "[e2e][uploads]") {
    Site site;
    support::pause_ms(30);  // of a younger file nobody can say by its time that its bytes are the same
    RawClient reader(site.server.port(), "127.0.0.1", 16'384);
    reader.send(support::request("GET", "/big.bin"));
    REQUIRE(reader.receive(5000) == support::ReadEnd::bytes);
    CHECK(site.fetch("PUT", "/big.bin", {}, "small").status == 204);
    const auto answer = reader.read_response(false, 10'000);
    REQUIRE(answer);
    CHECK(answer->whole);
    CHECK((answer->body == support::noise(3'000'000)));
    CHECK(site.fetch("GET", "/big.bin").body == "small");
}

TEST_CASE("uploads: of two writers with the same If-Match one succeeds", "[e2e][uploads]") {
    Site site;
    const std::string tag = site.fetch("GET", "/hello.txt").value("ETag");
    auto one = site.connect();
    auto two = site.connect();
    const std::vector<std::string> fields{"If-Match: " + tag, "Content-Length: 3"};
    one.send(support::request("PUT", "/hello.txt", fields, "on"));
    two.send(support::request("PUT", "/hello.txt", fields, "tw"));
    support::pause_ms(30);
    one.send("e");
    two.send("o");
    const auto first = one.read_response();
    const auto second = two.read_response();
    REQUIRE(first);
    REQUIRE(second);
    const int sum = first->status + second->status;
    CHECK(sum == 204 + 412);
    CHECK(site.files.read("hello.txt") == (first->status == 204 ? "one" : "two"));
}

TEST_CASE("uploads: of two creators one succeeds", "[e2e][uploads]") {
    Site site;
    auto one = site.connect();
    auto two = site.connect();
    const std::vector<std::string> fields{"If-None-Match: *", "Content-Length: 3"};
    one.send(support::request("PUT", "/new.txt", fields, "on"));
    two.send(support::request("PUT", "/new.txt", fields, "tw"));
    support::pause_ms(30);
    one.send("e");
    two.send("o");
    const auto first = one.read_response();
    const auto second = two.read_response();
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->status + second->status == 201 + 412);
    CHECK(site.files.read("new.txt") == (first->status == 201 ? "one" : "two"));
}

TEST_CASE("uploads: the answer's tag is the tag of the next GET", "[e2e][uploads]") {
    Site site;
    const auto created = site.fetch("PUT", "/new.txt", {}, "new");
    REQUIRE(created.has("ETag"));
    std::string tag = created.value("ETag");
    if (tag.starts_with("W/")) tag.erase(0, 2);
    support::pause_ms(30);
    CHECK(site.fetch("GET", "/new.txt").value("ETag") == tag);
}

TEST_CASE("uploads: a name outside the root is never written, by links neither", "[e2e][uploads]") {
    Site site;
    const support::TempDir outside;
    REQUIRE(::symlink(outside.path().c_str(), site.files.at("way-out").c_str()) == 0);
    for (const char* target : {"/way-out/x", "/way-out/deep/x", "/%2e%2e/x", "/docs/%2e%2e/%2e%2e/x"}) {
        INFO(target);
        CHECK(site.fetch("PUT", target, {}, "x").status >= 400);
    }
    CHECK(outside.list().empty());
}

TEST_CASE("uploads: PUT and DELETE of a link are about the link, wherever it leads", "[e2e][uploads]") {
    for (const char* which : {"inside", "none", "all"}) {
        INFO(which);
        Site site({"--allow-all", "--symlinks", which});
        const support::TempDir outside;
        outside.write("file", "outside");
        outside.make_directory("folder");
        site.files.write("file", "inside");
        for (const std::string& leads_to : {outside.at("file"), std::string("file"), std::string("nowhere")}) {
            INFO(leads_to);
            const std::string link = site.files.at("link");
            REQUIRE(::symlink(leads_to.c_str(), link.c_str()) == 0);
            CHECK(site.fetch("PUT", "/link", {}, "mine").status == 204);
            CHECK_FALSE(std::filesystem::is_symlink(link));
            CHECK(site.files.read("link") == "mine");
            CHECK(site.fetch("DELETE", "/link").status == 204);
            REQUIRE(::symlink(leads_to.c_str(), link.c_str()) == 0);
            CHECK(site.fetch("DELETE", "/link").status == 204);
            CHECK_FALSE(std::filesystem::is_symlink(link));
        }
        REQUIRE(::symlink(outside.at("folder").c_str(), site.files.at("link").c_str()) == 0);
        CHECK(site.fetch("DELETE", "/link").status == 204);
        CHECK(site.files.read("file") == "inside");
        CHECK(outside.list() == std::vector<std::string>{"file", "folder"});
        CHECK(outside.read("file") == "outside");
    }
}

TEST_CASE("uploads: many at once end up whole", "[e2e][uploads]") {
    Site site;
    std::vector<RawClient> clients;
    for (unsigned i = 0; i < 40; ++i) {
        clients.emplace_back(site.server.port());
        clients.back().send(support::request("PUT", "/many/" + std::to_string(i), {}, support::noise(50'000, i)));
    }
    for (unsigned i = 0; i < 40; ++i) {
        const auto answer = clients[i].read_response(false, 20'000);
        REQUIRE(answer);
        CHECK(answer->status == 201);
        CHECK((site.files.read("many/" + std::to_string(i)) == support::noise(50'000, i)));
    }
}

TEST_CASE("uploads: of many writers with the same If-Match exactly one succeeds", "[e2e][uploads]") {
    constexpr unsigned kWriters = 40;
    Site site;
    const std::string tag = site.fetch("GET", "/hello.txt").value("ETag");
    std::vector<RawClient> clients;
    for (unsigned i = 0; i < kWriters; ++i) {
        clients.emplace_back(site.server.port());
        const std::vector<std::string> fields{"If-Match: " + tag, "Content-Length: 3"};
        clients.back().send(support::request("PUT", "/hello.txt", fields, std::to_string(100 + i).substr(0, 2)));
    }
    for (unsigned i = 0; i < kWriters; ++i) clients[i].send(std::to_string(100 + i).substr(2));
    unsigned stored = 0;
    unsigned refused = 0;
    std::string winner;
    for (unsigned i = 0; i < kWriters; ++i) {
        const auto answer = clients[i].read_response(false, 20'000);
        REQUIRE(answer);
        stored += answer->status == 204 ? 1U : 0U;
        refused += answer->status == 412 ? 1U : 0U;
        if (answer->status == 204) winner = std::to_string(100 + i);
    }
    CHECK(stored == 1);
    CHECK(refused == kWriters - 1);
    CHECK(site.files.read("hello.txt") == winner);
}

TEST_CASE("uploads: a hundred at once to one path leave one complete version", "[e2e][uploads]") {
    constexpr unsigned kWriters = 100;
    Site site;
    const auto before = site.files.list();
    std::vector<RawClient> clients;
    for (unsigned i = 0; i < kWriters; ++i) {
        clients.emplace_back(site.server.port());
        const std::string content = support::noise(30'000 + i, i);
        const std::vector<std::string> fields{"Content-Length: " + std::to_string(content.size())};
        clients.back().send(support::request("PUT", "/hello.txt", fields) + content.substr(0, 20'000));
    }
    for (unsigned i = 0; i < kWriters; ++i) clients[i].send(support::noise(30'000 + i, i).substr(20'000));
    std::vector<std::string> tags;
    for (unsigned i = 0; i < kWriters; ++i) {
        const auto answer = clients[i].read_response(false, 20'000);
        REQUIRE(answer);
        CHECK(answer->status == 204);
        tags.push_back(answer->value("ETag"));
    }
    const std::string left = site.files.read("hello.txt");
    REQUIRE(left.size() >= 30'000);
    const auto version = static_cast<unsigned>(left.size() - 30'000);
    REQUIRE(version < kWriters);
    CHECK((left == support::noise(left.size(), version)));
    CHECK((site.fetch("GET", "/hello.txt").body == left));
    CHECK(site.files.list() == before);
    // Each version had a tag of its own.
    std::sort(tags.begin(), tags.end());
    CHECK(std::unique(tags.begin(), tags.end()) == tags.end());
}

TEST_CASE("uploads: a body that cannot be read on is refused with what refusals before it have", "[e2e][upload]") {
    const Site site({"--allow-all", "--cors", "https://page.example"});
    auto client = site.connect();
    client.send(
        "PUT /cut.bin HTTP/1.1\r\nHost: localhost\r\nOrigin: https://page.example\r\nUpload-Complete: ?1\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nno size\r\n");
    const auto answer = client.read_response();
    REQUIRE(answer);
    CHECK(answer->status == 400);
    CHECK(answer->value("Upload-Complete") == "?0");
    CHECK(answer->has("Upload-Limit"));
    CHECK(answer->value("Access-Control-Allow-Origin") == "https://page.example");
}
