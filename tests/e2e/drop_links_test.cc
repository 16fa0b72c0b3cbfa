// Share links for dropping, of the real program: strangers add files to a folder by them and learn nothing else, and
// what ends a link ends its uploads.
#include <string>
#include <vector>

#include "e2e/site.h"

namespace {

std::string token_of(const std::string& users, const std::string& name) {
    const auto made = support::run_command({support::godwit_program(), "token", users, name});
    REQUIRE(made.status == 0);
    return "Authorization: Bearer " + made.output.substr(0, made.output.find('\n'));
}

const std::string kForm = "Content-Type: multipart/form-data; boundary=b";
std::string form_with(const std::string& name) {
    return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\nform\r\n--b--\r\n";
}

/// alice may do everything in /in, and bob may not share.
struct Bench {
    Bench() {
        site.files.write("in/taken.txt", "first");
        site.files.write("in/sub/x", "x");
        link = share();
        query = link.substr(link.find('?'));
    }
    [[nodiscard]] std::string share(const std::string& form = "for=dropping") const {
        const auto made =
            site.fetch("POST", "/in/?share", {alice, "Content-Type: application/x-www-form-urlencoded"}, form);
        REQUIRE(made.status == 201);
        return made.value("Location");
    }
    [[nodiscard]] std::vector<std::string> options() const {
        return {"--users",     users,
                "--grant",     "/ alice read list",
                "--grant",     "/in alice read list write share",
                "--grant",     "/in bob read list write",
                "--audit-log", folder.at("audit"),
                "--no-builtin"};
    }

    support::TempDir folder;
    std::string users = folder.at("users");
    std::string alice = token_of(users, "alice");
    std::string bob = token_of(users, "bob");
    e2e::Site site{options()};
    std::string link;
    std::string query;
};

std::string told(const support::ClientResponse& answer) {
    return std::to_string(answer.status) + " " + answer.value("Location") + answer.value("ETag") + answer.body;
}

std::string cookie_of(const support::ClientResponse& page) {
    const std::string cookie = page.value("Set-Cookie");
    return "Cookie: " + cookie.substr(0, cookie.find(';'));
}

}  // namespace

TEST_CASE("drop links e2e: a stranger adds files, and learns nothing of what is there", "[e2e][share]") {
    const Bench bench;
    const e2e::Site& site = bench.site;
    CHECK(site.fetch("PUT", "/in/a.txt", {}, "mine").status == 401);
    const std::string stored = told(site.fetch("PUT", "/in/a.txt" + bench.query, {}, "mine"));
    CHECK(stored.starts_with("201 "));
    CHECK(told(site.fetch("PUT", "/in/taken.txt" + bench.query, {}, "mine")) == stored);
    CHECK(site.files.read("in/taken.txt") == "first");
    CHECK(site.files.read("in/taken (1).txt") == "mine");
    CHECK(site.fetch("POST", bench.link, {kForm}, form_with("taken.txt")).body.find("(2)") == std::string::npos);
    CHECK(site.files.read("in/taken (2).txt") == "form");
    for (const char* const path : {"/in/taken.txt", "/in/absent.txt", "/in/sub/", "/in/no/"}) {
        INFO(path);
        CHECK(site.fetch("GET", path + bench.query).status == 401);
        CHECK(site.fetch("DELETE", path + bench.query).status == 401);
        CHECK(site.fetch("MKCOL", path + bench.query).status == 401);
        CHECK(site.fetch("GET", path + bench.query).body == site.fetch("GET", "/in/other" + bench.query).body);
    }
    CHECK(site.fetch("PUT", "/in/sub/y" + bench.query, {}, "y").status == 401);
    CHECK(site.fetch("PUT", "/y" + bench.query, {}, "y").status == 401);
    CHECK(site.fetch("PUT", "/in/b.txt" + bench.query, {"If-None-Match: *"}, "b").status == 401);
    CHECK(site.fetch("COPY", "/in/taken.txt" + bench.query, {"Destination: /in/c.txt"}).status == 401);
    CHECK(site.fetch("GET", bench.link).status == 403);
    CHECK(site.fetch("GET", bench.link + "&search=taken").status == 403);
    CHECK(site.fetch("GET", bench.link + "&archive=zip", {"Accept: text/html"}).body.find("taken") ==
          std::string::npos);
}

TEST_CASE("drop links e2e: a browser gets the form, and its cookie lets pages of this server alone upload",
          "[e2e][share]") {
    const Bench bench;
    const e2e::Site& site = bench.site;
    const auto page = site.fetch("GET", bench.link, {"Accept: text/html"});
    CHECK(page.status == 200);
    CHECK(page.body.find("id=\"upload\"") != std::string::npos);
    CHECK(page.body.find("taken.txt") == std::string::npos);
    CHECK(page.body.find("id=\"mkcol\"") == std::string::npos);
    CHECK(page.value("Referrer-Policy") == "same-origin");
    const std::string cookie = cookie_of(page);
    CHECK(site.fetch("GET", "/in/", {cookie, "Accept: text/html"}).body.find("id=\"upload\"") != std::string::npos);
    CHECK(site.fetch("POST", "/in/", {cookie, kForm, "Sec-Fetch-Site: same-origin"}, form_with("f.txt")).status == 201);
    for (const char* const foreign : {"Origin: http://evil", "Origin: null", "Sec-Fetch-Site: cross-site"}) {
        INFO(foreign);
        CHECK(site.fetch("POST", "/in/", {cookie, kForm, foreign}, form_with("evil.txt")).status == 403);
        CHECK(site.fetch("POST", bench.link, {kForm, foreign}, form_with("evil.txt")).status == 403);
    }
    CHECK_FALSE(site.files.has("in/evil.txt"));
}

TEST_CASE("drop links e2e: an upload goes on without its link, until that is revoked", "[e2e][share]") {
    const Bench bench;
    const e2e::Site& site = bench.site;
    const std::vector<std::string> part = {"Upload-Complete: ?0", "Upload-Draft-Interop-Version: 8"};
    const auto begin = [&](const std::string& name) {
        const auto begun = site.fetch("PUT", "/in/" + name + bench.query, part, "abc");
        REQUIRE(begun.status == 201);
        const std::string address = begun.value("Location");
        return address.substr(address.find("/.godwit"));
    };
    const auto append = [&](const std::string& path) {
        return site.fetch("PATCH", path,
                          {"Upload-Complete: ?1", "Upload-Offset: 3", "Content-Type: application/partial-upload",
                           "Upload-Draft-Interop-Version: 8"},
                          "def");
    };
    const std::string first = begin("taken.txt");
    const std::string second = begin("second.txt");
    CHECK(site.fetch("HEAD", first).value("Upload-Offset") == "3");
    const auto done = append(first);
    CHECK(done.status / 100 == 2);
    CHECK(done.value("Location").find("(1)") == std::string::npos);
    CHECK(site.files.read("in/taken (1).txt") == "abcdef");
    const std::string id = bench.query.substr(7, 16);
    CHECK(site.fetch("DELETE", "/.godwit/shares/" + id, {bench.alice}).status == 204);
    CHECK(append(second).status == 410);
    CHECK(site.fetch("HEAD", second).status == 410);
    CHECK(site.fetch("PUT", "/in/z.txt" + bench.query, {}, "z").status == 404);
    CHECK_FALSE(site.files.has("in/second.txt"));
}

TEST_CASE("drop links e2e: uses are limited, listed, and in the audit log with the link's id", "[e2e][share]") {
    const Bench bench;
    const e2e::Site& site = bench.site;
    const std::string link = bench.share("for=dropping&uses=1");
    const std::string query = link.substr(link.find('?'));
    const std::string id = query.substr(7, 16);
    CHECK(site.fetch("PUT", "/in/one.txt" + query, {}, "1").status == 201);
    CHECK(site.fetch("PUT", "/in/two.txt" + query, {}, "2").status == 410);
    CHECK_FALSE(site.files.has("in/two.txt"));
    const std::string list = site.fetch("GET", "/.godwit/shares", {bench.alice}).body;
    CHECK(list.find("\"for\":\"dropping\",\"limit\":1,\"uses\":1}") != std::string::npos);
    const std::string log = bench.folder.at("audit");
    CHECK(support::eventually([&] {
        const std::string text = support::read_file(log);
        return text.find("\"user\":\"-\",\"link\":\"" + id + "\"") != std::string::npos &&
               text.find("\"path\":\"/in/one.txt\"") != std::string::npos;
    }));
    CHECK(support::read_file(log).find(query.substr(7)) == std::string::npos);
}

TEST_CASE("drop links e2e: only who may share and create makes one, and its maker's rights bound it", "[e2e][share]") {
    const Bench bench;
    const e2e::Site& site = bench.site;
    const std::vector<std::string> form = {bench.bob, "Content-Type: application/x-www-form-urlencoded"};
    CHECK(site.fetch("POST", "/in/?share", form, "for=dropping").status == 403);
    CHECK(site.fetch("POST", "/in/taken.txt?share", {bench.alice, form[1]}, "for=dropping").status == 422);
    const std::string users = support::read_file(bench.users);
    bench.folder.write("users", users.substr(users.find("bob:")));
    CHECK(support::eventually([&] { return site.fetch("PUT", "/in/q.txt" + bench.query, {}, "q").status == 410; }));
}
