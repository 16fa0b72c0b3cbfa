// LOCK and UNLOCK through the site, and every way to change what is locked.
#include "dav/locking.h"

#include "dav/lock_site.h"
#include "dav/properties.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/no_descriptors.h"

using support::Answer;

TEST_CASE("locking: a file is locked, told of, written to with the token, and unlocked", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    const Answer locked = site.lock("/f", "Timeout: Second-60\r\n", "exclusive", "me");
    REQUIRE(locked.status() == 200);
    CHECK(has(locked, "<D:owner>me</D:owner><D:timeout>Second-"));
    CHECK(has(locked, "<D:depth>infinity</D:depth>"));
    CHECK(locked.changes.empty());
    const std::string token = locked.field("Lock-Token");
    REQUIRE(token.starts_with("<urn:uuid:"));
    const Answer refused = site.put("/f", "other");
    CHECK(refused.status() == 423);
    CHECK(refused.before_body);
    CHECK(has(refused, "<D:lock-token-submitted><D:href>/f</D:href>"));
    CHECK(site.put("/f", "mine", LockSite::with(token)).status() == 204);
    CHECK(site.directory.read("f") == "mine");
    const Answer found =
        site.upload("PROPFIND", "/f", "<propfind xmlns='DAV:'><prop><lockdiscovery/><supportedlock/></prop></propfind>",
                    "Depth: 0\r\n");
    CHECK(has(found, token.substr(1, token.size() - 2)));
    CHECK(has(found, "<D:lockentry><D:lockscope><D:shared/>"));
    CHECK(site.ask("UNLOCK", "/f", LockSite::lock_token(token)).status() == 204);
    CHECK(site.put("/f", "other").status() == 204);
    CHECK(site.ask("UNLOCK", "/f", LockSite::lock_token(token)).status() == 409);
}

TEST_CASE("locking: where nothing is an empty file comes to be", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    const Answer locked = site.lock("/new");
    CHECK(locked.status() == 201);
    REQUIRE(locked.changes.size() == 1);
    CHECK(locked.changes[0].action == http::Change::Action::create);
    CHECK(site.directory.read("new").empty());
    CHECK(site.put("/new", "x").status() == 423);
    CHECK(site.lock("/none/new").status() == 409);
    CHECK(site.lock("/new/").status() == 409);
    CHECK(site.lock("/.new").status() == 403);
    CHECK(site.lock("/").status() == 403);
}

TEST_CASE("locking: every way to change a locked name is refused", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    const std::string token = site.take("/f");
    const std::string folder = site.take("/d");
    const std::string to_f = "Destination: /f\r\n";
    const std::string to_d = "Destination: /d/new\r\n";
    site.directory.write("g", "x");
    for (const auto& [method, target, fields] :
         std::vector<std::array<std::string, 3>>{{"DELETE", "/f", ""},
                                                 {"MOVE", "/f", "Destination: /h\r\n"},
                                                 {"MOVE", "/g", to_f},
                                                 {"MOVE", "/g", to_d},
                                                 {"COPY", "/g", to_f},
                                                 {"COPY", "/g", to_d},
                                                 {"COPY", "/d/", "Destination: /d2/\r\n"},
                                                 {"MKCOL", "/d/sub", ""},
                                                 {"DELETE", "/d/", ""},
                                                 {"DELETE", "/d/a", ""},
                                                 {"MOVE", "/d/", "Destination: /e/\r\n"},
                                                 {"MOVE", "/d/a", "Destination: /e\r\n"}}) {
        CAPTURE(method, target, fields);
        const bool is_copy_of_folder = method == "COPY" && target == "/d/";
        CHECK(site.ask(method, target, fields).status() == (is_copy_of_folder ? 201 : 423));
    }
    CHECK(site.put("/d/new", "x").status() == 423);
    CHECK(site.upload("POST", "/d/", "x").status() == 423);
    CHECK(support::by_form(site, "/", "delete", "name=f") == 423);
    CHECK(support::by_form(site, "/", "mkcol", "name=x") == 201);
    CHECK(support::by_form(site, "/d/", "mkcol", "name=x") == 423);
    CHECK(site.upload("PROPPATCH", "/f",
                      "<propertyupdate xmlns='DAV:'><set><prop><x xmlns='u'/></prop></set></propertyupdate>")
              .status() == 423);
    CHECK(site.directory.read("f") == "x");
    CHECK(site.ask("COPY", "/g", to_f + "If: </f> (" + token + ")\r\n").status() == 204);
    CHECK(site.ask("MKCOL", "/d/sub", "If: </d/> (" + folder + ")\r\n").status() == 201);
    CHECK(site.ask("DELETE", "/f", LockSite::with(token)).status() == 204);
    CHECK(site.put("/f", "x").status() == 201);
}

TEST_CASE("locking: a lock that comes while a body is on its way is respected", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    site.arrivals.latest++;
    const support::ParsedRequest request(support::head("PUT", "/f", "Content-Length: 3\r\n"));
    auto decision = site.site->handle(*request);
    REQUIRE(std::holds_alternative<std::unique_ptr<http::BodySink>>(decision));
    site.take("/f");
    const Answer late = support::settle(std::move(decision), "new", {}, 3, *site.disk);
    CHECK(late.status() == 423);
    CHECK(site.directory.read("f") == "x");
}

TEST_CASE("locking: a condition on a lock whose time is over does not hold", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    const std::string token = site.take("/f");
    site.ask("UNLOCK", "/f", LockSite::lock_token(token));
    CHECK(site.put("/f", "y", LockSite::with(token)).status() == 412);
    CHECK(site.put("/f", "y", "If: (Not <DAV:no-lock>)\r\n").status() == 204);
    CHECK(site.put("/f", "y", "If: nothing\r\n").status() == 400);
    CHECK(site.put("/f", "y", "If: <http://elsewhere/f> (" + token + ")\r\n").status() == 412);
}

TEST_CASE("locking: refreshed without a body, by whoever has the token", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    const std::string token = site.take("/d");
    const Answer refreshed = site.ask("LOCK", "/d/a", LockSite::with(token) + "Timeout: Second-20\r\n");
    CHECK(refreshed.status() == 200);
    CHECK(has(refreshed, "<D:timeout>Second-"));
    CHECK(refreshed.field("Lock-Token").empty());
    CHECK(site.ask("LOCK", "/f", LockSite::with(token)).status() == 412);
    CHECK(site.ask("LOCK", "/d").status() == 400);
    CHECK(site.ask("LOCK", "/d", "Depth: 1\r\n").status() == 400);
    CHECK(site.ask("UNLOCK", "/d").status() == 400);
    CHECK(site.ask("UNLOCK", "/f", LockSite::lock_token(token)).status() == 409);
}

TEST_CASE("locking: a lock is its user's, whoever shows the token", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    site.sign_in("ann");
    const std::string token = site.take("/f");
    site.sign_in("bob");
    CHECK(site.put("/f", "y", LockSite::with(token)).status() == 423);
    CHECK(site.ask("LOCK", "/f", LockSite::with(token)).status() == 412);
    CHECK(site.ask("UNLOCK", "/f", LockSite::lock_token(token)).status() == 403);
    site.sign_in("ann");
    CHECK(site.put("/f", "y", LockSite::with(token)).status() == 204);
}

TEST_CASE("locking: needs the right to write there", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    site::SiteConfig config = LockSite::all_allowed();
    config.allow_replace = false;
    LockSite adding(config);
    CHECK(adding.lock("/f").status() == 403);
    CHECK(adding.lock("/new").status() == 201);
    config.allow_upload = false;
    LockSite reading(config);
    CHECK(reading.lock("/new").status() == 405);
    LockSite dropping(support::granting({"/ * read", "/box * create"}));
    dropping.directory.write("box/a", "x");
    CHECK(dropping.lock("/box/new").status() == 403);
}

TEST_CASE("locking: locks are there after a restart", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    const std::string token = site.take("/f");
    site.start();
    CHECK(site.put("/f", "y").status() == 423);
    CHECK(site.put("/f", "y", LockSite::with(token)).status() == 204);
}

TEST_CASE("locking: without WebDAV there are none", "[dav][lock]") {
    support::AnsweringSite site;
    site.directory.write("f", "x");
    CHECK(site.upload("LOCK", "/f", "<x/>").status() == 501);
    CHECK(site.ask("UNLOCK", "/f").status() == 501);
    CHECK(site.put("/f", "y", "If: nothing\r\n").status() == 204);
    CHECK(site.ask("OPTIONS", "/f").field("DAV").empty());
}

TEST_CASE("locking: OPTIONS tells of class 2 where something may be written", "[dav][lock]") {
    LockSite site;
    CHECK(site.ask("OPTIONS", "/f").field("DAV") == "1, 2");
    CHECK(site.ask("OPTIONS", "/f").field("Allow").find("LOCK, UNLOCK") != std::string::npos);
    LockSite reading{site::SiteConfig{}};
    CHECK(reading.ask("OPTIONS", "/f").field("DAV") == "1");
    CHECK(reading.ask("OPTIONS", "/f").field("Allow").find("LOCK") == std::string::npos);
}

TEST_CASE("locking: the file of records is not locked, but records are where their folder is", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    site::SiteConfig config = LockSite::all_allowed();
    config.records_file = "/d/records.txt";
    LockSite site(config);
    const auto append = [&site](const std::string& fields) {
        return site.upload("POST", "/database.txt", R"({"a":"b"})", "Content-Type: application/json\r\n" + fields);
    };
    CHECK(append("").status() == 201);
    CHECK(site.lock("/d/records.txt").status() == 409);
    const std::string token = site.take("/d");
    CHECK(append("").status() == 423);
    CHECK(append("If: </d/> (" + token + ")\r\n").status() == 201);
}

TEST_CASE("locking: who may only add does not put an empty file in place of a page", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    site::SiteConfig config = LockSite::all_allowed();
    config.allow_replace = false;
    LockSite site(config);
    site.directory.write("page.html", "<p>");
    CHECK(site.lock("/page.html.gz").status() == 403);
    CHECK_FALSE(site.directory.has("page.html.gz"));
    CHECK(site.lock("/other.html.gz").status() == 201);
}

TEST_CASE("locking: a folder is not locked with places of others in it", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site(support::granting({"/ + read list write delete", "/d/ann ann read list write delete"}));
    site.sign_in("bob");
    CHECK(site.lock("/d").status() == 403);
    CHECK(site.lock("/d", "Depth: 0\r\n").status() == 200);
    CHECK(site.lock("/d/a").status() == 200);
}

TEST_CASE("locking: in a drop box every lock is refused in the same words", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site(support::granting({"/ * read list write delete", "/d * create"}));
    const Answer there = site.lock("/d/a");
    CHECK(there.status() == 403);
    const std::string words = there.body();
    for (const std::string target : {"/d/x", "/d/sub/x"}) {
        const Answer absent = site.lock(target);
        CHECK(absent.status() == 403);
        CHECK(absent.body() == words);
    }
}

TEST_CASE("locking: If is a condition that a form and an upload in parts do not keep", "[dav][lock]") {
    LockSite site;
    const std::string never = "If: ([\"other\"])\r\n";
    const std::string form = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\nx\r\n--b--\r\n";
    CHECK(site.upload("POST", "/d/", form, "Content-Type: multipart/form-data; boundary=b\r\n" + never).status() ==
          412);
    CHECK_FALSE(site.directory.has("d/n"));
    CHECK(site.put("/n", "x", "Upload-Complete: ?0\r\nUpload-Draft-Interop-Version: 8\r\n" + never).status() == 400);
}

TEST_CASE("locking: while locks cannot be read nothing is said about them", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    support::WriteSite site;
    FakeClock clock;
    const std::string token =
        storage::Locks(*site.root, clock)
            .grant({.token = {}, .path = "/f", .user = {}, .owner = {}}, 60, http::ClientKey{1, 2})
            ->lock.token;
    site.directory.write("f", "x");
    storage::Locks locks(*site.root, clock);
    site.parts->locks = &locks;
    handler::WriteRules rules;
    rules.allow_upload = rules.allow_replace = true;
    dav::Locking locking(*site.parts, rules, "");
    http::MemoryShare share(1 << 20);
    dav::Properties properties(*site.root, clock, share, rules, {.locks = &locks});
    const support::ParsedRequest unlock(support::head("UNLOCK", "/f", "Lock-Token: <" + token + ">\r\n"));
    const support::ParsedRequest find(support::head("PROPFIND", "/f", "Depth: 0\r\nContent-Length: 72\r\n"));
    constexpr std::string_view kAsked = "<propfind xmlns='DAV:'><prop><lockdiscovery/></prop></propfind>         ";
    const auto ask = [&](const support::ParsedRequest& request) {
        handler::Decision decision = (*request).method == http::Method::unlock ? locking.unlock(*request, "/f")
                                                                               : properties.find(*request, "/f");
        return support::settle(std::move(decision), kAsked, {}, 7, site.disk).status();
    };
    {
        const support::NoDescriptors none;
        REQUIRE((locks.find_unread().has_value() && locks.find_unread().has_value()));
    }
    // They are tried again a second later.
    CHECK(locking.find_unread()->status == http::Status::service_unavailable);
    CHECK(ask(unlock) == 503);
    CHECK(ask(find) == 503);
    clock.advance_ms(2'000);
    CHECK_FALSE(locking.find_unread().has_value());
    CHECK(ask(find) == 207);
    CHECK(ask(unlock) == 204);
}

TEST_CASE("locking: a token is not said to be wrong while it cannot be told what it covers", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    support::WriteSite site;
    FakeClock clock;
    storage::Locks locks(*site.root, clock);
    site.directory.write("d/f", "x");
    const auto granted = locks.grant({.token = {}, .path = "/d/f", .user = {}, .owner = {}}, 60, http::ClientKey{1, 2});
    const std::string token = granted->lock.token;
    site.parts->locks = &locks;
    handler::WriteRules rules;
    rules.allow_upload = rules.allow_replace = true;
    dav::Locking locking(*site.parts, rules, "");
    const support::ParsedRequest unlock(support::head("UNLOCK", "/d/f", "Lock-Token: <" + token + ">\r\n"));
    {
        const support::NoDescriptors none;
        CHECK(http::code(std::get<http::Response>(locking.unlock(*unlock, "/d/f")).status) == 503);
    }
    CHECK(support::settle(locking.unlock(*unlock, "/d/f"), {}, {}, 7, site.disk).status() == 204);
}

TEST_CASE("locking: a lock of a page is in the way of its coded forms", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    LockSite site;
    site.directory.write("page.html", "page");
    const std::string token = site.take("/page.html");
    CHECK(site.put("/page.html.gz", "x").status() == 423);
    CHECK(site.ask("COPY", "/f", "Destination: /page.html.br\r\n").status() == 423);
    CHECK(site.ask("MOVE", "/f", "Destination: /page.html.gz.zst\r\n").status() == 423);
    CHECK(site.put("/page.html.txt", "x").status() == 201);
    CHECK(site.put("/page.html.gz", "x", "If: </page.html> (" + token + ")\r\n").status() == 201);
    CHECK(site.ask("DELETE", "/page.html.gz").status() == 423);
    // A folder has none.
    site.take("/d", "Depth: 0\r\n");
    CHECK(site.put("/d.gz", "x").status() == 201);
}

TEST_CASE("locking: a new name needs the room that every write needs", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    site::SiteConfig config = LockSite::all_allowed();
    config.min_free_bytes = std::uint64_t{1} << 60U;
    LockSite site(config);
    CHECK(site.lock("/new").status() == 507);
    CHECK_FALSE(site.directory.has("new"));
    CHECK(site.lock("/f").status() == 200);
}
