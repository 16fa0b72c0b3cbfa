// The Destination of a MOVE against the host, the scheme and the endpoints of this server.
#include "site/destinations.h"

#include "support/catch.h"
#include "support/write_answers.h"

using support::AnsweringSite;

namespace {

int move(AnsweringSite& site, const std::string& destination, const std::string& host = "x") {
    site.directory.write("a", "text");
    const std::string head = "MOVE /a HTTP/1.1\r\nHost: " + host + "\r\nDestination: " + destination + "\r\n\r\n";
    return site.send(head, {}, {}, 1).status();
}

}  // namespace

TEST_CASE("destinations: this server's own host and scheme, or a path alone", "[site][move]") {
    AnsweringSite site;
    CHECK(move(site, "/b") == 201);
    CHECK(move(site, "http://x/c") == 201);
    CHECK(move(site, "http://X:80/d") == 201);
    CHECK(move(site, "http://h:4221/e", "h:4221") == 201);
    CHECK(move(site, "http://[::1]/f", "[::1]:80") == 201);
    CHECK(move(site, "http://y/g") == 502);
    CHECK(move(site, "http://x:81/g") == 502);
    CHECK(move(site, "http://x.evil/g") == 502);
    CHECK(move(site, "https://x/g") == 502);
    site.is_secure = true;
    CHECK(move(site, "https://x:443/g") == 201);
    CHECK(move(site, "http://x/h") == 502);
    CHECK(site.directory.has("a"));
}

TEST_CASE("destinations: behind a trusted proxy its host and scheme count", "[site][move]") {
    AnsweringSite site;
    site.client.scheme = http::Client::Scheme::https;
    CHECK(move(site, "https://x/b") == 201);
    CHECK(move(site, "http://x/c") == 502);
}

TEST_CASE("destinations: the files have two addresses, the endpoints are no place for files", "[site][move]") {
    AnsweringSite site;
    site.directory.write("a", "text");
    const auto moved = site.ask("MOVE", "/files/a", "Destination: /files/b%20c\r\n");
    CHECK(moved.status() == 201);
    CHECK(moved.field("Location") == "/files/b%20c");
    CHECK(site.directory.has("b c"));
    for (const std::string endpoint : {"/echo/b", "/healthz", "/user-agent", "/files", "/.godwit/style.css"}) {
        INFO(endpoint);
        CHECK(move(site, endpoint) == 403);
    }
    CHECK(move(site, "/database.txt") == 403);
    CHECK(move(site, "/files/database.txt") == 409);
    CHECK(move(site, "/files/database.txt/x") == 409);
}
