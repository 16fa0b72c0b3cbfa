// PROPFIND through the site.
#include "dav/properties.h"

#include "dav/xml_reader.h"
#include "support/catch.h"
#include "support/granting.h"
#include "support/pulling.h"
#include "support/write_answers.h"

using support::Answer;
using support::AnsweringSite;

namespace {

site::SiteConfig speaking(site::SiteConfig config = AnsweringSite::all_allowed()) {
    config.speaks_dav = true;
    return config;
}

std::string text_of(Answer& answer) {
    auto* source = std::get_if<std::unique_ptr<http::BodySource>>(&answer.response.body);
    if (source == nullptr) return answer.body();
    return Pulling().pull_all(**source);
}

int status_of(AnsweringSite& site, std::string_view target, std::string_view depth) {
    return site.ask("PROPFIND", target, "Depth: " + std::string(depth) + "\r\n").status();
}

std::string found(AnsweringSite& site, std::string_view target, std::string_view depth) {
    Answer answer = site.ask("PROPFIND", target, "Depth: " + std::string(depth) + "\r\n");
    CHECK(answer.status() == 207);
    CHECK(answer.field("Content-Type") == "application/xml; charset=utf-8");
    return text_of(answer);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("properties: of a file, of a folder, and of a folder with its entries", "[dav]") {
    AnsweringSite site(speaking());
    site.directory.make_directory("d");
    site.directory.write("d/f.txt", "four");
    CHECK(has(found(site, "/d/f.txt", "0"), "<D:href>/d/f.txt</D:href>"));
    CHECK(has(found(site, "/d/f.txt", "1"), "<D:getcontenttype>text/plain; charset=utf-8<"));
    CHECK(has(found(site, "/d/f.txt", "infinity"), "<D:getcontentlength>4<"));
    CHECK_FALSE(has(found(site, "/d/", "0"), "f.txt"));
    for (const char* folder : {"/d/", "/d"}) {
        const std::string text = found(site, folder, "1");
        CHECK(has(text, "<D:href>/d/</D:href>"));
        CHECK(has(text, "<D:href>/d/f.txt</D:href>"));
    }
    CHECK(has(found(site, "/files/d/", "1"), "<D:href>/files/d/f.txt</D:href>"));
    CHECK(has(found(site, "/", "1"), "<D:href>/d/</D:href>"));
}

TEST_CASE("properties: the tag is that of a GET", "[dav]") {
    AnsweringSite site(speaking());
    site.put("/f.txt", "four");
    const std::string tag = site.ask("GET", "/f.txt").field("ETag");
    CHECK(has(found(site, "/f.txt", "0"), "<D:getetag>" + tag + "</D:getetag>"));
}

TEST_CASE("properties: the depth infinity of a folder is refused with its precondition", "[dav]") {
    AnsweringSite site(speaking());
    for (const char* fields : {"Depth: infinity\r\n", ""}) {
        const Answer answer = site.ask("PROPFIND", "/", fields);
        CHECK(answer.status() == 403);
        CHECK(has(answer.body(), "<D:propfind-finite-depth/>"));
    }
    for (const char* depth : {"2", "-1", "0, 0", "1,noroot", "x"}) CHECK(status_of(site, "/", depth) == 400);
}

TEST_CASE("properties: where nothing is, or nothing that is shown, is 404", "[dav]") {
    AnsweringSite site(speaking());
    site.directory.write("f", "x");
    site.directory.write(".h", "x");
    REQUIRE(::symlink("/etc/passwd", (site.directory.path() + "/out").c_str()) == 0);
    for (const char* path : {"/none", "/none/", "/f/", "/f/x", "/.h", "/.godwit/", "/out"}) {
        CAPTURE(path);
        CHECK(status_of(site, path, "0") == 404);
    }
}

TEST_CASE("properties: a body says which, and what is no propfind is refused", "[dav]") {
    if (!dav::has_xml_reader()) return;
    AnsweringSite site(speaking());
    site.directory.write("f", "x");
    const auto send = [&](std::string_view body, std::string_view fields = "Depth: 0\r\n") {
        return site.upload("PROPFIND", "/f", body, fields);
    };
    const Answer named =
        send("<propfind xmlns='DAV:'><prop><getcontentlength/><none xmlns='urn:x'/></prop></propfind>");
    CHECK(named.status() == 207);
    CHECK(has(named.body(), "<D:prop><D:getcontentlength>1</D:getcontentlength></D:prop>"));
    CHECK(has(named.body(), "<n:none xmlns:n=\"urn:x\"/></D:prop><D:status>HTTP/1.1 404 Not Found"));
    CHECK(send("<propfind").status() == 400);
    CHECK(send("<!DOCTYPE x><propfind xmlns='DAV:'><allprop/></propfind>").status() == 400);
    CHECK(send("<a/>").status() == 400);
    CHECK(send("{}", "Content-Type: application/json\r\n").status() == 415);
    CHECK(send(std::string(dav::kMostXmlBytes + 1, ' ')).status() == 413);
}

TEST_CASE("properties: the prefix of the site stands in front of every address", "[dav]") {
    site::SiteConfig config = speaking();
    config.path_prefix = "/s p";
    AnsweringSite site(config);
    site.directory.write("f", "x");
    http::Response answer;
    CHECK(has(found(site, "/s%20p/", "1"), "<D:href>/s%20p/f</D:href>"));
    CHECK(has(found(site, "/s%20p/f", "0"), "<D:href>/s%20p/f</D:href>"));
}

TEST_CASE("properties: rights decide, as in listings", "[dav]") {
    AnsweringSite site(
        speaking(support::granting({"/ * read list", "/secret * none", "/drop * create", "/unlisted * read"})));
    for (const char* name : {"secret", "drop", "unlisted"}) site.directory.make_directory(name);
    site.directory.write("secret/f", "x");
    CHECK_FALSE(has(found(site, "/", "1"), "secret"));
    CHECK_FALSE(has(found(site, "/", "1"), "drop"));
    CHECK(status_of(site, "/secret/", "0") == 403);
    CHECK(status_of(site, "/secret", "1") == 403);
    CHECK(status_of(site, "/secret/f", "0") == 403);
    CHECK(status_of(site, "/drop/", "0") == 403);
    CHECK(status_of(site, "/unlisted/", "0") == 207);
    CHECK(status_of(site, "/unlisted/", "1") == 403);
    CHECK_FALSE(has(found(site, "/", "0"), "quota"));
}

TEST_CASE("properties: OPTIONS says what there is, and without --dav nothing is said and answered", "[dav]") {
    AnsweringSite site(speaking());
    CHECK(site.ask("OPTIONS", "/").field("DAV") == "1, 2");
    CHECK(site.ask("OPTIONS", "/").field("MS-Author-Via") == "DAV");
    CHECK(has(site.ask("OPTIONS", "/").field("Allow"), "PROPFIND"));
    CHECK(site.ask("OPTIONS", "/healthz").field("DAV").empty());
    AnsweringSite silent;
    CHECK(silent.ask("OPTIONS", "/").field("DAV").empty());
    CHECK_FALSE(has(silent.ask("OPTIONS", "/").field("Allow"), "PROPFIND"));
    CHECK(status_of(silent, "/", "0") == 501);
}

TEST_CASE("properties: where WebDAV is spoken a DELETE means the whole folder", "[dav]") {
    AnsweringSite site(speaking());
    site.directory.make_directory("d");
    site.directory.write("d/f", "x");
    CHECK(site.ask("DELETE", "/d/").status() == 204);
    AnsweringSite silent;
    silent.directory.make_directory("d");
    silent.directory.write("d/f", "x");
    CHECK(silent.ask("DELETE", "/d/").status() == 409);
}
