// Every door of a write, and what stays behind each.
#include "uploads/write_gate.h"

#include <unistd.h>

#include <string>

#include "support/catch.h"
#include "support/write_answers.h"
#include "uploads/form_posts.h"

using support::AnsweringSite;
using uploads::WriteGate;

namespace {

using enum WriteGate::Named;

site::SiteConfig only_uploads() {
    site::SiteConfig config;
    config.allow_upload = true;
    return config;
}

std::string form_of(std::string_view name, std::string_view content) {
    return std::string("--B\r\nContent-Disposition: form-data; name=f; filename=\"")
        .append(name)
        .append("\"\r\n\r\n")
        .append(content)
        .append("\r\n--B--\r\n");
}

int post_form(AnsweringSite& site, std::string_view target, std::string_view name) {
    return site.upload("POST", target, form_of(name, "new"), "Content-Type: multipart/form-data; boundary=B\r\n")
        .status();
}

int post_named(AnsweringSite& site, std::string_view target, std::string_view name) {
    return site
        .upload("POST", target, "new", "Content-Disposition: attachment; filename=\"" + std::string(name) + "\"\r\n")
        .status();
}

int make_directory(AnsweringSite& site, std::string_view target, std::string_view name) {
    return site
        .upload("POST", std::string(target) + "?mkcol", "name=" + std::string(name),
                "Content-Type: application/x-www-form-urlencoded\r\n")
        .status();
}

}  // namespace

TEST_CASE("write gate: what is wanted is done, but nothing is replaced without the right to", "[uploads][gate]") {
    const AnsweringSite site(only_uploads());
    handler::WriteRules rules;
    rules.allow_upload = true;
    CHECK(WriteGate(rules, *site.root, {}).admit_file("/a", storage::OnConflict::replace, by_request) ==
          uploads::Admission{storage::OnConflict::keep_content});
    CHECK(WriteGate(rules, *site.root, {}).admit_file("/a", storage::OnConflict::rename, in_passing) ==
          uploads::Admission{storage::OnConflict::rename});
    rules.allow_replace = true;
    CHECK(WriteGate(rules, *site.root, {}).admit_file("/a", storage::OnConflict::replace, in_passing) ==
          uploads::Admission{storage::OnConflict::replace});
    CHECK(WriteGate(rules, *site.root, {}).admit_file("/.a", storage::OnConflict::replace, in_passing).error().status ==
          http::Status::forbidden);
    CHECK(WriteGate(rules, *site.root, {}).find_removal_fault("/a", by_request).has_value());
}

TEST_CASE("write gate: the rules for a path hold behind links, too", "[uploads][gate]") {
    AnsweringSite site;
    site.directory.write(".well-known/a", "old");
    site.directory.write(".secret/s.txt", "old");
    site.directory.write("database.txt", "");
    for (const char* const target : {".well-known", ".secret", "."}) {
        const std::string name = std::string("link") + target;
        REQUIRE(::symlink(target, site.directory.at(name).c_str()) == 0);
    }
    for (const std::string_view directory : {"/link.well-known/", "/files/link.well-known/", "/link./.well-known/",
                                             "/link./link.well-known/", "/link.secret/"}) {
        INFO(directory);
        CHECK(site.put(std::string(directory) + "b", "new").status() == 403);
        CHECK(site.put(std::string(directory) + "new/b", "new").status() == 403);
        CHECK(post_form(site, directory, "b") == 403);
        CHECK(post_named(site, directory, "b") == 403);
        CHECK(make_directory(site, directory, "b") == 403);
        CHECK(site.ask("MKCOL", std::string(directory) + "b").status() == 403);
    }
    CHECK(site.ask("DELETE", "/link.well-known/a").status() == 403);
    CHECK(site.ask("DELETE", "/link.secret/s.txt").status() == 404);
    CHECK(post_form(site, "/link./", "database.txt") == 409);
    CHECK(post_named(site, "/link./", "database.txt") == 409);
    CHECK(site.ask("MKCOL", "/link./database.txt/").status() == 409);
    CHECK(site.directory.read(".well-known/a") == "old");
    for (const char* const name : {".well-known/b", ".well-known/new", ".secret/b", ".secret/new"}) {
        CAPTURE(name);
        CHECK(::access(site.directory.at(name).c_str(), F_OK) != 0);
    }
    CHECK(site.put("/link./x.txt", "new").status() == 201);  // where no rule speaks against it
    // The link itself is a name like another.
    CHECK(site.ask("DELETE", "/link.secret").status() == 204);
    CHECK(site.directory.read(".secret/s.txt") == "old");
}

TEST_CASE("write gate: a sidecar of the file of records is written by no way in", "[uploads][gate]") {
    AnsweringSite site;
    site.directory.write("database.txt", "");
    site.directory.write("other", "old");
    CHECK(site.put("/database.txt.gz", "new").status() == 409);
    CHECK(site.put("/files/database.txt.br", "new").status() == 409);
    CHECK(post_form(site, "/", "database.txt.gz") == 409);
    CHECK(post_named(site, "/", "database.txt.gz") == 409);
    CHECK(site.ask("COPY", "/other", "Destination: /database.txt.zst\r\n").status() == 409);
    CHECK(site.ask("MOVE", "/other", "Destination: /database.txt.zst\r\n").status() == 409);
    CHECK(site.put("/database.txt.bz2", "new").status() == 201);
}

TEST_CASE("write gate: uploading is not overwriting, whatever the way in", "[uploads][gate]") {
    AnsweringSite site(only_uploads());
    site.directory.write("a.txt", "old");
    site.directory.write("empty.txt", "");
    const auto refused = site.put("/a.txt", "new");
    CHECK(refused.status() == 403);
    CHECK(refused.before_body);
    CHECK(refused.body().find("choose another name") != std::string::npos);
    CHECK(site.put("/files/a.txt", "new").status() == 403);
    CHECK(site.put("/x/../a.txt", "new").status() == 403);
    CHECK(site.put_chunked("/a.txt", "new").status() == 403);
    CHECK(site.upload("POST", "/a.txt", "new").status() == 403);
    CHECK(site.put("/a.txt", "new", "Upload-Complete: ?1\r\n").status() == 403);
    CHECK(site.put("/a.txt", "n", "Upload-Complete: ?0\r\n").status() == 403);
    CHECK(post_named(site, "/", "a.txt") == 409);
    CHECK(post_form(site, "/", "a.txt") == 409);
    CHECK(site.directory.read("a.txt") == "old");
    CHECK(site.put("/empty.txt", "filled").status() == 204);
    CHECK(site.put("/b.txt", "new").status() == 201);
    site::SiteConfig replacing_forms = only_uploads();
    replacing_forms.on_conflict = storage::OnConflict::replace;
    AnsweringSite forms(replacing_forms);
    forms.directory.write("a.txt", "old");
    CHECK(post_form(forms, "/", "a.txt") == 403);
    CHECK(post_named(forms, "/", "a.txt") == 403);
    CHECK(forms.directory.read("a.txt") == "old");
}

TEST_CASE("write gate: a file that appears during an upload stays, too", "[uploads][gate]") {
    AnsweringSite site(only_uploads());
    const support::ParsedRequest request(support::head("PUT", "/late.txt", "Content-Length: 3\r\n"));
    auto decision = site.site->handle(*request);
    site.directory.write("late.txt", "first");
    CHECK(support::settle(std::move(decision), "new", {}, 3, *site.disk).status() == 403);
    CHECK(site.directory.read("late.txt") == "first");
}

TEST_CASE("write gate: the coded form beside a file counts as that file", "[uploads][gate]") {
    AnsweringSite site(only_uploads());
    site.directory.write("page.html", "<p>true</p>");
    for (const std::string_view suffix : {".gz", ".br", ".zst", ".deflate"}) {
        const std::string name = "page.html" + std::string(suffix);
        INFO(name);
        CHECK(site.put("/" + name, "evil").status() == 403);
        CHECK(site.put("/files/" + name, "evil").status() == 403);
        CHECK(site.put("/" + name, "e", "Upload-Complete: ?0\r\n").status() == 403);
        CHECK(post_named(site, "/", name) == 409);
        CHECK(post_form(site, "/", name) == 409);
        CHECK_FALSE(site.directory.has(name));
        CHECK(site.put("/other" + std::string(suffix), "x").status() == 201);
    }
    site::SiteConfig renaming = only_uploads();
    renaming.on_conflict = storage::OnConflict::rename;
    AnsweringSite renames(renaming);
    renames.directory.write("page.html", "<p>true</p>");
    CHECK(post_named(renames, "/", "page.html.gz") == 201);
    CHECK_FALSE(renames.directory.has("page.html.gz"));
    AnsweringSite all;
    all.directory.write("page.html", "<p>true</p>");
    CHECK(all.put("/page.html.gz", "x").status() == 201);
}

TEST_CASE("write gate: nothing takes the name of the records' file in passing", "[uploads][gate]") {
    for (const auto& config : {only_uploads(), AnsweringSite::all_allowed()}) {
        AnsweringSite site(config);
        CHECK(site.ask("MKCOL", "/files/database.txt").status() == 409);
        CHECK(site.ask("MKCOL", "/files/database.txt/").status() == 409);
        CHECK(site.put("/files/database.txt/x", "x").status() == 409);
        CHECK(make_directory(site, "/", "database.txt") == 409);
        CHECK(post_form(site, "/files/database.txt/", "x") != 201);
        CHECK(post_form(site, "/", "database.txt") == 409);
        CHECK(post_named(site, "/", "database.txt") == 409);
        CHECK_FALSE(site.directory.has("database.txt"));
    }
    AnsweringSite uploads(only_uploads());
    CHECK(uploads.put("/files/database.txt", "not records").status() == 409);
    AnsweringSite all;
    CHECK(all.put("/files/database.txt", "id=1&a=1\n").status() == 201);
}
