// What the server answers, row by row of the table in docs/http.md, as a client of one request sees it.
#include <sys/stat.h>

#include "e2e/site.h"

using e2e::Site;

TEST_CASE("answers: the root is its index file, for GET and HEAD", "[e2e][answers]") {
    Site site;
    const auto get = site.fetch("GET", "/");
    CHECK(get.status == 200);
    CHECK(get.body == "<p>front</p>\n");
    CHECK(get.value("Content-Type") == "text/html; charset=utf-8");
    const auto head = site.fetch("HEAD", "/");
    CHECK(head.status == 200);
    CHECK(head.value("Content-Length") == "13");
    CHECK(head.value("ETag") == get.value("ETag"));
    CHECK(site.server.stop() == 0);
}

TEST_CASE("answers: a root without an index file is a listing", "[e2e][answers]") {
    Site site;
    std::remove(site.files.at("index.html").c_str());
    const auto listing = site.fetch("GET", "/");
    CHECK(listing.status == 200);
    CHECK(listing.value("Content-Type") == "text/html; charset=utf-8");
    CHECK(listing.body.find("hello.txt") != std::string::npos);
    CHECK(listing.body.find("docs/") != std::string::npos);
}

TEST_CASE("answers: without listings a directory without an index file is refused", "[e2e][answers]") {
    Site site({"--no-listing"});
    const auto refused = site.fetch("GET", "/list/");
    CHECK((refused.status == 403 || refused.status == 404));
}

TEST_CASE("answers: a file has its type, length, validators and accepts ranges", "[e2e][answers]") {
    Site site;
    const auto get = site.fetch("GET", "/hello.txt");
    CHECK(get.status == 200);
    CHECK(get.body == "hello, world\n");
    CHECK(get.value("Content-Type") == "text/plain; charset=utf-8");
    CHECK(get.value("Content-Length") == "13");
    CHECK(get.has("Last-Modified"));
    CHECK(get.has("ETag"));
    CHECK(get.has("Date"));
    CHECK(get.value("Accept-Ranges") == "bytes");
    const auto head = site.fetch("HEAD", "/hello.txt");
    CHECK(head.status == 200);
    for (const char* name : {"Content-Type", "Content-Length", "Last-Modified", "ETag", "Accept-Ranges"}) {
        INFO(name);
        CHECK(head.value(name) == get.value(name));
    }
}

TEST_CASE("answers: one range is 206, a range beyond the end 416", "[e2e][answers]") {
    Site site;
    const auto part = site.fetch("GET", "/big.bin", {"Range: bytes=1000000-1999999"});
    CHECK(part.status == 206);
    CHECK(part.value("Content-Range") == "bytes 1000000-1999999/3000000");
    CHECK(part.body == support::noise(3'000'000).substr(1'000'000, 1'000'000));
    const auto beyond = site.fetch("GET", "/big.bin", {"Range: bytes=3000000-"});
    CHECK(beyond.status == 416);
    CHECK(beyond.value("Content-Range") == "bytes */3000000");
}

TEST_CASE("answers: a known tag or date is 304", "[e2e][answers]") {
    Site site;
    const auto get = site.fetch("GET", "/hello.txt");
    const auto by_tag = site.fetch("GET", "/hello.txt", {"If-None-Match: " + get.value("ETag")});
    CHECK(by_tag.status == 304);
    CHECK(by_tag.value("ETag") == get.value("ETag"));
    const auto by_date = site.fetch("GET", "/hello.txt", {"If-Modified-Since: " + get.value("Last-Modified")});
    CHECK(by_date.status == 304);
}

TEST_CASE("answers: a directory without the slash is redirected, its query kept", "[e2e][answers]") {
    Site site;
    const auto redirect = site.fetch("GET", "/docs?a=1&b");
    CHECK(redirect.status == 301);
    CHECK(redirect.value("Location") == "/docs/?a=1&b");
}

TEST_CASE("answers: a missing file is 404 with a short body", "[e2e][answers]") {
    Site site;
    const auto missing = site.fetch("GET", "/nothing");
    CHECK(missing.status == 404);
    CHECK(!missing.body.empty());
    CHECK(missing.body.size() < 2000);
    CHECK(missing.value("Content-Type").starts_with("text/"));
    // What the client sent never stands in a page unescaped.
    CHECK(site.fetch("GET", "/%3Cscript%3Ealert(1)%3C/script%3E").body.find("<script>") == std::string::npos);
}

TEST_CASE("answers: echo and user-agent give text back, for GET and HEAD", "[e2e][answers]") {
    Site site;
    const auto echo = site.fetch("GET", "/echo/caf%C3%A9%20au%20lait");
    CHECK(echo.status == 200);
    CHECK(echo.value("Content-Type") == "text/plain; charset=utf-8");
    CHECK(echo.body == "caf\xc3\xa9 au lait");
    const auto head = site.fetch("HEAD", "/echo/abc");
    CHECK(head.status == 200);
    CHECK(head.value("Content-Length") == "3");
    CHECK(site.fetch("GET", "/user-agent", {"User-Agent: tester/2 (x)"}).body == "tester/2 (x)");
    CHECK(site.fetch("HEAD", "/user-agent", {"User-Agent: abcd"}).value("Content-Length") == "4");
}

TEST_CASE("answers: without the built-in endpoints their paths are files like others", "[e2e][answers]") {
    Site site({"--allow-all", "--no-builtin"});
    CHECK(site.fetch("GET", "/echo/abc").status == 404);
    CHECK(site.fetch("GET", "/user-agent").status == 404);
}

TEST_CASE("answers: a file named like a built-in endpoint wins over it", "[e2e][answers]") {
    support::TempDir files;
    files.write("user-agent", "a file\n");
    files.write("echo/x", "another\n");
    support::ServerProcess server({.directory = files.path()});
    CHECK(support::fetch(server.port(), "GET", "/user-agent").body == "a file\n");
    CHECK(support::fetch(server.port(), "GET", "/echo/x").body == "another\n");
    CHECK(support::fetch(server.port(), "GET", "/echo/y").status == 404);
    CHECK((server.output_text() + server.error_text()).find("echo") != std::string::npos);
}

TEST_CASE("answers: /files/ holds the same files as the root", "[e2e][answers]") {
    Site site;
    CHECK(site.fetch("GET", "/files/hello.txt").body == "hello, world\n");
    CHECK(site.fetch("HEAD", "/files/hello.txt").value("Content-Length") == "13");
    CHECK(site.fetch("PUT", "/files/new.txt", {}, "new").status == 201);
    CHECK(site.fetch("GET", "/new.txt").body == "new");
    CHECK(site.fetch("DELETE", "/files/new.txt").status == 204);
    CHECK(!site.files.has("new.txt"));
}

TEST_CASE("answers: PUT is 201 with Location, then 204", "[e2e][answers]") {
    Site site;
    const auto created = site.fetch("PUT", "/a/b/new%20file.txt", {}, "one");
    CHECK(created.status == 201);
    CHECK(created.value("Location") == "/a/b/new%20file.txt");
    CHECK(site.files.read("a/b/new file.txt") == "one");
    const auto replaced = site.fetch("PUT", "/a/b/new%20file.txt", {}, "two");
    CHECK(replaced.status == 204);
    CHECK(site.files.read("a/b/new file.txt") == "two");
}

TEST_CASE("answers: PUT writes a new file and renames: an open reader keeps the old one", "[e2e][answers]") {
    Site site;
    struct stat before{};
    REQUIRE(::stat(site.files.at("hello.txt").c_str(), &before) == 0);
    CHECK(site.fetch("PUT", "/hello.txt", {}, "changed").status == 204);
    struct stat after{};
    REQUIRE(::stat(site.files.at("hello.txt").c_str(), &after) == 0);
    CHECK(before.st_ino != after.st_ino);
    CHECK((before.st_mode & 07777) == (after.st_mode & 07777));
}

TEST_CASE("answers: POST below /files/ stores, and says when it replaced", "[e2e][answers]") {
    Site site;
    CHECK(site.fetch("POST", "/files/note.txt", {}, "one").status == 201);
    const int again = site.fetch("POST", "/files/note.txt", {}, "two").status;
    CHECK((again == 200 || again == 204));
    CHECK(site.files.read("note.txt") == "two");
}

TEST_CASE("answers: DELETE of files and directories", "[e2e][answers]") {
    Site site;
    CHECK(site.fetch("DELETE", "/hello.txt").status == 204);
    CHECK(!site.files.has("hello.txt"));
    CHECK(site.fetch("DELETE", "/hello.txt").status == 404);
    site.files.make_directory("hollow");
    CHECK(site.fetch("DELETE", "/hollow/").status == 204);
    CHECK(!site.files.has("hollow"));
    CHECK(site.fetch("DELETE", "/docs/").status == 409);
    CHECK(site.files.has("docs/index.html"));
}

TEST_CASE("answers: writing that is not allowed is 405 with a truthful Allow", "[e2e][answers]") {
    Site site(std::vector<std::string>{});
    for (const char* method : {"PUT", "DELETE", "PATCH"}) {
        INFO(method);
        const auto refused = site.fetch(method, "/hello.txt", {}, "");
        CHECK(refused.status == 405);
        CHECK(refused.value("Allow").find("GET") != std::string::npos);
        CHECK(refused.value("Allow").find("HEAD") != std::string::npos);
        CHECK(refused.value("Allow").find("PUT") == std::string::npos);
        CHECK(refused.value("Allow").find("DELETE") == std::string::npos);
    }
    CHECK(site.files.read("hello.txt") == "hello, world\n");
}

TEST_CASE("answers: uploads alone do not allow deletes, deletes alone no uploads", "[e2e][answers]") {
    {
        Site site({"--allow-upload"});
        CHECK(site.fetch("DELETE", "/hello.txt").status == 405);
        CHECK(site.fetch("PUT", "/new.txt", {}, "x").status == 201);
        const std::string allow = site.fetch("OPTIONS", "/hello.txt").value("Allow");
        CHECK(allow.find("PUT") != std::string::npos);
        CHECK(allow.find("DELETE") == std::string::npos);
    }
    Site site({"--allow-delete"});
    CHECK(site.fetch("PUT", "/new.txt", {}, "x").status == 405);
    CHECK(site.fetch("DELETE", "/hello.txt").status == 204);
}

TEST_CASE("answers: unknown methods, versions and long targets", "[e2e][answers]") {
    Site site;
    CHECK(site.fetch("FROBNICATE", "/hello.txt").status == 501);
    auto client = site.connect();
    client.send("GET / HTTP/3.0\r\nHost: a\r\n\r\n");
    const auto version = client.read_response();
    REQUIRE(version);
    CHECK(version->status == 505);
    CHECK(site.fetch("GET", "/" + std::string(9000, 'a')).status == 414);
}

TEST_CASE("answers: OPTIONS says truthfully what is allowed", "[e2e][answers]") {
    Site site;
    for (const char* target : {"*", "/hello.txt"}) {
        INFO(target);
        const auto options = site.fetch("OPTIONS", target);
        CHECK(options.status == 204);
        CHECK(options.body.empty());
        CHECK(!options.has("Content-Length"));
        for (const char* method : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}) {
            CHECK(options.value("Allow").find(method) != std::string::npos);
        }
    }
    const std::string echo = site.fetch("OPTIONS", "/echo/x").value("Allow");
    CHECK(echo.find("GET") != std::string::npos);
    CHECK(echo.find("DELETE") == std::string::npos);
    const auto refused = site.fetch("DELETE", "/echo/x");
    CHECK(refused.status == 405);
    CHECK(refused.value("Allow") == echo);
}

TEST_CASE("answers: gzip streams first and then has a length, the bytes are the same", "[e2e][answers]") {
    Site site;
    std::string page;
    for (int i = 0; i < 3000; ++i) page += "<p>paragraph " + std::to_string(i * i) + "</p>\n";
    site.files.write("page.html", page);
    support::pause_ms(30);  // of a younger file no coded form is kept
    const auto plain = site.fetch("GET", "/page.html");
    const auto first = site.fetch("GET", "/page.html", {"Accept-Encoding: gzip"});
    CHECK(first.status == 200);
    CHECK(first.whole);
    CHECK(first.value("Content-Encoding") == "gzip");
    CHECK(first.body.size() < page.size() / 2);
    CHECK(first.value("ETag") != plain.value("ETag"));
    const auto second = site.fetch("GET", "/page.html", {"Accept-Encoding: gzip"});
    CHECK(second.body == first.body);
    CHECK(second.value("ETag") == first.value("ETag"));
    CHECK(second.value("Content-Length") == std::to_string(first.body.size()));
    const auto head = site.fetch("HEAD", "/page.html", {"Accept-Encoding: gzip"});
    CHECK(head.value("Content-Length") == second.value("Content-Length"));
    CHECK(head.value("ETag") == second.value("ETag"));
    const auto known =
        site.fetch("GET", "/page.html", {"Accept-Encoding: gzip", "If-None-Match: " + first.value("ETag")});
    CHECK(known.status == 304);
    CHECK(known.value("ETag") == first.value("ETag"));
}
