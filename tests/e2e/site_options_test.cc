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

TEST_CASE("site options: a request for another host than the allowed is refused, logged and not carried out",
          "[e2e][site]") {
    Site site({"--allow-all", "--allowed-host", "files.example", "--allowed-host", "::1"});
    const auto ask = [&](const std::string& text) {
        support::RawClient client = site.connect();
        client.send(text);
        const auto answer = client.read_response();
        REQUIRE(answer);
        return *answer;
    };
    CHECK(ask("GET /hello.txt HTTP/1.1\r\nHost: Files.Example:8080\r\n\r\n").status == 200);
    CHECK(ask("GET /hello.txt HTTP/1.1\r\nHost: [::1]:4221\r\n\r\n").status == 200);
    CHECK(ask("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status == 200);
    CHECK(ask("GET /hello.txt HTTP/1.0\r\n\r\n").status == 421);
    const auto rebound =
        ask("POST /new.txt HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n"
            "Sec-Fetch-Site: same-origin\r\nContent-Length: 3\r\n\r\nbad");
    CHECK(rebound.status == 421);
    CHECK(rebound.body.find("host name that was asked for") != std::string::npos);
    CHECK(rebound.body.find("--") == std::string::npos);
    CHECK_FALSE(site.files.has("new.txt"));
    CHECK(site.server.stop() == 0);
    CHECK(site.server.error_text().find("host name that was asked for") != std::string::npos);
    CHECK(site.server.error_text().find("/new.txt") != std::string::npos);
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
