// The program below a path of a proxy: one that passes paths on as they are (--path-prefix), and one that takes its own
// off, for which the addresses in pages are relative.
#include <filesystem>
#include <string>
#include <vector>

#include "e2e/site.h"

using e2e::Site;

namespace {

const std::vector<std::string> kHtml = {"Accept: text/html"};

std::vector<std::string> below(const std::string& prefix) {
    return {"--allow-all", "--path-prefix", prefix, "--durability", "none"};
}

bool has(const support::ClientResponse& answer, const std::string& part) {
    return answer.body.find(part) != std::string::npos;
}

/// Addresses in the page that begin with a slash lead out of the prefix.
bool leads_out(const support::ClientResponse& answer) {
    for (const char* absolute : {"href=\"/", "src=\"/", "action=\"/", "href='/", "url(/"}) {
        if (has(answer, absolute)) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("path prefix: files, pages and what they need are below it, and nothing beside it", "[e2e][prefix]") {
    const Site site(below("/files"));
    CHECK(site.fetch("GET", "/files/hello.txt").body == "hello, world\n");
    CHECK(site.fetch("GET", "/hello.txt").status == 404);
    CHECK(site.fetch("GET", "/").status == 404);
    CHECK(site.fetch("PUT", "/new", {}, "x").status == 404);
    CHECK_FALSE(std::filesystem::exists(site.files.at("new")));
    CHECK(site.fetch("GET", "/files").value("Location") == "/files/");
    CHECK(site.fetch("GET", "/files/docs?a=b").value("Location") == "/files/docs/?a=b");
    const auto page = site.fetch("GET", "/files/list/", kHtml);
    CHECK(page.status == 200);
    CHECK(has(page, "href=\"../.godwit/style.css\""));
    CHECK_FALSE(leads_out(page));
    CHECK(site.fetch("GET", "/files/.godwit/style.css").status == 200);
    CHECK(site.fetch("GET", "/files/.godwit/upload.js").status == 200);
    CHECK(site.fetch("GET", "/files/list/?archive=zip").value("Content-Type") == "application/zip");
    CHECK(site.fetch("GET", "/files/healthz").status == 200);
    CHECK(site.fetch("OPTIONS", "*").status == 204);
}

TEST_CASE("path prefix: what was stored is said to be below it", "[e2e][prefix]") {
    const Site site(below("/files/"));
    CHECK(site.fetch("PUT", "/files/a b.txt", {}, "x").status == 400);
    CHECK(site.fetch("PUT", "/files/a%20b.txt", {}, "x").value("Location") == "/files/a%20b.txt");
    CHECK(site.files.read("a b.txt") == "x");
    CHECK(site.fetch("MKCOL", "/files/new/").value("Location") == "/files/new/");
    const std::string form = "--b\r\nContent-Disposition: form-data; name=f; filename=f.txt\r\n\r\nx\r\n--b--\r\n";
    const std::string type = "Content-Type: multipart/form-data; boundary=b";
    const auto sent = site.fetch("POST", "/files/new/", {type, "Accept: text/html"}, form);
    CHECK(sent.status == 303);
    CHECK(sent.value("Location") == "/files/new/");
    const auto again = site.fetch("POST", "/files/new/", {type, "Accept: text/html"}, form);
    CHECK(again.status == 409);
    CHECK_FALSE(leads_out(again));
    const auto record = site.fetch("POST", "/files/database.txt",
                                   {"Content-Type: application/x-www-form-urlencoded", "Accept: text/html"}, "a=b");
    CHECK(record.status == 201);
    CHECK(record.value("Location") == "/files/database.txt/1");
    CHECK(has(record, "href=\"./database.txt/1\""));
    CHECK_FALSE(leads_out(record));
    CHECK_FALSE(leads_out(site.fetch("GET", "/files/database.txt", kHtml)));
}

TEST_CASE("path prefix: an upload is resumed at the address that its first answer names", "[e2e][prefix]") {
    const Site site(below("/files"));
    const std::vector<std::string> draft = {"Upload-Draft-Interop-Version: 8"};
    auto fields = draft;
    fields.insert(fields.end(), {"Upload-Complete: ?0", "Upload-Length: 5"});
    const auto begun = site.fetch("PUT", "/files/film", fields, "abc");
    const std::string address = begun.value("Location");
    REQUIRE(address.starts_with("/files/.godwit/uploads/"));
    CHECK(site.fetch("HEAD", address, draft).value("Upload-Offset") == "3");
    fields = draft;
    fields.insert(fields.end(),
                  {"Content-Type: application/partial-upload", "Upload-Offset: 3", "Upload-Complete: ?1"});
    CHECK(site.fetch("PATCH", address, fields, "de").status == 201);
    CHECK(site.files.read("film") == "abcde");
    // The interim response that tells a client early has it, too.
    auto client = site.connect();
    client.send(support::request("PUT", "/files/other",
                                 {"Upload-Draft-Interop-Version: 8", "Upload-Complete: ?1", "Content-Length: 5"}) +
                "ab");
    while (client.received().find("\r\n\r\n") == std::string::npos) {
        REQUIRE(client.receive(5000) == support::ReadEnd::bytes);
    }
    CHECK(client.received().starts_with("HTTP/1.1 104 "));
    CHECK(client.received().find("\r\nLocation: /files/.godwit/uploads/") != std::string::npos);
}

TEST_CASE("path prefix: behind a proxy that takes it off no page leads out of it", "[e2e][prefix]") {
    // What such a proxy would ask: the paths without its prefix. The answers have to be right below any.
    const Site site({"--allow-all", "--durability", "none"});
    for (const char* path : {"/list/", "/files/list/", "/database.txt"}) {
        CAPTURE(path);
        const auto page = site.fetch("GET", path, kHtml);
        CHECK(page.status == 200);
        CHECK_FALSE(leads_out(page));
    }
    CHECK(has(site.fetch("GET", "/files/list/", kHtml), "href=\"../.godwit/style.css\""));
    CHECK(site.fetch("GET", "/files/.godwit/style.css").status == 200);
}

TEST_CASE("path prefix: one that is no path is refused with what is right", "[e2e][prefix]") {
    const support::TempDir folder;
    for (const char* wrong : {"files", "/", "", "/a//b", "/a/../b", "https://host/files"}) {
        CAPTURE(wrong);
        const auto ended = support::run_command({support::godwit_program(), "--path-prefix", wrong, folder.path()});
        CHECK(ended.status == 2);
        CHECK(ended.errors.find("a path that begins with /") != std::string::npos);
    }
}
