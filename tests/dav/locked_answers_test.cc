// The bodies of refusals because of a lock.
#include "dav/locked_answers.h"

#include "dav/lock_site.h"
#include "support/catch.h"

using support::Answer;

TEST_CASE("locked answers: what is locked inside of a folder that goes has its own status", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    site.take("/d/a");
    for (const char* method : {"DELETE", "MOVE"}) {
        const Answer refused = site.ask(method, "/d/", "Destination: /e/\r\n");
        CHECK(refused.status() == 207);
        CHECK(has(refused, "<D:href>/d/a</D:href><D:status>HTTP/1.1 423 Locked</D:status>"));
    }
    CHECK(site.directory.read("d/a") == "x");
}

TEST_CASE("locked answers: the destination is named where it is locked", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    site.take("/d/a");
    for (const char* method : {"COPY", "MOVE"}) {
        const Answer refused = site.ask(method, "/f", "Destination: /d/a\r\n");
        CHECK(refused.status() == 423);
        CHECK(has(refused, "<D:lock-token-submitted><D:href>/d/a</D:href>"));
    }
}

TEST_CASE("locked answers: browsers get a page", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    site.take("/f");
    const Answer refused = site.put("/f", "x", "Accept: text/html\r\n");
    CHECK(refused.status() == 423);
    CHECK(refused.field("Content-Type").starts_with("text/html"));
}

TEST_CASE("locked answers: what is locked below a destination has its own status", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    site.directory.make_directory("e");
    site.take("/d/a");
    for (const char* method : {"COPY", "MOVE"}) {
        const Answer refused = site.ask(method, "/e/", "Destination: /d\r\n");
        CHECK(refused.status() == 207);
        CHECK(has(refused, "<D:href>/d/a</D:href><D:status>HTTP/1.1 423 Locked</D:status>"));
    }
}

TEST_CASE("locked answers: an entry that the client may not read is not named", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site(support::granting(
        {"/ * read list create replace delete", "/d ann read list create replace", "/d * create replace delete"}));
    site.sign_in("ann");
    site.take("/d/a");
    site.user = nullptr;
    const Answer deleted = site.ask("DELETE", "/d/");
    CHECK(deleted.status() == 423);
    CHECK(has(deleted, "<D:lock-token-submitted><D:href>/d/</D:href>"));
    CHECK_FALSE(has(deleted, "/d/a"));
    const Answer locked = site.lock("/d");
    CHECK(locked.status() == 423);
    CHECK_FALSE(has(locked, "/d/a"));
}
