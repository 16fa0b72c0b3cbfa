// Where signing in comes first (--auth-prompt): no way to such a path passes it by, and who signed in is not hindered.
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/granting.h"

namespace {

using support::AnsweringSite;

constexpr std::string_view kNames = "Content-Type: application/x-www-form-urlencoded\r\n";
constexpr std::string_view kFiles = "Content-Type: multipart/form-data; boundary=b\r\n";

/// Anybody may do everything, but nothing without signing in at three paths.
site::SiteConfig rules() {
    site::SiteConfig config =
        support::granting({"/ * read list write delete"}, {"/pub/secret", "/pub/page.html", "/pub/new"});
    config.signs_in = true;
    config.on_conflict = storage::OnConflict::replace;
    return config;
}

void fill(const AnsweringSite& site) {
    site.directory.write("pub/secret/bill.txt", "hidden words");
    site.directory.write("pub/page.html", "page");
    site.directory.write("pub/page.html.gz", "packed");
    site.directory.write("pub/open.txt", "open");
}

std::shared_ptr<const http::User> alice() { return std::make_shared<const http::User>(http::User{"alice", {}}); }

struct Way {
    std::string_view method;
    std::string_view target;
    std::string_view fields;
    std::string_view body;
};

/// Each names something at or below a prompt.
constexpr auto kWays = std::to_array<Way>({
    {"GET", "/pub/secret/bill.txt", "", ""},
    {"GET", "/files/pub/secret/", "", ""},
    {"PUT", "/pub/secret/new", "", "x"},
    {"PUT", "/pub/new", "", "x"},
    {"PUT", "/pub/page.html.br", "", "x"},
    {"GET", "/pub/page.html.gz", "", ""},
    {"OPTIONS", "/pub/secret/", "", ""},
    {"POST", "/pub/?copy", kNames, "name=secret&to=c"},
    {"POST", "/pub/?copy", kNames, "name=open.txt&to=secret/"},
    {"POST", "/pub/?copy", kNames, "name=open.txt&to=new"},
    {"POST", "/pub/?move", kNames, "name=secret&to=c"},
    {"POST", "/pub/?move", kNames, "name=page.html&to=p"},
    {"POST", "/pub/?move", kNames, "name=open.txt&to=secret/"},
    {"POST", "/pub/?delete", kNames, "name=secret&depth=infinity"},
    {"POST", "/pub/?delete", kNames, "name=page.html.gz"},
    {"POST", "/pub/?mkcol", kNames, "name=new"},
    {"POST", "/pub/", kFiles, "--b\r\nContent-Disposition: form-data; name=f; filename=\"new\"\r\n\r\nx\r\n--b--\r\n"},
    {"POST", "/pub/", "Content-Disposition: attachment; filename=\"new\"\r\n", "x"},
    {"COPY", "/pub/open.txt", "Destination: /pub/secret/o\r\n", ""},
    {"COPY", "/pub/secret/bill.txt", "Destination: /o\r\n", ""},
    {"COPY", "/pub/", "Destination: /o\r\n", ""},
    {"MOVE", "/pub/open.txt", "Destination: /pub/page.html\r\n", ""},
    {"MOVE", "/pub/", "Destination: /o\r\n", ""},
    {"DELETE", "/pub/", "Depth: infinity\r\n", ""},
});

support::Answer go(AnsweringSite& site, const Way& way) {
    if (way.body.empty()) return site.ask(way.method, way.target, way.fields);
    return site.upload(way.method, way.target, way.body, way.fields);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("prompts: nobody passes one by without signing in, also by a name in a body", "[site][access]") {
    for (const Way& way : kWays) {
        INFO(way.method << " " << way.target << " " << way.fields << way.body);
        AnsweringSite site(rules());
        fill(site);
        // Other rules hold for something below a folder: that it is not taken as a whole is for everybody.
        CHECK(go(site, way).status() == (way.target == "/pub/" && way.body.empty() ? 403 : 401));
        CHECK(site.directory.read("pub/secret/bill.txt") == "hidden words");
        CHECK(site.directory.read("pub/page.html") == "page");
        CHECK(site.directory.read("pub/page.html.gz") == "packed");
        CHECK(site.directory.read("pub/open.txt") == "open");
        CHECK_FALSE(site.directory.has("pub/new"));
        CHECK_FALSE(site.directory.has("pub/page.html.br"));
        CHECK_FALSE(site.directory.has("o"));
    }
}

TEST_CASE("prompts: who signed in goes where the rights lead", "[site][access]") {
    for (const Way& way : kWays) {
        // Other rules hold for something below it, so a folder is not taken as a whole.
        if (way.target == "/pub/") continue;
        INFO(way.method << " " << way.target << " " << way.fields << way.body);
        AnsweringSite site(rules());
        fill(site);
        site.user = alice();
        CHECK(go(site, way).status() < 400);
    }
}

TEST_CASE("prompts: listings, searches and archives leave out what is behind one", "[site][access]") {
    AnsweringSite site(rules());
    fill(site);
    const auto listed = [&] { return site.ask("GET", "/pub/?format=text").body(); };
    CHECK(listed() == "open.txt\n");
    CHECK(site.ask("GET", "/pub/?format=text").field("Cache-Control").starts_with("private"));
    site.user = alice();
    CHECK(has(listed(), "secret/\n"));
    CHECK(has(listed(), "page.html.gz\n"));
}

TEST_CASE("prompts: a preflight is told what a script may do that signs in, and not what is there", "[site][access]") {
    AnsweringSite site(rules());
    fill(site);
    constexpr std::string_view kAsks = "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n";
    const auto there = site.ask("OPTIONS", "/pub/secret/bill.txt", kAsks);
    CHECK(there.status() == 204);
    CHECK(has(there.field("Allow"), "PUT"));
    CHECK(there.field("Allow") == site.ask("OPTIONS", "/pub/secret/none", kAsks).field("Allow"));
    CHECK(site.ask("OPTIONS", "/pub/secret/bill.txt").status() == 401);
}
