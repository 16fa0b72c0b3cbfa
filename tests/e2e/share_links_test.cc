// Share links of the real program: made by a user, used by strangers, ended by time, uses, revocation and lost rights.
#include <csignal>
#include <string>
#include <vector>

#include "e2e/site.h"

namespace {

/// Users with tokens: alice may share, bob may only read.
struct Users {
    Users() : alice(token_of("alice")), bob(token_of("bob")) {}
    std::string token_of(const std::string& name) const {
        const auto made = support::run_command({support::godwit_program(), "token", path, name});
        REQUIRE(made.status == 0);
        return "Authorization: Bearer " + made.output.substr(0, made.output.find('\n'));
    }
    support::TempDir folder;
    std::string path = folder.at("users");
    std::string alice;
    std::string bob;
};

std::vector<std::string> options(const Users& users) {
    return {"--users",      users.path,
            "--grant",      "/ alice read list",
            "--grant",      "/docs alice read list share",
            "--grant",      "/docs bob read list",
            "--grant",      "/docs/secret alice read list",
            "--access-log", users.folder.at("access.log"),
            "--no-builtin"};
}

struct Bench {
    Bench() {
        site.files.write("docs/a.txt", "0123456789");
        site.files.write("docs/sub/b.txt", "b");
        site.files.write("docs/secret/c.txt", "c");
    }
    /// The target of a new link to `path`.
    [[nodiscard]] std::string share(const std::string& path, const std::string& form = {}) const {
        const auto made =
            site.fetch("POST", path + "?share", {users.alice, "Content-Type: application/x-www-form-urlencoded"}, form);
        REQUIRE(made.status == 201);
        return made.value("Location");
    }
    [[nodiscard]] int status(const std::string& target, const std::vector<std::string>& fields = {},
                             std::string_view method = "GET") const {
        return site.fetch(method, target, fields).status;
    }

    Users users;
    e2e::Site site{options(users)};
};

std::string id_of(const std::string& target) { return target.substr(target.find("share=") + 6, 16); }

}  // namespace

TEST_CASE("share links e2e: a link to a file gives that file to a stranger, and nothing else", "[e2e][share]") {
    const Bench bench;
    const std::string link = bench.share("/docs/a.txt");
    CHECK(bench.status("/docs/a.txt") == 401);
    const auto answer = bench.site.fetch("GET", link);
    CHECK(answer.status == 200);
    CHECK(answer.body == "0123456789");
    CHECK(answer.value("Cache-Control").starts_with("private"));
    CHECK(answer.value("Referrer-Policy") == "no-referrer");
    CHECK(bench.status(link, {}, "HEAD") == 200);
    CHECK(bench.status(link, {"Range: bytes=5-"}) == 206);
    CHECK(bench.status(link, {}, "OPTIONS") == 204);
    const std::string query = link.substr(link.find('?'));
    for (const char* const other : {"/docs/", "/docs/sub/b.txt", "/hello.txt", "/", "/docs/secret/c.txt"}) {
        INFO(other);
        CHECK(bench.status(other + query) == 401);
    }
    CHECK(bench.site.fetch("PUT", link, {}, "new").status == 401);
    CHECK(bench.status(link, {}, "DELETE") == 401);
    CHECK(bench.site.fetch("POST", "/docs/a.txt?share&" + query.substr(1), {}).status == 401);
    CHECK(bench.site.files.read("docs/a.txt") == "0123456789");
}

TEST_CASE("share links e2e: a link to a folder gives what its maker may share below, by query and cookie",
          "[e2e][share]") {
    const Bench bench;
    const std::string link = bench.share("/docs/sub/../");
    const std::string query = link.substr(link.find('?'));
    const auto page = bench.site.fetch("GET", link);
    CHECK(page.status == 200);
    CHECK(page.body == "<p>docs</p>\n");
    const std::string cookie = page.value("Set-Cookie");
    REQUIRE(cookie.find("-share=") != std::string::npos);
    CHECK(cookie.find("Path") == std::string::npos);
    const std::string field = "Cookie: " + cookie.substr(0, cookie.find(';'));
    CHECK(bench.status("/docs/sub/b.txt", {field}) == 200);
    CHECK(bench.status("/docs/sub/b.txt" + query) == 200);
    CHECK(bench.site.fetch("GET", "/docs/sub/", {field, "Accept: text/plain"}).body == "b.txt\n");
    // The maker reads there, and has no right to share.
    CHECK(bench.status("/docs/secret/c.txt", {field}) == 401);
    CHECK(bench.status("/hello.txt", {field}) == 401);
}

TEST_CASE("share links e2e: a limit counts whole answers, and a cut download goes on", "[e2e][share]") {
    const Bench bench;
    const std::string link = bench.share("/docs/a.txt", "uses=1");
    CHECK(bench.status(link, {}, "HEAD") == 200);
    CHECK(bench.status(link) == 200);
    CHECK(bench.status(link) == 410);
    CHECK(bench.status(link, {}, "HEAD") == 410);
    const auto rest = bench.site.fetch("GET", link, {"Range: bytes=7-"});
    CHECK(rest.status == 206);
    CHECK(rest.body == "789");
    CHECK(bench.status(link, {"Range: bytes=0-"}) == 410);
    CHECK(bench.status(link, {"Range: bytes=7-", "If-Range: \"other\""}) == 410);
}

TEST_CASE("share links e2e: links survive a restart, and their uses stay used", "[e2e][share]") {
    const Users users;
    support::TempDir files;
    files.write("docs/a.txt", "0123456789");
    support::ServerSettings settings{.options = options(users)};
    settings.directory = files.path();
    std::string link;
    {
        const support::ServerProcess server(settings);
        const auto made = support::fetch(server.port(), "POST", "/docs/a.txt?share",
                                         {users.alice, "Content-Type: application/x-www-form-urlencoded"}, "uses=2");
        REQUIRE(made.status == 201);
        link = made.value("Location");
        CHECK(support::fetch(server.port(), "GET", link).status == 200);
    }
    const support::ServerProcess server(settings);
    CHECK(support::fetch(server.port(), "GET", link).status == 200);
    CHECK(support::fetch(server.port(), "GET", link).status == 410);
}

TEST_CASE("share links e2e: forged, shortened, extended and revoked ones are told alike", "[e2e][share]") {
    const Bench bench;
    const std::string link = bench.share("/docs/a.txt");
    const std::string other = bench.share("/docs/sub/b.txt");
    std::string forged = link;
    forged.back() = forged.back() == '0' ? '1' : '0';
    const auto unknown = bench.site.fetch("GET", forged);
    CHECK(unknown.status == 404);
    CHECK(bench.status("/docs/a.txt" + other.substr(other.find('?'))) == 401);
    CHECK(bench.site.fetch("GET", link.substr(0, link.size() - 1)).body == unknown.body);
    CHECK(bench.site.fetch("GET", link + "0").body == unknown.body);
    CHECK(bench.site.fetch("DELETE", "/.godwit/shares/" + id_of(link), {bench.users.bob}).status == 404);
    CHECK(bench.status(link) == 200);
    CHECK(bench.site.fetch("DELETE", "/.godwit/shares/" + id_of(link), {bench.users.alice}).status == 204);
    const auto revoked = bench.site.fetch("GET", link);
    CHECK(revoked.status == 404);
    CHECK(revoked.body == unknown.body);
    CHECK(bench.site.fetch("GET", "/.godwit/shares", {bench.users.alice}).body.find(id_of(other)) != std::string::npos);
    CHECK(bench.site.fetch("GET", "/.godwit/shares", {bench.users.bob}).body == "{\"shares\":[\n]}\n");
    CHECK(bench.status("/.godwit/shares") == 401);
}

TEST_CASE("share links e2e: only who has the right makes them", "[e2e][share]") {
    const Bench bench;
    CHECK(bench.site.fetch("POST", "/docs/a.txt?share", {bench.users.bob}).status == 403);
    CHECK(bench.site.fetch("POST", "/docs/a.txt?share").status == 401);
    CHECK(bench.site.fetch("POST", "/hello.txt?share", {bench.users.alice}).status == 403);
    CHECK(bench.site.fetch("POST", "/docs/secret/c.txt?share", {bench.users.alice}).status == 403);
    CHECK(bench.site.fetch("POST", "/docs/a.txt?share", {bench.users.alice, "Origin: http://evil"}).status == 403);
    CHECK_FALSE(bench.site.files.has(".godwit"));
}

TEST_CASE("share links e2e: a maker who is gone from the users file ends his links", "[e2e][share]") {
    const Bench bench;
    const std::string link = bench.share("/docs/a.txt");
    CHECK(bench.status(link) == 200);
    const std::string users = support::read_file(bench.users.path);
    const std::size_t bob = users.find("bob:");
    REQUIRE(bob != std::string::npos);
    bench.users.folder.write("users", users.substr(bob));
    CHECK(support::eventually([&] { return bench.status(link) == 410; }));
    bench.users.folder.write("users", users);
    CHECK(support::eventually([&] { return bench.status(link) == 200; }));
}

TEST_CASE("share links e2e: no log has a token, and the access log has the link's id", "[e2e][share]") {
    const Bench bench;
    const std::string link = bench.share("/docs/a.txt");
    CHECK(bench.site.fetch("GET", link, {"Referer: http://127.0.0.1" + link}).status == 200);
    const std::string log = bench.users.folder.at("access.log");
    REQUIRE(
        support::eventually([&] { return support::read_file(log).find("share:" + id_of(link)) != std::string::npos; }));
    CHECK(support::read_file(log).find(link.substr(link.find('=') + 1)) == std::string::npos);
}
