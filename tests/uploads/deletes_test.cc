// DELETE as the connection sees it.
#include "uploads/deletes.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/granting.h"
#include "support/write_answers.h"
#include "uploads/uploading.h"

using support::AnsweringSite;

TEST_CASE("deletes: files, directories, the root, hidden names", "[handlers][deletes]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    site.directory.write("full/b", "x");
    site.directory.write(".secret", "x");
    site.directory.make_directory("empty");
    CHECK(site.ask("DELETE", "/a").status() == 204);
    CHECK(site.ask("DELETE", "/a").status() == 404);
    CHECK(site.ask("DELETE", "/full/").status() == 409);
    CHECK(site.ask("DELETE", "/full").status() == 409);
    CHECK(site.ask("DELETE", "/empty/").status() == 204);
    CHECK(site.ask("DELETE", "/.secret").status() == 404);
    CHECK(site.ask("DELETE", "/").status() == 403);
    CHECK(site.ask("DELETE", "/files/").status() == 403);
    CHECK(site.directory.list() == std::vector<std::string>{".secret", "full", "full/b"});
}

TEST_CASE("deletes: a full directory goes with Depth: infinity alone, with hidden files too", "[handlers][deletes]") {
    AnsweringSite site;
    site.directory.write("full/a", "x");
    site.directory.write("full/.hidden", "x");
    site.directory.write("full/d/b", "x");
    site.directory.write("kept", "x");
    const auto plain = site.ask("DELETE", "/full/");
    CHECK(plain.status() == 409);
    CHECK(plain.body().find("Depth: infinity") != std::string::npos);
    CHECK(site.ask("DELETE", "/full/", "Depth: 0\r\n").status() == 400);
    CHECK(site.ask("DELETE", "/full/", "Depth: 7\r\n").status() == 400);
    CHECK(site.ask("DELETE", "/full", "Depth: infinity\r\n").status() == 409);
    CHECK(site.ask("DELETE", "/", "Depth: infinity\r\n").status() == 403);
    const auto gone = site.ask("DELETE", "/full/", "Depth: infinity\r\n");
    CHECK(gone.status() == 204);
    REQUIRE(gone.changes.size() == 1);
    CHECK(gone.changes.front().path == "/full/");
    CHECK(site.ask("GET", "/full/a").status() == 404);
    CHECK(site.directory.list().size() == 6);  // under a hidden name, until there is time
    while (site.site->tidy_due() && site.directory.list().size() > 1) site.site->tidy();
    CHECK(site.directory.list() == std::vector<std::string>{"kept"});
}

TEST_CASE("deletes: a file is deleted whatever Depth says, and an empty directory by it too", "[handlers][deletes]") {
    AnsweringSite site;
    site.directory.write("a", "x");
    site.directory.make_directory("d");
    CHECK(site.ask("DELETE", "/a", "Depth: 0\r\n").status() == 204);
    CHECK(site.ask("DELETE", "/d/", "Depth: infinity\r\n").status() == 204);
    CHECK(site.directory.list().empty());
}

TEST_CASE("deletes: the form deletes a full directory when it says so", "[handlers][deletes]") {
    AnsweringSite site;
    constexpr std::string_view kUrlencoded = "Content-Type: application/x-www-form-urlencoded\r\n";
    site.directory.write("full/a", "x");
    CHECK(site.upload("POST", "/?delete", "name=full", kUrlencoded).status() == 409);
    CHECK(site.upload("POST", "/?delete", "name=full&depth=infinity", kUrlencoded).status() == 204);
    CHECK(site.ask("GET", "/full/a").status() == 404);
}

TEST_CASE("deletes: a directory stays whole where other rules hold for something below it", "[handlers][deletes]") {
    site::SiteConfig config = support::granting({"/ * read list create delete", "/d/private * read"});
    config.records_path = config.records_file = "/data/r.txt";
    config.are_records_named = true;
    AnsweringSite site(config);
    site.directory.write("data/r.txt", "");
    site.directory.write("d/private/x", "x");
    site.directory.write("d/other/x", "x");
    CHECK(site.ask("DELETE", "/data/", "Depth: infinity\r\n").status() == 403);
    CHECK(site.ask("DELETE", "/d/", "Depth: infinity\r\n").status() == 403);
    CHECK(site.ask("DELETE", "/d/private/", "Depth: infinity\r\n").status() == 403);
    CHECK(site.directory.list().size() == 7);
    CHECK(site.ask("DELETE", "/d/other/", "Depth: infinity\r\n").status() == 204);
}

TEST_CASE("deletes: an upload on its way into a directory that is deleted is not lost", "[handlers][deletes]") {
    resumable::Uploading site;
    site.directory.write("d/old", "x");
    auto sink = site.open("PUT", "/d/new", "Content-Length: 4\r\n");
    REQUIRE(sink->write(support::bytes("text")).has_value());
    CHECK(site.ask("DELETE", "/d/", "Depth: infinity\r\n").status() == 204);
    const auto pending = sink->finish({});
    CHECK(http::code(support::run(*pending, *site.disk).status) == 201);
    CHECK(site.ask("GET", "/d/new").body() == "text");
    CHECK(site.ask("GET", "/d/old").status() == 404);
}
