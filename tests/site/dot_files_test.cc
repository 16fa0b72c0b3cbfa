// --dot-files: which names that begin with a dot are read, written and shown, by every way in.
#include "storage/dot_files.h"

#include <string>

#include "dav/xml_reader.h"
#include "support/catch.h"
#include "support/granting.h"
#include "support/pulling.h"
#include "support/write_answers.h"

using storage::DotFiles;
using support::Answer;
using support::AnsweringSite;

namespace {

site::SiteConfig with(DotFiles which, site::SiteConfig config = AnsweringSite::all_allowed()) {
    config.speaks_dav = true;
    config.dot_files = which;
    return config;
}

std::string text_of(Answer answer) {
    auto* source = std::get_if<std::unique_ptr<http::BodySource>>(&answer.response.body);
    return source == nullptr ? answer.body() : Pulling().pull_all(**source);
}

bool shows(AnsweringSite& site, std::string_view method, std::string_view target, std::string_view name) {
    return text_of(site.ask(method, target, "Depth: 1\r\n")).find(name) != std::string::npos;
}

/// What Finder does with a file's second half, and how it ends.
void act_as_finder(AnsweringSite& site, bool is_taken) {
    const int made = is_taken ? 201 : 403;
    CHECK(site.put("/d/._a", "resource fork").status() == made);
    CHECK(site.put("/d/.DS_Store", "view").status() == made);
    CHECK(site.ask("PROPFIND", "/d/._a", "Depth: 0\r\n").status() == (is_taken ? 207 : 404));
    CHECK(site.ask("GET", "/d/._a").status() == (is_taken ? 200 : 404));
    CHECK(site.ask("MOVE", "/d/._a", "Destination: /d/._b\r\n").status() == (is_taken ? 201 : 404));
    CHECK(site.ask("COPY", "/d/a", "Destination: /d/._c\r\n").status() == made);
    CHECK(site.ask("DELETE", "/d/._c").status() == (is_taken ? 204 : 404));
    CHECK(site.directory.has("d/._b") == is_taken);
}

}  // namespace

TEST_CASE("dot-files: hidden they are neither written, read nor shown", "[site][dav]") {
    if (!dav::has_xml_reader()) return;
    AnsweringSite site(with(DotFiles::hide));
    site.directory.write("d/a", "x");
    act_as_finder(site, false);
    site.directory.write("d/.secret", "x");
    CHECK(site.ask("GET", "/d/.secret").status() == 404);
    for (const char* method : {"GET", "PROPFIND"}) CHECK_FALSE(shows(site, method, "/d/", ".secret"));
}

TEST_CASE("dot-files: written they are there for whoever names them, and shown to nobody", "[site][dav]") {
    if (!dav::has_xml_reader()) return;
    AnsweringSite site(with(DotFiles::write));
    site.directory.write("d/a", "x");
    act_as_finder(site, true);
    for (const char* method : {"GET", "PROPFIND"}) {
        CHECK_FALSE(shows(site, method, "/d/", "._b"));
        CHECK_FALSE(shows(site, method, "/d/", ".DS_Store"));
    }
    CHECK_FALSE(shows(site, "GET", "/?search=DS_Store", ".DS_Store"));
    CHECK_FALSE(shows(site, "GET", "/d/?archive=tar", ".DS_Store"));
    CHECK(support::by_form(site, "/d/", "delete", "name=._b") == 204);
    CHECK(support::by_form(site, "/d/", "mkcol", "name=.folder") == 201);
    CHECK(site.ask("DELETE", "/d/").status() == 204);
    CHECK_FALSE(site.directory.has("d"));
}

TEST_CASE("dot-files: written they are only for those who may write there", "[site][dav]") {
    if (!dav::has_xml_reader()) return;
    AnsweringSite site(
        with(DotFiles::write, support::granting({"/ ann read list create replace delete", "/ * read list delete"})));
    site.directory.write(".git/config", "x");
    site.directory.write("a", "x");
    CHECK(site.ask("GET", "/.git/config").status() == 404);
    CHECK(site.ask("GET", "/.git/").status() == 404);
    CHECK(site.ask("PROPFIND", "/.git/config", "Depth: 0\r\n").status() == 404);
    CHECK(site.ask("DELETE", "/.git/config").status() == 404);
    CHECK(support::by_form(site, "/", "delete", "name=.git") == 404);
    site.user = std::make_shared<const http::User>(http::User{"ann", {}});
    CHECK(site.ask("GET", "/.git/config").status() == 200);
    CHECK(site.ask("DELETE", "/.git/config").status() == 204);
}

TEST_CASE("dot-files: served they are names like others", "[site][dav]") {
    if (!dav::has_xml_reader()) return;
    AnsweringSite site(with(DotFiles::serve));
    site.directory.write("d/a", "x");
    act_as_finder(site, true);
    for (const char* method : {"GET", "PROPFIND"}) {
        CHECK(shows(site, method, "/d/", "._b"));
        CHECK(shows(site, method, "/d/", ".DS_Store"));
    }
    CHECK(shows(site, "GET", "/?search=DS_Store", ".DS_Store"));
    CHECK(shows(site, "GET", "/d/?archive=tar", ".DS_Store"));
}

TEST_CASE("dot-files: names of the server's own are hidden in any case", "[site][dav]") {
    if (!dav::has_xml_reader()) return;
    for (const auto which : {DotFiles::write, DotFiles::serve}) {
        AnsweringSite site(with(which));
        site.directory.write(".godwit-0000000000000001.part", "x");
        site.directory.write("d/.godwit/x", "x");
        CHECK(site.ask("GET", "/.godwit-0000000000000001.part").status() == 404);
        CHECK(site.ask("GET", "/d/.godwit/x").status() == 404);
        CHECK(site.put("/d/.godwit/y", "x").status() == 403);
        CHECK(site.ask("COPY", "/d/.godwit/x", "Destination: /y\r\n").status() == 404);
        CHECK_FALSE(shows(site, "PROPFIND", "/", ".godwit"));
        CHECK_FALSE(shows(site, "GET", "/", ".godwit-"));
    }
}
