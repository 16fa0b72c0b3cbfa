// The options of web sites on the running server: what only the whole of it shows.
#include "e2e/site.h"

using e2e::Site;

TEST_CASE("site options: a missing favicon leaves no line in the logs", "[e2e][site]") {
    const support::TempDir logs;
    Site site({"--access-log", logs.at("access")});
    const auto icon = site.fetch("GET", "/favicon.ico");
    CHECK(icon.status == 204);
    CHECK(icon.body.empty());
    site.fetch("GET", "/hello.txt");
    REQUIRE(support::eventually([&] { return !support::read_file(logs.at("access")).empty(); }));
    CHECK(support::read_file(logs.at("access")).find("favicon") == std::string::npos);
    CHECK(site.server.error_text().find("favicon") == std::string::npos);
}

TEST_CASE("site options: configured answers reach refusals of the connection, too", "[e2e][site]") {
    Site site({"--header", "X-Frame-Options: DENY", "--error-page", "400=/hello.txt", "--error-page", "413=/hello.txt",
               "--cors", "https://app.example", "--allow-upload", "--max-body", "10"});
    support::RawClient client = site.connect();
    client.send("GET / HTTP/1.1\r\nHost : x\r\n\r\n");
    const auto faulty = client.read_response();
    REQUIRE(faulty);
    CHECK(faulty->status == 400);
    CHECK(faulty->body == "hello, world\n");
    CHECK(faulty->value("X-Frame-Options") == "DENY");
    CHECK(client.ends());
    support::RawClient uploader = site.connect();
    uploader.send(
        "PUT /new HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\nTransfer-Encoding: chunked\r\n\r\n"
        "14\r\n01234567890123456789\r\n0\r\n\r\n");
    const auto refused = uploader.read_response();
    REQUIRE(refused);
    CHECK(refused->status == 413);
    CHECK(refused->body == "hello, world\n");
    CHECK(refused->value("Access-Control-Allow-Origin") == "https://app.example");
}

TEST_CASE("site options: media types are taken from a file, and a wrong line ends the start", "[e2e][site]") {
    const support::TempDir folder;
    folder.write("types", "# ours\ntext/x-notes notes\napplication/x-own txt\n");
    Site site({"--mime-types", folder.at("types")});
    site.files.write("a.notes", "x");
    CHECK(site.fetch("GET", "/a.notes").value("Content-Type") == "text/x-notes; charset=utf-8");
    CHECK(site.fetch("GET", "/hello.txt").value("Content-Type") == "application/x-own");
    CHECK(site.fetch("GET", "/").value("Content-Type") == "text/html; charset=utf-8");
    folder.write("wrong", "text/html html\nnotes text/x-notes\n");
    const auto ended =
        support::run_command({support::godwit_program(), "--test", "--mime-types", folder.at("wrong"), folder.path()});
    CHECK(ended.status == 1);
    CHECK(ended.errors == "godwit: " + folder.at("wrong") +
                              ", line 2: \"notes\" is no media type: a line is a type and its extensions, as in "
                              "\"text/html html htm\"\n");
}
