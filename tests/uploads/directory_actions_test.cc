// MKCOL, the actions of plain forms, and who may send them.
#include "uploads/directory_actions.h"

#include <sys/stat.h>
#include <unistd.h>

#include "storage/digest.h"
#include "support/catch.h"
#include "support/write_answers.h"

namespace {

using support::Answer;
using support::AnsweringSite;

constexpr std::string_view kBrowser = "Accept: text/html,*/*;q=0.8\r\n";

Answer act(AnsweringSite& site, std::string_view target, std::string_view form, std::string_view fields = {}) {
    return site.upload("POST", target, form,
                       "Content-Type: application/x-www-form-urlencoded\r\n" + std::string(fields));
}

bool is_directory(const AnsweringSite& site, const std::string& name) {
    struct stat status{};
    return ::stat(site.directory.at(name).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

TEST_CASE("mkcol: makes a directory and says where", "[handlers][mkcol]") {
    AnsweringSite site;
    const auto made = site.ask("MKCOL", "/new%20one");
    CHECK(made.status() == 201);
    CHECK(made.field("Location") == "/new%20one/");
    CHECK(is_directory(site, "new one"));
    CHECK(site.ask("MKCOL", "/new%20one/below/").status() == 201);
    CHECK(is_directory(site, "new one/below"));
    CHECK(site.ask("MKCOL", "/files/prefixed", "Content-Length: 0\r\n").field("Location") == "/files/prefixed/");
    CHECK(is_directory(site, "prefixed"));
}

TEST_CASE("mkcol: what exists is 405, what has no parent 409, a body 415, hidden names 403", "[handlers][mkcol]") {
    AnsweringSite site;
    site.directory.write("file", "x");
    site.directory.make_directory("d");
    REQUIRE(::symlink("nowhere", site.directory.at("link").c_str()) == 0);
    for (const std::string_view target : {"/file", "/file/", "/d", "/d/", "/link", "/"}) {
        INFO(target);
        const auto exists = site.ask("MKCOL", target);
        CHECK(exists.status() == 405);
        CHECK(exists.field("Allow") == site.ask("OPTIONS", target).field("Allow"));
        CHECK(exists.field("Allow").find("MKCOL") == std::string::npos);
    }
    CHECK(site.ask("MKCOL", "/missing/below").status() == 409);
    CHECK(site.ask("MKCOL", "/file/below").status() == 409);
    CHECK(site.ask("MKCOL", "/.hidden").status() == 403);
    CHECK(site.upload("MKCOL", "/e", "<x/>", "Content-Type: application/xml\r\n").status() == 415);
    CHECK(site.ask("MKCOL", "/" + std::string(256, 'n')).status() == 414);
    CHECK(site.ask("MKCOL", "/echo/x").status() == 405);
    CHECK(site.directory.list() == std::vector<std::string>{"d", "file", "link"});
    AnsweringSite reading(site::SiteConfig{});
    CHECK(reading.ask("MKCOL", "/d").status() == 405);
}

TEST_CASE("directory actions: a form makes a directory", "[handlers][actions]") {
    AnsweringSite site;
    site.directory.make_directory("in");
    const auto made = act(site, "/in/?mkcol", "name=a+b%26");
    CHECK(made.status() == 201);
    CHECK(made.field("Location") == "/in/a%20b&/");
    CHECK(is_directory(site, "in/a b&"));
    const auto browsed = act(site, "/files/in/?mkcol", "x=y&name=c", kBrowser);
    CHECK(browsed.status() == 303);
    CHECK(browsed.field("Location") == "/files/in/");
    CHECK(is_directory(site, "in/c"));
    const auto again = act(site, "/in/?mkcol", "name=c", kBrowser);
    CHECK(again.status() == 409);
    CHECK(again.body().find("<h1>409") != std::string::npos);
    CHECK(again.field("Allow").empty());
    const std::string part = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nd\r\n--b--\r\n";
    CHECK(site.upload("POST", "/?mkcol", part, "Content-Type: multipart/form-data; boundary=b\r\n").status() == 201);
    CHECK(is_directory(site, "d"));
}

TEST_CASE("mkcol, directory actions: a false condition changes nothing", "[handlers][mkcol][actions]") {
    AnsweringSite site;
    site.directory.write("f", "x");
    site.directory.make_directory("d");
    const auto before = site.directory.list();
    for (const std::string_view condition : {"If-Match: \"nope\"\r\n", "If-None-Match: \"x\", *\r\n"}) {
        INFO(condition);
        CHECK(site.ask("MKCOL", "/m", condition).status() == 412);
        CHECK(act(site, "/?mkcol", "name=n", condition).status() == 412);
        for (const std::string_view name : {"f", "d"}) {
            INFO(name);
            const std::string form = "name=" + std::string(name);
            CHECK(act(site, "/?delete", form, condition).status() == 412);
            CHECK(act(site, "/?move", form + "&to=g", condition).status() == 412);
            CHECK(act(site, "/?copy", form + "&to=g", condition).status() == 412);
        }
    }
    CHECK(act(site, "/?delete", "name=f", "If-None-Match: *\r\n").status() == 412);
    CHECK(site.directory.list() == before);
    CHECK(site.ask("MKCOL", "/m", "If-None-Match: *\r\n").status() == 201);
    CHECK(act(site, "/?copy", "name=f&to=g", "If-Match: *\r\n").status() == 201);
}

TEST_CASE("directory actions: a form deletes a file or an empty directory", "[handlers][actions]") {
    AnsweringSite site;
    site.directory.write("in/a b", "x");
    site.directory.write("in/full/x", "x");
    site.directory.make_directory("in/empty");
    site.directory.make_directory("in/slash");
    CHECK(act(site, "/in/?delete", "name=a+b").status() == 204);
    CHECK(act(site, "/in/?delete", "name=empty").status() == 204);
    CHECK(act(site, "/in/?delete", "name=slash/", kBrowser).status() == 303);
    CHECK(act(site, "/in/?delete", "name=full").status() == 409);
    CHECK(act(site, "/in/?delete", "name=a+b").status() == 404);
    CHECK(site.directory.list() == std::vector<std::string>{"in", "in/full", "in/full/x"});
}

TEST_CASE("directory actions: a name that no form field can hold is sent percent-encoded", "[handlers][actions]") {
    AnsweringSite site;
    site.directory.write("line\nbreak+\xff", "x");
    site.directory.write("other", "x");
    CHECK(act(site, "/?delete", "segment=line%250Abreak%252B%25FF").status() == 204);
    CHECK(act(site, "/?delete", "segment=%252e%252e").status() == 422);
    CHECK(act(site, "/?delete", "segment=a%252Fother").status() == 422);
    CHECK(act(site, "/?delete", "segment=other&name=other").status() == 422);
    CHECK(site.directory.list() == std::vector<std::string>{"other"});
}

TEST_CASE("directory actions: names that are no entry of the directory", "[handlers][actions]") {
    AnsweringSite site;
    site.directory.write("outside", "x");
    site.directory.write("in/.hidden", "x");
    site.directory.write("database.txt", "id=1&a=b\n");
    for (const std::string_view name : {"..", ".", "%2e%2e", "../outside", "a/b", "/", "", "//"}) {
        INFO(name);
        CHECK(act(site, "/in/?delete", "name=" + std::string(name)).status() == 422);
        CHECK(act(site, "/in/?mkcol", "name=" + std::string(name)).status() / 100 == 4);
    }
    CHECK(act(site, "/in/?delete", "name=.hidden").status() == 404);
    CHECK(act(site, "/in/?mkcol", "name=.new").status() == 403);
    CHECK(act(site, "/in/?mkcol", "name=a%00b").status() == 422);
    CHECK(act(site, "/in/?delete", "name=a%00b").status() == 422);
    CHECK(act(site, "/in/?mkcol", "name=a%0ab").status() == 422);
    CHECK(act(site, "/in/?mkcol", "name=" + std::string(256, 'n')).status() == 422);
    CHECK(act(site, "/?delete", "name=database.txt").status() == 409);
    CHECK(site.directory.list() == std::vector<std::string>{"database.txt", "in", "in/.hidden", "outside"});
}

TEST_CASE("directory actions: forms that do not say one name", "[handlers][actions]") {
    AnsweringSite site;
    CHECK(act(site, "/?mkcol", "other=x").status() == 422);
    CHECK(act(site, "/?mkcol", "name=a&name=b").status() == 422);
    CHECK(act(site, "/?mkcol", "name=" + std::string(20'000, 'x')).status() == 413);
    CHECK(site.upload("POST", "/?mkcol", "name=a", "Content-Type: text/plain\r\n").status() == 415);
    CHECK(site.upload("POST", "/?mkcol", "--b\r\n", "Content-Type: multipart/form-data; boundary=b\r\n").status() ==
          400);
    CHECK(site.directory.list().empty());
}

TEST_CASE("directory actions: a form without the digest that is stated does nothing", "[handlers][actions]") {
    if (!storage::has_digests()) return;
    AnsweringSite site;
    site.directory.write("f", "x");
    for (const std::string stated : {"Content-Digest: ", "Repr-Digest: "}) {
        INFO(stated);
        const std::string wrong = stated + "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n";
        CHECK(act(site, "/?mkcol", "name=d", wrong).status() == 400);
        CHECK(act(site, "/?move", "name=f&to=g", wrong).status() == 400);
        CHECK(act(site, "/?copy", "name=f&to=g", wrong).status() == 400);
        CHECK(act(site, "/?delete", "name=f", wrong).status() == 400);
        CHECK(act(site, "/?delete", "name=f", stated + "nonsense==\r\n").before_body);
    }
    CHECK(site.directory.list() == std::vector<std::string>{"f"});
    CHECK(act(site, "/?delete", "name=f", "Content-Digest: sha-256=:EcJTYQ2j7qowm4EgaRO6K3kxsOv5qHggyaJPRaCToSI=:\r\n")
              .status() == 204);
}

TEST_CASE("directory actions: a coded form is 415, and Accept-Encoding says why", "[handlers][actions]") {
    AnsweringSite site;
    const auto coded = act(site, "/?mkcol", "name=d", "Content-Encoding: gzip\r\n");
    CHECK(coded.status() == 415);
    CHECK(coded.before_body);
    CHECK(coded.field("Accept-Encoding") == "identity");
    CHECK(site.directory.list().empty());
}

TEST_CASE("directory actions: each needs its right", "[handlers][actions]") {
    site::SiteConfig only_upload;
    only_upload.allow_upload = true;
    AnsweringSite uploading(only_upload);
    uploading.directory.write("a", "x");
    CHECK(act(uploading, "/?delete", "name=a").status() == 403);
    CHECK(act(uploading, "/?mkcol", "name=b").status() == 201);
    site::SiteConfig only_delete;
    only_delete.allow_delete = true;
    AnsweringSite deleting(only_delete);
    deleting.directory.write("a", "x");
    CHECK(act(deleting, "/?mkcol", "name=b").status() == 403);
    CHECK(deleting.upload("POST", "/", "x").status() == 403);
    CHECK(act(deleting, "/?delete", "name=a").status() == 204);
    AnsweringSite reading(site::SiteConfig{});
    CHECK(act(reading, "/?mkcol", "name=b").status() == 405);
}

TEST_CASE("cross-site: pages of other sites post nothing", "[handlers][cross-site]") {
    AnsweringSite site;
    const auto post = [&](std::string_view fields) {
        return site.upload("POST", "/d/", "x", "Content-Type: text/plain\r\n" + std::string(fields)).status();
    };
    // The host of the tests is "x".
    CHECK(post("") == 201);
    CHECK(post("Origin: http://x\r\n") == 201);
    CHECK(post("Origin: HTTPS://X\r\n") == 201);
    CHECK(post("Origin: http://evil.example\r\n") == 403);
    CHECK(post("Origin: http://x:8080\r\n") == 403);
    CHECK(post("Origin: http://x.evil.example\r\n") == 403);
    CHECK(post("Origin: null\r\n") == 403);
    CHECK(post("Sec-Fetch-Site: cross-site\r\n") == 403);
    CHECK(post("Sec-Fetch-Site: same-site\r\nOrigin: http://y.x\r\n") == 403);
    CHECK(post("Sec-Fetch-Site: same-origin\r\nOrigin: https://behind.proxy\r\n") == 201);
    CHECK(post("Sec-Fetch-Site: none\r\nOrigin: null\r\n") == 201);
    CHECK(act(site, "/?mkcol", "name=a", "Origin: http://evil.example\r\n").status() == 403);
    CHECK(act(site, "/?delete", "name=d", "Sec-Fetch-Site: cross-site\r\n").status() == 403);
    CHECK(act(site, "/database.txt", "a=b", "Origin: http://evil.example\r\n").status() == 403);
    CHECK_FALSE(site.directory.has("database.txt"));
    CHECK(act(site, "/database.txt", "a=b", "Origin: http://x\r\n").status() == 201);
}

TEST_CASE("cross-site: sites that --cors names are let in", "[handlers][cross-site]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.cors.origins = {"https://app.example"};
    AnsweringSite some(config);
    const auto post = [](AnsweringSite& site, std::string_view origin) {
        const std::string fields = "Sec-Fetch-Site: cross-site\r\nOrigin: " + std::string(origin) + "\r\n";
        return site.upload("POST", "/d/", "x", fields).status();
    };
    CHECK(post(some, "https://app.example") == 201);
    CHECK(post(some, "https://other.example") == 403);
    config.cors.any_origin = true;
    AnsweringSite any(config);
    CHECK(post(any, "https://other.example") == 201);
}
