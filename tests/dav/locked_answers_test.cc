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
