// One new lock: what it is refused beside, and what is left when its client goes.
#include "dav/lock_taking.h"

#include "dav/lock_site.h"
#include "support/catch.h"
#include "support/fake_clock.h"

using support::Answer;

TEST_CASE("lock taking: beside another lock it is refused, and the other one is named", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    REQUIRE(site.lock("/f", "Depth: 0\r\n", "shared").status() == 200);
    CHECK(site.lock("/f", {}, "shared").status() == 200);
    const Answer refused = site.lock("/f");
    CHECK(refused.status() == 423);
    CHECK(has(refused, "<D:no-conflicting-lock><D:href>/f</D:href>"));
}

TEST_CASE("lock taking: a folder in which something is locked is not locked with all below", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    REQUIRE(site.lock("/d/a").status() == 200);
    const Answer refused = site.lock("/d");
    CHECK(refused.status() == 207);
    CHECK(has(refused, "<D:href>/d/a</D:href><D:status>HTTP/1.1 423 Locked</D:status>"));
    CHECK(has(refused, "<D:href>/d/</D:href><D:status>HTTP/1.1 424 Failed Dependency</D:status>"));
    CHECK(site.lock("/d", "Depth: 0\r\n").status() == 200);
}

TEST_CASE("lock taking: a client that goes before the answer leaves no lock", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    support::WriteSite site;
    FakeClock clock;
    storage::Locks locks(*site.root, clock);
    site.parts->locks = &locks;
    handler::WriteRules rules;
    rules.allow_upload = rules.allow_replace = true;
    const support::ParsedRequest request(support::head("LOCK", "/a"));
    auto taking = dav::LockTaking::open(*site.parts, rules, "", *request,
                                        {.lock = {.token = {}, .path = "/a", .user = {}, .owner = {}}, .seconds = 60});
    REQUIRE(taking.has_value());
    CHECK_FALSE((*taking)->advance(support::kWake).has_value());
    CHECK_FALSE(locks.empty());
    taking->reset();
    CHECK(locks.empty());
    CHECK(site.names.empty());
}

TEST_CASE("lock taking: a lock that the disk does not keep is none", "[dav][lock]") {
    support::WriteSite site;
    FakeClock clock;
    storage::Locks locks(*site.root, clock);
    site.parts->locks = &locks;
    site.directory.write("a", "x");
    site.disk.directory_error = EIO;
    handler::WriteRules rules;
    rules.allow_upload = rules.allow_replace = true;
    const support::ParsedRequest request(support::head("LOCK", "/a"));
    auto taking = dav::LockTaking::open(*site.parts, rules, "", *request,
                                        {.lock = {.token = {}, .path = "/a", .user = {}, .owner = {}}, .seconds = 60});
    REQUIRE(taking.has_value());
    CHECK(http::code(support::run(**taking, site.disk).status) == 500);
    CHECK(locks.empty());
}

TEST_CASE("lock taking: of a new name that the disk does not keep it is said that the file is there", "[dav][lock]") {
    support::WriteSite site;
    FakeClock clock;
    storage::Locks locks(*site.root, clock);
    site.parts->locks = &locks;
    site.disk.directory_error = EIO;
    handler::WriteRules rules;
    rules.allow_upload = rules.allow_replace = true;
    const support::ParsedRequest request(support::head("LOCK", "/new"));
    auto taking =
        dav::LockTaking::open(*site.parts, rules, "", *request,
                              {.lock = {.token = {}, .path = "/new", .user = {}, .owner = {}}, .seconds = 60});
    REQUIRE(taking.has_value());
    const http::Response response = support::run(**taking, site.disk);
    CHECK(http::code(response.status) == 500);
    CHECK(response.reason.find("an empty file was made") != std::string_view::npos);
    CHECK(site.directory.has("new"));
    CHECK(locks.empty());
}
