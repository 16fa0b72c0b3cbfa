// Users of the real program: the two commands that write the file, and what a client gets with and without credentials.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/site.h"
#include "support/child_processes.h"

namespace {

/// A users file with the token of "robot".
struct Users {
    Users() {
        const auto made = support::run_command({support::godwit_program(), "token", path, "robot"});
        REQUIRE(made.status == 0);
        token = "Authorization: Bearer " + made.output.substr(0, made.output.find('\n'));
    }
    support::TempDir folder;
    std::string path = folder.at("users");
    std::string token;
};

/// Anybody reads, but /docs is robot's.
std::vector<std::string> options(const Users& users) {
    return {"--users", users.path, "--grant", "/docs robot read list"};
}

/// Waits until `log` has `part`; it is written once per turn of the loop.
bool has_line(const std::string& log, std::string_view part) {
    return support::eventually([&] { return support::read_file(log).find(part) != std::string::npos; });
}

/// The eldest child of `parent`, which may be about to make it.
pid_t child_of(pid_t parent) {
    std::vector<pid_t> children;
    REQUIRE(support::eventually([&] { return !(children = support::children_of(parent)).empty(); }));
    return children.front();
}

/// The child of `server` of this name; the server has children for other work, too. A child has its name once it has
/// let go of what it inherited.
pid_t named_child(pid_t server, std::string_view name) {
    pid_t found = 0;
    REQUIRE(support::eventually([&] {
        for (const pid_t child : support::children_of(server)) {
            if (support::read_file("/proc/" + std::to_string(child) + "/comm") == std::string(name) + "\n")
                found = child;
        }
        return found != 0;
    }));
    return found;
}
/// It starts the processes that check when both are gone.
pid_t nursery_of(pid_t server) { return named_child(server, "godwit-nursery"); }
/// The first of the two processes that check, the parent of the second. The nursery begins with the same name, so it
/// must have its own before the keeper can be told from it.
pid_t keeper_of(pid_t server) {
    nursery_of(server);
    return named_child(server, "godwit-verifier");
}

}  // namespace

TEST_CASE("sign-in e2e: a private folder is for its user, what all may read stays public", "[e2e][access]") {
    const Users users;
    const e2e::Site site(options(users));
    const auto refused = site.fetch("GET", "/docs/");
    CHECK(refused.status == 401);
    CHECK(refused.count("WWW-Authenticate") == 2);
    const auto read = site.fetch("GET", "/docs/", {users.token});
    CHECK(read.status == 200);
    CHECK(read.body == "<p>docs</p>\n");
    CHECK(read.value("Cache-Control").starts_with("private"));
    CHECK_FALSE(site.fetch("GET", "/hello.txt").value("Cache-Control").starts_with("private"));
    CHECK(site.fetch("GET", "/hello.txt", {"Authorization: Bearer godwit_wrong"}).status == 401);
    CHECK(site.fetch("PUT", "/docs/x", {users.token}, "x").status == 403);
}

TEST_CASE("sign-in e2e: who guesses is slowed down, and the log says from where", "[e2e][access]") {
    const Users users;
    const e2e::Site site(options(users));
    for (int i = 0; i < 5; ++i) CHECK(site.fetch("GET", "/", {"Authorization: Bearer wrong"}).status == 401);
    const auto slowed = site.fetch("GET", "/", {"Authorization: Bearer wrong"});
    CHECK(slowed.status == 429);
    CHECK(slowed.has("Retry-After"));
    CHECK(support::eventually(
        [&] { return site.server.error_text().find("refused: 127.0.0.1: sign-in failed") != std::string::npos; }));
}

TEST_CASE("sign-in e2e: the access log names who signed in, also for uploads and refusals", "[e2e][access]") {
    const Users users;
    const std::string log = users.folder.at("access");
    std::vector<std::string> words = options(users);
    words.insert(words.end(), {"--grant", "/list robot write", "--access-log", log, "--log-format", "json"});
    const e2e::Site site(words);
    CHECK(site.fetch("PUT", "/list/new", {users.token}, "x").status == 201);
    CHECK(site.fetch("PUT", "/docs/new", {users.token}, "x").status == 403);
    CHECK(site.fetch("GET", "/list/a.txt", {"Authorization: Bearer wrong"}).status == 401);
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    if (support::run_command({"curl", "--version"}).output.find("HTTP2") != std::string::npos) {
        const std::string url = "http://127.0.0.1:" + std::to_string(site.server.port()) + "/list/by-curl";
        CHECK(support::run_command({"curl", "-sS", "--noproxy", "*", "--http2-prior-knowledge", "-H", users.token, "-d",
                                    "text", "-X", "PUT", url})
                  .status == 0);
        CHECK(has_line(log, R"("user":"robot","method":"PUT","target":"/list/by-curl","version":"2.0","status":201)"));
    }
    CHECK(has_line(log, R"("user":"robot","method":"PUT","target":"/list/new","version":"1.1","status":201)"));
    CHECK(has_line(log, R"("user":"robot","method":"PUT","target":"/docs/new","version":"1.1","status":403)"));
    CHECK(has_line(log, R"("user":"-","method":"GET","target":"/list/a.txt","version":"1.1","status":401)"));
    CHECK(has_line(log, R"("user":"-","method":"GET","target":"/hello.txt","version":"1.1","status":200)"));
}

TEST_CASE("sign-in e2e: below a prompt everybody is asked to sign in", "[e2e][access]") {
    const Users users;
    std::vector<std::string> words = options(users);
    words.insert(words.end(), {"--auth-prompt", "/list/", "--cors", "https://app.example"});
    const e2e::Site site(words);
    for (const char* target : {"/list/", "/list/a.txt", "/files/list/a.txt", "/%6cist/a.txt"}) {
        const auto refused = site.fetch("GET", target);
        CHECK(refused.status == 401);
        CHECK(refused.count("WWW-Authenticate") == 2);
        CHECK(site.fetch("GET", target, {users.token}).status == 200);
    }
    CHECK(site.fetch("OPTIONS", "/list/").status == 401);
    CHECK(site.fetch("PROPFIND", "/list/").status == 401);
    CHECK(
        site.fetch("OPTIONS", "/list/", {"Origin: https://app.example", "Access-Control-Request-Method: GET"}).status ==
        204);
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
}

TEST_CASE("sign-in e2e: a token that leaves the file ends without a restart", "[e2e][access]") {
    const Users users;
    const e2e::Site site(options(users));
    CHECK(site.fetch("GET", "/docs/", {users.token}).status == 200);
    users.folder.write("users", "# nobody\n");
    CHECK(support::eventually([&] { return site.server.error_text().find("read again") != std::string::npos; }));
    CHECK(site.fetch("GET", "/docs/", {users.token}).status == 401);
}

TEST_CASE("sign-in e2e: one of the two processes that check passwords may die, whichever it is", "[e2e][access]") {
    const Users users;
    std::vector<std::string> words = options(users);
    words.insert(words.end(), {"--auth-cache", "0"});
    const e2e::Site site(words);
    const auto signs_in = [&] { return site.fetch("GET", "/docs/", {users.token}).status == 200; };
    // The error log has so many lines with `part`.
    const auto has = [&](std::string_view part, int lines) {
        const std::string text = site.server.error_text();
        std::size_t at = 0;
        for (; lines > 0 && (at = text.find(part, at)) != std::string::npos; ++at) --lines;
        return lines == 0;
    };
    pid_t keeper = keeper_of(site.server.pid());
    for (int i = 1; i <= 2; ++i) {
        const pid_t checker = child_of(keeper);
        REQUIRE(::kill(keeper, SIGKILL) == 0);
        CHECK(support::eventually([&] { return has("died, and is replaced", i); }));
        CHECK(support::eventually(signs_in));
        keeper = checker;
        REQUIRE(::kill(child_of(keeper), SIGKILL) == 0);
        CHECK(support::eventually([&] { return has("died and is started again", i); }));
        CHECK(support::eventually(signs_in));
    }
}

TEST_CASE("sign-in e2e: nobody gets in while both processes that check are gone, until others take over",
          "[e2e][access]") {
    const Users users;
    const e2e::Site site(options(users));
    const pid_t nursery = nursery_of(site.server.pid());
    const pid_t keeper = keeper_of(site.server.pid());
    const pid_t checker = child_of(keeper);
    // A stopped keeper starts nobody again, and a stopped nursery lets nobody take over.
    REQUIRE(::kill(nursery, SIGSTOP) == 0);
    REQUIRE(::kill(keeper, SIGSTOP) == 0);
    REQUIRE(::kill(checker, SIGKILL) == 0);
    REQUIRE(::kill(keeper, SIGKILL) == 0);
    REQUIRE(support::eventually([&] { return ::kill(checker, 0) != 0; }));
    CHECK(site.fetch("GET", "/docs/", {users.token}).status == 503);
    CHECK(site.fetch("GET", "/hello.txt").status == 200);
    REQUIRE(::kill(nursery, SIGCONT) == 0);
    CHECK(support::eventually([&] { return site.fetch("GET", "/docs/", {users.token}).status == 200; }));
    CHECK(site.server.error_text().find("others are started") != std::string::npos);
}

TEST_CASE("sign-in e2e: writing by anybody is refused where other machines can connect", "[e2e][access]") {
    const support::TempDir folder;
    const auto with = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {support::godwit_program(), "--test", "--bind", "0.0.0.0"});
        words.push_back(folder.path());
        return support::run_command(words);
    };
    CHECK(with({}).status == 0);
    const auto open = with({"--allow-upload"});
    CHECK(open.status == 1);
    CHECK(open.errors.find("--insecure-writes") != std::string::npos);
    CHECK(with({"--allow-upload", "--insecure-writes"}).status == 0);
}

TEST_CASE("sign-in e2e: a file that others can read, and a plain address for all, are refused at the start",
          "[e2e][access]") {
    const Users users;
    const std::string godwit = support::godwit_program();
    const std::vector<std::string> words{godwit, "--test", "--users", users.path, "--grant", "/ + write"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), words.begin(), words.end());
        more.push_back(users.folder.path());
        return support::run_command(more);
    };
    CHECK(with({}).status == 0);
    CHECK(with({"--bind", "0.0.0.0"}).errors.find("--insecure-auth") != std::string::npos);
    CHECK(with({"--bind", "0.0.0.0", "--insecure-auth"}).status == 0);
    REQUIRE(::chmod(users.path.c_str(), 0644) == 0);
    const auto open = with({});
    CHECK(open.status == 1);
    CHECK(open.errors.find("chmod 600 ") != std::string::npos);
}
