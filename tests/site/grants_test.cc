// What a client may do below each path, where several lines meet. Each right by itself: rights_matrix_test.cc.
#include "access_control/grants.h"

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"
#include "support/write_answers.h"

namespace {

using handler::Right;
using support::AnsweringSite;

/// As app/option_reader puts them together.
site::SiteConfig with_grants(const std::vector<std::string_view>& lines) {
    std::vector<access_control::Grant> grants;
    for (const std::string_view line : lines) {
        auto grant = access_control::parse_grant(line);
        REQUIRE(grant.has_value());
        grants.push_back(std::move(*grant));
    }
    auto all = std::make_shared<const access_control::Grants>(std::move(grants));
    site::SiteConfig config;
    config.symlinks = storage::Symlinks::none;
    config.allow_upload = all->allows_somewhere(Right::create);
    config.allow_replace = all->allows_somewhere(Right::replace);
    config.allow_delete = all->allows_somewhere(Right::remove);
    config.records_path.clear();
    config.grants = std::move(all);
    return config;
}

std::shared_ptr<const http::User> user(std::string_view name, std::vector<std::string> groups = {}) {
    return std::make_shared<const http::User>(http::User{std::string(name), std::move(groups)});
}

/// What is not hidden.
std::vector<std::string> names_in(AnsweringSite& site, std::string_view directory) {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(site.directory.path() + "/" + std::string(directory))) {
        if (const std::string name = entry.path().filename(); !name.starts_with('.')) names.push_back(name);
    }
    return names;
}

}  // namespace

TEST_CASE("grants: what may not be read is neither listed nor counted", "[site][access]") {
    AnsweringSite site(with_grants({"/ * read list", "/private + read", "/inbox * create", "/secret.txt alice read"}));
    for (const char* name : {"open.txt", "secret.txt", "private/a", "inbox/b"}) site.directory.write(name, "x");
    const auto names = [&site] { return site.ask("GET", "/", "Accept: text/plain\r\n").body(); };
    CHECK(names() == "open.txt\n");
    const std::string tag = site.ask("GET", "/", "Accept: text/plain\r\n").field("ETag");
    site.directory.write("private/c", "x");
    CHECK(site.ask("GET", "/", "Accept: text/plain\r\n").field("ETag") == tag);
    site.user = user("bob");
    CHECK(names() == "private/\nopen.txt\n");
    site.user = user("alice");
    CHECK(names() == "private/\nopen.txt\nsecret.txt\n");
}

TEST_CASE("grants: a group has the rights of its lines", "[site][access]") {
    AnsweringSite site(with_grants({"/ * none", "/team @staff read write"}));
    site.user = user("carol", {"guests", "staff"});
    CHECK(site.put("/team/a", "x").status() == 201);
    CHECK(site.ask("GET", "/team/a").status() == 200);
    site.user = user("dave", {"guests"});
    CHECK(site.ask("GET", "/team/a").status() == 403);
}

TEST_CASE("grants: a drop box tells nothing of what is in it", "[site][access]") {
    AnsweringSite site(with_grants({"/ * read list", "/inbox * create"}));
    site.directory.write("inbox/taken.txt", "first");
    site.directory.write("inbox/folder/x", "x");
    const auto told = [](const support::Answer& answer) {
        return std::to_string(answer.status()) + " " + answer.field("Location") + answer.field("ETag") + answer.body();
    };
    const std::string stored = told(site.put("/inbox/free.txt", "mine"));
    CHECK(stored == "201 ");
    CHECK(told(site.put("/inbox/taken.txt", "mine")) == stored);
    CHECK(told(site.put("/inbox/folder", "mine")) == stored);
    CHECK(site.directory.read("inbox/taken.txt") == "first");
    CHECK(site.directory.read("inbox/taken (1).txt") == "mine");
    for (const char* condition : {"If-None-Match: *\r\n", "If-Match: *\r\n", "If-Match: \"x\"\r\n"}) {
        CHECK(told(site.put("/inbox/taken.txt", "mine", condition)) == told(site.put("/inbox/no.txt", "m", condition)));
        CHECK(site.put("/inbox/taken.txt", "mine", condition).status() == 403);
    }
    const auto before = site.directory.list();
    for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS", "MKCOL"}) {
        INFO(method);
        const auto there = site.ask(method, "/inbox/folder/");
        const auto absent = site.ask(method, "/inbox/absent/");
        CHECK(there.status() == absent.status());
        CHECK(there.field("Allow") == absent.field("Allow"));
    }
    // Folders that are there and those that are not are refused alike.
    for (const char* path : {"/inbox/folder/new.txt", "/inbox/absent/new.txt"}) {
        CHECK(site.put(path, "x").status() == 403);
        CHECK(site.directory.list() == before);
    }
    const std::string form =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"taken.txt\"\r\n\r\nnew\r\n--b--\r\n";
    const auto answer = site.upload("POST", "/inbox/", form, "Content-Type: multipart/form-data; boundary=b\r\n");
    CHECK(answer.body() == "{\"files\":[{\"name\":\"taken.txt\",\"size\":3,\"status\":201}]}\n");
    CHECK(answer.field("Location").empty());
}

TEST_CASE("grants: a person sees the page of a drop box, without its entries", "[site][access]") {
    AnsweringSite site(with_grants({"/ * read list", "/inbox * create"}));
    site.directory.write("inbox/taken.txt", "first");
    const auto page = site.ask("GET", "/inbox/", "Accept: text/html\r\n");
    REQUIRE(page.status() == 200);
    CHECK(page.body().find("id=\"upload\"") != std::string::npos);
    CHECK(page.body().find("taken.txt") == std::string::npos);
    CHECK(page.body().find("What is in this folder is not shown.") != std::string::npos);
    CHECK(site.ask("GET", "/inbox/", "Accept: application/json\r\n").status() == 403);
}

TEST_CASE("grants: who may only replace adds nothing", "[site][access]") {
    AnsweringSite site(with_grants({"/ * read list replace"}));
    site.directory.write("a.txt", "old");
    CHECK(site.put("/a.txt", "new").status() == 204);
    CHECK(site.put("/b.txt", "new").status() == 403);
    CHECK(names_in(site, "") == std::vector<std::string>{"a.txt"});
}

TEST_CASE("grants: an upload that can be resumed belongs to its maker", "[site][access]") {
    AnsweringSite site(with_grants({"/ * none", "/d + read list create"}));
    site.directory.write("d/x", "x");
    site.user = user("alice");
    constexpr std::string_view kPart = "Upload-Complete: ?0\r\nUpload-Draft-Interop-Version: 8\r\n";
    const auto begun = site.put("/d/a.txt", "abc", kPart);
    REQUIRE(begun.status() == 201);
    const std::string address = begun.field("Location");
    const std::string path = address.substr(address.find("/.godwit"));
    CHECK(site.ask("HEAD", path).status() == 204);
    for (const char* method : {"HEAD", "DELETE", "PATCH"}) {
        site.user = user("bob");
        CHECK(site.ask(method, path).status() == 404);
        // Where signing in helps, this becomes 401.
        site.user = nullptr;
        CHECK(site.ask(method, path).status() == 403);
    }
    site.start();
    site.user = user("bob");
    CHECK(site.ask("HEAD", path).status() == 404);
    site.user = user("alice");
    CHECK(site.ask("HEAD", path).status() == 204);
}

TEST_CASE("grants: an index, a page and a route are read by their own paths' rights", "[site][access]") {
    auto config = with_grants({"/ * read list", "/d/index.html alice read", "/about.html alice read"});
    config.clean_urls = true;
    AnsweringSite site(config);
    for (const char* name : {"d/index.html", "about.html"}) site.directory.write(name, "for alice");
    site.directory.write("d/other.txt", "x");
    CHECK(site.ask("GET", "/d/", "Accept: text/plain\r\n").body() == "other.txt\n");
    CHECK(site.ask("GET", "/about").status() == 403);
    site.user = user("alice");
    CHECK(site.ask("GET", "/d/").body() == "for alice");
    CHECK(site.ask("GET", "/about").body() == "for alice");
}

TEST_CASE("grants: a page at another path is refused as at its own, whether it is there or not", "[site][access]") {
    auto config = with_grants({"/ * read", "/secret.html alice read", "/none.html alice read", "/index.html alice read",
                               "/d/index.html alice read", "/e/index.html alice read"});
    config.clean_urls = config.spa = config.signs_in = true;
    AnsweringSite site(config);
    for (const char* name : {"secret.html", "index.html", "d/index.html", "e/other.txt"}) {
        site.directory.write(name, "for alice");
    }
    const auto ask = [&](std::string_view path) { return site.ask("GET", path, "Accept: text/html\r\n"); };
    const std::string plain = ask("/secret.html").body();
    for (const char* path : {"/secret", "/none", "/secret/", "/none/", "/some/route", "/some%2Froute", "/d/", "/e/",
                             "/", "/files/secret", "/files/d/"}) {
        CAPTURE(path);
        const support::Answer answer = ask(path);
        CHECK(answer.status() == 401);
        CHECK(answer.field("WWW-Authenticate").starts_with("Basic"));
        CHECK(answer.field("Cache-Control").starts_with("private"));
        CHECK(answer.body() == plain);
        CHECK(site.ask("HEAD", path, "Accept: text/html\r\n").status() == 401);
    }
    site.user = user("bob");
    CHECK(ask("/secret").status() == 403);
    CHECK(ask("/none").status() == 403);
    site.user = user("alice");
    CHECK(ask("/secret").body() == "for alice");
    CHECK(ask("/some/route").body() == "for alice");
    CHECK(ask("/d/").body() == "for alice");
    CHECK(ask("/none").body() == "for alice");
    CHECK(ask("/e/").status() == 403);
}

TEST_CASE("grants: nobody goes around the rights of a file by a sidecar of it", "[site][access]") {
    site::SiteConfig config = with_grants({"/ * read list write delete", "/page.html * read"});
    config.on_conflict = storage::OnConflict::replace;
    AnsweringSite site(config);
    for (const char* name : {"page.html", "page.html.gz", "other"}) site.directory.write(name, "old");
    CHECK(site.put("/page.html.br", "evil").status() == 403);
    CHECK(site.put("/page.html.gz", "evil").status() == 403);
    CHECK(site.put("/files/page.html.br", "evil").status() == 403);
    CHECK(site.put("/page.html.deflate", "e", "Upload-Complete: ?0\r\n").status() == 403);
    CHECK(site.upload("POST", "/", "evil", "Content-Disposition: attachment; filename=page.html.br\r\n").status() ==
          403);
    const std::string form =
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"page.html.br\"\r\n\r\nevil\r\n--b--\r\n";
    CHECK(site.upload("POST", "/", form, "Content-Type: multipart/form-data; boundary=b\r\n").status() == 403);
    CHECK(site.ask("COPY", "/other", "Destination: /page.html.zst\r\n").status() == 403);
    CHECK(site.ask("MOVE", "/other", "Destination: /page.html.zst\r\n").status() == 403);
    CHECK(site.ask("MOVE", "/page.html.gz", "Destination: /away\r\n").status() == 403);
    CHECK(site.ask("DELETE", "/page.html.gz").status() == 403);
    constexpr std::string_view kFields = "Content-Type: application/x-www-form-urlencoded\r\n";
    CHECK(site.upload("POST", "/?delete", "name=page.html.gz", kFields).status() == 403);
    CHECK(names_in(site, "").size() == 3);
    CHECK(site.directory.read("page.html.gz") == "old");
    CHECK(site.put("/free.html.gz", "new").status() == 201);
}

TEST_CASE("grants: a sidecar does not show what its file may not show", "[site][access]") {
    AnsweringSite site(with_grants({"/ * read list write", "/secret.html alice read list"}));
    site.directory.write("secret.html", "secret");
    site.directory.write("secret.html.gz", "secret");
    site.directory.write("folder.gz/x", "x");
    const auto names = [&site] { return site.ask("GET", "/", "Accept: text/plain\r\n").body(); };
    CHECK(site.ask("GET", "/secret.html.gz").status() == 403);
    CHECK(site.ask("COPY", "/secret.html.gz", "Destination: /copy\r\n").status() == 403);
    CHECK(names() == "folder.gz/\n");
    CHECK(site.ask("GET", "/?search=secret").body().find("secret.html.gz") == std::string::npos);
    site.user = user("alice");
    CHECK(site.ask("GET", "/secret.html.gz").status() == 200);
    CHECK(names() == "folder.gz/\nsecret.html\nsecret.html.gz\n");
}

namespace {

constexpr std::string_view kNames = "Content-Type: application/x-www-form-urlencoded\r\n";

/// alice may write in /w and may store two files of /pub; where anybody may write, nothing of alice's is.
site::SiteConfig with_places() {
    site::SiteConfig config = with_grants({"/ * read list", "/pub * read list write delete", "/pub/own.txt * read",
                                           "/pub/own.txt alice write", "/w * read", "/w alice read list write",
                                           "/box * read list create", "/box alice replace"});
    config.signs_in = true;
    config.on_conflict = storage::OnConflict::replace;
    return config;
}

/// Whoever sends it lacks a right at /w, /pub/own.txt or /box, and not at the path of the request.
constexpr auto kElsewhere = std::to_array<std::array<std::string_view, 4>>({
    {"COPY", "/pub/p.txt", "Destination: /w/p\r\n", ""},
    {"COPY", "/pub/d/", "Destination: /w/d\r\n", ""},
    {"COPY", "/pub/p.txt", "Destination: /box/there.txt\r\n", ""},
    {"MOVE", "/pub/p.txt", "Destination: /w/p\r\n", ""},
    {"MOVE", "/pub/d/", "Destination: /w/d/\r\n", ""},
    {"MOVE", "/pub/p.txt", "Destination: /box/there.txt\r\n", ""},
    {"POST", "/pub/?copy", kNames, "name=p.txt&to=/w/"},
    {"POST", "/pub/?move", kNames, "name=p.txt&to=/w/"},
    {"POST", "/pub/?delete", kNames, "name=own.txt"},
    {"POST", "/pub/?mkcol", kNames, "name=own.txt"},
    {"POST", "/pub/", "Content-Disposition: attachment; filename=own.txt\r\n", "x"},
    {"POST", "/pub/", "Content-Type: multipart/form-data; boundary=b\r\n",
     "--b\r\nContent-Disposition: form-data; name=f; filename=\"own.txt\"\r\n\r\nx\r\n--b--\r\n"},
});

}  // namespace

TEST_CASE("grants: who lacks a right at another path than that of the request is asked to sign in", "[site][access]") {
    for (const auto& [method, target, fields, body] : kElsewhere) {
        INFO(method << " " << target << " " << fields << body);
        AnsweringSite site(with_places());
        for (const char* name : {"pub/p.txt", "pub/d/x", "pub/own.txt", "w/a", "box/there.txt"}) {
            site.directory.write(name, "old");
        }
        const auto go = [&] {
            return body.empty() ? site.ask(method, target, fields) : site.upload(method, target, body, fields);
        };
        const auto nobody = go();
        CHECK(nobody.status() == 401);
        CHECK(nobody.response.find("WWW-Authenticate"));
        site.user = user("bob");
        const auto bob = go();
        CHECK(bob.status() == 403);
        CHECK(bob.body().find("bob has no right to it") != std::string::npos);
        CHECK(bob.field("Cache-Control").starts_with("private"));
        CHECK(site.directory.read("pub/own.txt") == "old");
        CHECK(site.directory.read("box/there.txt") == "old");
    }
}

TEST_CASE("grants: nobody is asked to sign in for a right that nobody has", "[site][access]") {
    AnsweringSite site(with_places());
    site.directory.write("pub/p.txt", "x");
    CHECK(site.ask("COPY", "/pub/p.txt", "Destination: /open.txt\r\n").status() == 403);
    CHECK(site.upload("POST", "/pub/?move", "name=p.txt&to=/", kNames).status() == 403);
}
