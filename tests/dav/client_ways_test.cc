// What programs that speak WebDAV send, each in its own way, as it is published about servers that did not take it.
// Finder and Windows are in tests/e2e/dav_test.cc.
#include <string>

#include "dav/lock_site.h"
#include "support/catch.h"

using support::Answer;
using support::AnsweringSite;

TEST_CASE("ways of clients: GNOME names folders without a slash", "[dav]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    CHECK(site.ask("MKCOL", "/g/").status() == 201);
    site.directory.write("g/a", "x");
    const Answer moved = site.ask("MOVE", "/g", "Destination: /h\r\nOverwrite: F\r\n");
    CHECK(moved.status() == 201);
    CHECK(moved.field("Location") == "/h/");
    CHECK(site.ask("COPY", "/h", "Destination: /i\r\n").status() == 201);
    CHECK(site.directory.read("i/a") == "x");
    CHECK(site.ask("MOVE", "/h", "Destination: /i\r\nOverwrite: T\r\n").status() == 204);
    // It looks at what is above the path that was asked for, too.
    for (const char* path : {"/i/a", "/i", "/i/", "/"})
        CHECK(site.ask("PROPFIND", path, "Depth: 0\r\n").status() == 207);
    CHECK(site.ask("DELETE", "/i").status() == 204);
    CHECK_FALSE(site.directory.has("i"));
    // Others may name a folder by mistake.
    AnsweringSite other;
    other.directory.write("d/a", "x");
    CHECK(other.ask("DELETE", "/d").status() == 409);
    CHECK(other.ask("MOVE", "/d", "Destination: /e\r\n").status() == 409);
}

TEST_CASE("ways of clients: KeePass stores a file aside and moves it over the old one", "[dav]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    CHECK(site.put("/keys.kdbx", "old").status() == 201);
    CHECK(site.put("/keys.kdbx.tmp", "new").status() == 201);
    CHECK(site.ask("DELETE", "/keys.kdbx").status() == 204);
    CHECK(site.ask("MOVE", "/keys.kdbx.tmp", "Destination: http://x/keys.kdbx\r\n").status() == 201);
    CHECK(site.put("/keys.kdbx.tmp", "newer").status() == 201);
    CHECK(site.ask("MOVE", "/keys.kdbx.tmp", "Destination: http://x/keys.kdbx\r\n").status() == 204);
    CHECK(site.directory.read("keys.kdbx") == "newer");
}

TEST_CASE("ways of clients: Zotero asks for what is not there, and wants to be told so", "[dav]") {
    if (!dav::has_xml_reader()) return;
    site::SiteConfig config = support::granting({"/ ann read list create replace delete"});
    config.signs_in = true;
    LockSite site(config);
    CHECK(site.ask("GET", "/zotero/lastsync.txt").status() == 401);
    site.sign_in("ann");
    CHECK(site.ask("PROPFIND", "/zotero/", "Depth: 0\r\n").status() == 404);
    CHECK(site.ask("MKCOL", "/zotero/").status() == 201);
    CHECK(site.ask("PROPFIND", "/zotero/", "Depth: 0\r\n").status() == 207);
    CHECK(site.ask("GET", "/zotero/nonexistent.prop").status() == 404);
    CHECK(site.put("/zotero/zotero-test-file.prop", " ").status() == 201);
    CHECK(site.ask("GET", "/zotero/zotero-test-file.prop").status() == 200);
    CHECK(site.ask("DELETE", "/zotero/zotero-test-file.prop").status() == 204);
}

TEST_CASE("ways of clients: Joplin makes its folders each time", "[dav]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    CHECK(site.ask("MKCOL", "/locks/").status() == 201);
    for (const char* there : {"/locks", "/locks/", "/f", "/"}) {
        const Answer refused = site.ask("MKCOL", there);
        CHECK(refused.status() == 405);
        CHECK_FALSE(refused.field("Allow").empty());
    }
    // Its hidden folder is told to be none, in place of an answer that it would take for success.
    CHECK(site.ask("MKCOL", "/.sync/").status() == 403);
}

TEST_CASE("ways of clients: remotely-save asks for all that is below, and then level by level", "[dav]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    for (const char* depth : {"Depth: infinity\r\n", ""}) {
        const Answer refused = site.ask("PROPFIND", "/d/", depth);
        CHECK(refused.status() == 403);
        CHECK(has(refused, "<D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>"));
        CHECK(site.ask("PROPFIND", "/f", depth).status() == 207);
    }
    CHECK(site.ask("PROPFIND", "/d/", "Depth: 1\r\n").status() == 207);
}
