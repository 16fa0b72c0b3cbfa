// MOVE as the connection sees it, the rights that it needs, and the form of the page.
#include "uploads/moves.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/granting.h"
#include "support/write_answers.h"
#include "uploads/uploading.h"

using support::Answer;
using support::AnsweringSite;
using support::by_form;
using support::granting;

namespace {

using Names = std::vector<std::string>;

Answer move(AnsweringSite& site, std::string_view source, const std::string& destination,
            std::string_view fields = {}) {
    return site.ask("MOVE", source, "Destination: " + destination + "\r\n" + std::string(fields));
}

}  // namespace

TEST_CASE("moves: what is answered", "[uploads][move]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    site.directory.write("d/b", "old");
    const auto created = move(site, "/a", "/c");
    CHECK(created.status() == 201);
    CHECK(created.field("Location") == "/c");
    const auto replaced = move(site, "/c", "/d/b");
    CHECK(replaced.status() == 204);
    CHECK(replaced.field("Location").empty());
    CHECK(move(site, "/d/", "/e").field("Location") == "/e/");
    CHECK(move(site, "/e/", "/f/", "Depth: infinity\r\n").status() == 201);
    CHECK(site.directory.read("f/b") == "x");
    CHECK(move(site, "/f/", "/g", "Depth: 0\r\n").status() == 400);
    CHECK(move(site, "/f/", "/g", "Overwrite: X\r\n").status() == 400);
    CHECK(site.ask("MOVE", "/f/").status() == 400);
    CHECK(site.upload("MOVE", "/f/", "x", "Destination: /g\r\n").status() == 415);
    CHECK(move(site, "/", "/g").status() == 403);
    CHECK(move(site, "/f/", "/").status() == 403);
    CHECK(move(site, "/none", "/g").status() == 404);
    CHECK(move(site, "/f/b", "/none/b").status() == 409);
    CHECK(site.directory.list() == Names{"f", "f/b"});
}

TEST_CASE("moves: a moved file is told to the audit log with both paths", "[uploads][move]") {
    AnsweringSite site;
    site.directory.write("d/a", "x");
    const auto answer = move(site, "/d/", "/e");
    REQUIRE(answer.changes.size() == 1);
    CHECK(answer.changes.front().action == http::Change::Action::move);
    CHECK(answer.changes.front().from == "/d/");
    CHECK(answer.changes.front().path == "/e/");
    CHECK(move(site, "/d/", "/f").changes.empty());
}

TEST_CASE("moves: what was cached is not answered any more, below a directory neither", "[uploads][move]") {
    AnsweringSite site;
    site.directory.write("d/a", "one");
    site.directory.write("e/a", "two");
    CHECK(site.ask("GET", "/d/a").body() == "one");
    CHECK(site.ask("GET", "/e/a").body() == "two");
    CHECK(site.ask("GET", "/f/a").status() == 404);
    // All of these arrived together with what follows: no look at a path is younger than its request.
    const auto at_once = [&](std::string_view method, std::string_view target, std::string_view fields = {}) {
        --site.arrivals.latest;
        return site.ask(method, target, fields);
    };
    CHECK(at_once("MOVE", "/d/", "Destination: /f\r\n").status() == 201);
    CHECK(at_once("GET", "/d/a").status() == 404);
    CHECK(at_once("GET", "/f/a").body() == "one");
    CHECK(at_once("MOVE", "/e/", "Destination: /d\r\n").status() == 201);
    CHECK(at_once("GET", "/d/a").body() == "two");
    CHECK(at_once("GET", "/e/a").status() == 404);
    CHECK(at_once("MOVE", "/d/a", "Destination: /f/a\r\n").status() == 204);
    CHECK(at_once("GET", "/f/a").body() == "two");
}

TEST_CASE("moves: hidden names and the file of records are neither moved nor reached", "[uploads][move]") {
    AnsweringSite site;
    site.directory.write(".secret", "x");
    site.directory.write("a", "x");
    site.directory.write(".well-known/w", "x");
    site.directory.write("database.txt", "");
    CHECK(move(site, "/.secret", "/b").status() == 404);
    CHECK(move(site, "/a", "/.b").status() == 403);
    CHECK(move(site, "/a", "/.b/c").status() == 403);
    CHECK(move(site, "/a", "/.well-known/b").status() == 403);
    CHECK(move(site, "/.well-known/w", "/b").status() == 405);
    CHECK(move(site, "/files/database.txt", "/b").status() == 409);
    CHECK(site.directory.list() == Names{".secret", ".well-known", ".well-known/w", "a", "database.txt"});
}

TEST_CASE("moves: a directory that holds the file of records stays, and none takes its place", "[uploads][move]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.records_path = config.records_file = "/data/r.txt";
    config.are_records_named = true;
    AnsweringSite site(config);
    site.directory.write("data/r.txt", "");
    site.directory.write("mine/r.txt", "id=1&a=forged\n");
    CHECK(move(site, "/data/", "/d").status() == 403);
    CHECK(site.ask("DELETE", "/files/data/r.txt").status() == 204);
    CHECK(site.ask("DELETE", "/data/").status() == 204);
    CHECK(move(site, "/mine/", "/data").status() == 403);
}

TEST_CASE("moves: the rights to delete and to create are needed", "[uploads][move]") {
    site::SiteConfig config;
    config.allow_upload = true;
    AnsweringSite uploading(config);
    uploading.directory.write("a", "x");
    CHECK(move(uploading, "/a", "/b").status() == 405);
    CHECK(uploading.ask("OPTIONS", "/a").field("Allow").find("MOVE") == std::string::npos);
    config.allow_delete = true;
    AnsweringSite keeping(config);
    keeping.directory.write("a", "x");
    keeping.directory.write("b", "y");
    CHECK(keeping.ask("OPTIONS", "/a").field("Allow").find("MOVE") != std::string::npos);
    CHECK(move(keeping, "/a", "/b").status() == 403);
    CHECK(move(keeping, "/a", "/b", "Overwrite: F\r\n").status() == 412);
    CHECK(move(keeping, "/a", "/c").status() == 201);
    config.allow_upload = false;
    AnsweringSite deleting(config);
    deleting.directory.write("a", "x");
    CHECK(deleting.ask("OPTIONS", "/a").field("Allow").find("MOVE") == std::string::npos);
    CHECK(move(deleting, "/a", "/b").status() == 403);
}

TEST_CASE("moves: rights are those of both places", "[uploads][move]") {
    AnsweringSite site(granting({"/ * read list", "/in * create delete", "/work * read list create delete",
                                 "/public * read list create", "/unlisted * read create delete"}));
    for (const char* const name : {"in/secret", "work/a", "public/p", "unlisted/u", "unlisted/d/u"}) {
        site.directory.write(name, "x");
    }
    CHECK(move(site, "/in/secret", "/work/b").status() == 403);  // could be read there
    CHECK(move(site, "/public/p", "/work/p").status() == 403);
    CHECK(move(site, "/work/a", "/a").status() == 403);
    CHECK(move(site, "/work/a", "/in/a").status() == 403);  // a drop box tells nothing of what it holds
    CHECK(move(site, "/unlisted/d/", "/work/d").status() == 403);
    CHECK(move(site, "/unlisted/u", "/work/u").status() == 201);
    CHECK(move(site, "/work/a", "/public/a").status() == 201);
    CHECK(move(site, "/public/a", "/work/a").status() == 403);
}

TEST_CASE("moves: a directory is not moved where other rules hold below it", "[uploads][move]") {
    AnsweringSite site(granting({"/ * read list create delete", "/d/private * none", "/e/f/private * none"}));
    site.directory.write("d/private/x", "x");
    site.directory.write("d/a/x", "x");
    CHECK(move(site, "/d/", "/g").status() == 403);
    CHECK(move(site, "/d/private/", "/g").status() == 403);
    site.directory.make_directory("e");
    CHECK(move(site, "/d/a/", "/e/f").status() == 403);
    CHECK(move(site, "/d/a/", "/e/g").status() == 201);
    CHECK(move(site, "/e/g/", "/d/private/g").status() == 403);
    CHECK(site.directory.read("d/private/x") == "x");
}

TEST_CASE("moves: nothing goes to or from where signing in comes first", "[uploads][move]") {
    site::SiteConfig config = granting({"/ * read list create delete"}, {"/d/private"});
    config.signs_in = true;
    AnsweringSite site(config);
    site.directory.write("d/private/x", "x");
    site.directory.write("a", "x");
    CHECK(move(site, "/d/private/x", "/b").status() == 401);
    CHECK(move(site, "/a", "/d/private/y").status() == 401);
    CHECK(move(site, "/d/", "/e").status() == 403);
    site.user = std::make_shared<const http::User>();
    CHECK(move(site, "/a", "/d/private/y").status() == 201);
}

TEST_CASE("moves: the form renames, and moves to a path", "[uploads][move]") {
    AnsweringSite site;
    site.directory.write("d/a", "x");
    site.directory.make_directory("d/sub");
    site.directory.write("d/b", "y");
    CHECK(by_form(site, "/d/", "move", "name=a&to=c") == 201);
    CHECK(site.directory.read("d/c") == "x");
    CHECK(by_form(site, "/d/", "move", "segment=c&to=sub/") == 201);
    CHECK(site.directory.read("d/sub/c") == "x");
    CHECK(by_form(site, "/d/sub/", "move", "name=c&to=/e") == 201);
    CHECK(by_form(site, "/d/", "move", "name=sub&to=/s") == 201);
    CHECK(by_form(site, "/", "move", "name=e&to=d/b") == 409);  // nothing is replaced
    CHECK(by_form(site, "/", "move", "name=e") == 422);
    CHECK(by_form(site, "/", "move", "to=x") == 422);
    CHECK(by_form(site, "/", "move", "name=e&to=") == 422);
    CHECK(by_form(site, "/", "move", "name=e&to=x&to=y") == 422);
    CHECK(by_form(site, "/", "move", "name=e&to=../x") == 403);
    CHECK(by_form(site, "/", "move", "name=e&to=.x") == 403);
    CHECK(by_form(site, "/", "move", "name=e&to=a//x") == 422);
    CHECK(by_form(site, "/", "move", "name=e&to=none/x") == 409);
    CHECK(by_form(site, "/", "move", "name=none&to=x") == 404);
    CHECK(by_form(site, "/", "move", "name=d/b&to=x") == 422);
    CHECK(by_form(site, "/", "move", "name=e&to=/") == 403);
    CHECK(by_form(site, "/", "move", "name=d&to=d/x") == 403);
    CHECK(site.directory.list() == Names{"d", "d/b", "e", "s"});
}

TEST_CASE("moves: a browser is sent back to the directory of the form", "[uploads][move]") {
    AnsweringSite site;
    site.directory.write("d/a", "x");
    const auto answer = site.upload("POST", "/files/d/?move", "name=a&to=b",
                                    "Content-Type: application/x-www-form-urlencoded\r\nAccept: text/html\r\n");
    CHECK(answer.status() == 303);
    CHECK(answer.field("Location") == "/files/d/");
}

TEST_CASE("moves: a resumable upload whose directory moved away ends with a refusal", "[uploads][move]") {
    resumable::Uploading site;
    site.directory.write("d/a", "x");
    const std::string upload = site.create("/d/new", "hello ");
    CHECK(move(site, "/d/", "/e").status() == 201);
    const auto rest = site.patch(upload, 6, "world\n", resumable::kEnd);
    CHECK(rest.status() >= 400);
    CHECK(site.ask("GET", "/d/new").status() == 404);
    CHECK(site.ask("GET", "/e/new").status() == 404);
}

TEST_CASE("moves and copies: a folder is replaced where a client asks for it, or speaks WebDAV", "[uploads][move]") {
    for (const bool speaks_dav : {false, true}) {
        site::SiteConfig config = AnsweringSite::all_allowed();
        config.speaks_dav = speaks_dav;
        AnsweringSite site(config);
        for (const char* method : {"COPY", "MOVE"}) {
            site.directory.write("new/a", "new");
            site.directory.write("old/b", "old");
            const auto ask = [&](std::string_view fields) {
                return site.ask(method, "/new/", "Destination: /old\r\n" + std::string(fields)).status();
            };
            CHECK(ask("Overwrite: F\r\n") == 412);
            if (!speaks_dav) CHECK(ask({}) == 409);
            CHECK(site.directory.has("old/b"));
            CHECK(ask(speaks_dav ? "" : "Overwrite: T\r\n") == 204);
            CHECK(site.directory.read("old/a") == "new");
            CHECK_FALSE(site.directory.has("old/b"));
        }
        site.directory.write("f", "file");
        CHECK(site.ask("COPY", "/f", "Destination: /old/\r\nOverwrite: T\r\n").status() == 204);
        CHECK(site.directory.read("old") == "file");
        CHECK(site.ask("COPY", "/f", "Destination: /none/\r\nOverwrite: T\r\n").status() == 404);
    }
}

TEST_CASE("moves and copies: a folder is replaced only with the rights to delete and to replace", "[uploads][move]") {
    AnsweringSite site(granting({"/ * read list", "/from * read list delete", "/all * read list create replace delete",
                                 "/adds * read list create", "/deletes * read list create delete",
                                 "/replaces * read list create replace", "/mixed * read list create replace delete",
                                 "/mixed/old/own * read list"}));
    const auto ask = [&site](const char* method, const std::string& source, const std::string& to) {
        return site.ask(method, source, "Overwrite: T\r\nDestination: " + to + "\r\n").status();
    };
    site.directory.write("from/d/a", "new");
    site.directory.write("from/f", "new");
    for (const char* folder : {"all", "adds", "deletes", "replaces", "mixed"}) {
        site.directory.write(std::string(folder) + "/old/b", "old");
        site.directory.write(std::string(folder) + "/file", "old");
    }
    for (const char* method : {"COPY", "MOVE"}) {
        for (const char* folder : {"/adds", "/deletes", "/replaces", "/mixed"}) {
            CHECK(ask(method, "/from/d/", std::string(folder) + "/old") == 403);
            CHECK(ask(method, "/from/f", std::string(folder) + "/old") == 403);
        }
        for (const char* folder : {"/adds", "/deletes", "/replaces"}) {
            CHECK(ask(method, "/from/d/", std::string(folder) + "/file") == 403);
        }
    }
    CHECK(site.directory.read("mixed/old/b") == "old");
    CHECK(ask("COPY", "/from/d/", "/all/old") == 204);
    CHECK(ask("COPY", "/from/d/", "/all/file") == 204);
    CHECK(ask("MOVE", "/from/f", "/all/old/") == 204);
    CHECK(site.directory.read("all/old") == "new");
    CHECK(site.directory.read("all/file/a") == "new");
}

TEST_CASE("moves: what was cached below a replaced folder is not answered any more", "[uploads][move]") {
    AnsweringSite site;
    site.directory.write("new/a", "new");
    site.directory.write("old/a", "old");
    site.directory.write("old/b", "gone");
    CHECK(site.ask("GET", "/old/a").body() == "old");
    CHECK(site.ask("GET", "/old/b").body() == "gone");
    --site.arrivals.latest;
    CHECK(site.ask("MOVE", "/new/", "Destination: /old\r\nOverwrite: T\r\n").status() == 204);
    --site.arrivals.latest;
    CHECK(site.ask("GET", "/old/a").body() == "new");
    --site.arrivals.latest;
    CHECK(site.ask("GET", "/old/b").status() == 404);
}
