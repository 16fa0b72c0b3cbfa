// Which request goes where, and whether Allow tells the truth.
#include "site/router.h"

#include <unistd.h>

#include "support/catch.h"
#include "support/write_answers.h"

namespace {

using support::AnsweringSite;

site::SiteConfig read_only() { return {}; }

std::vector<std::string> split_methods(const std::string& allow) {
    std::vector<std::string> methods;
    for (std::size_t at = 0; at < allow.size();) {
        const std::size_t end = std::min(allow.find(", ", at), allow.size());
        methods.push_back(allow.substr(at, end - at));
        at = end + 2;
    }
    return methods;
}

}  // namespace

TEST_CASE("router: Allow follows the rights", "[handlers][router]") {
    AnsweringSite all;
    AnsweringSite none(read_only());
    const auto allow = [](AnsweringSite& site, std::string_view target) {
        const auto answer = site.ask("OPTIONS", target);
        CHECK(answer.status() == 204);
        return answer.field("Allow");
    };
    CHECK(allow(all, "*") == "GET, HEAD, POST, PUT, DELETE, OPTIONS, MKCOL, COPY, MOVE");
    CHECK(allow(all, "/a") == "GET, HEAD, POST, PUT, DELETE, OPTIONS, MKCOL, COPY, MOVE");
    CHECK(allow(all, "/files/a") == "GET, HEAD, POST, PUT, DELETE, OPTIONS, MKCOL, COPY, MOVE");
    CHECK(allow(all, "/d/") == "GET, HEAD, POST, DELETE, OPTIONS, MKCOL, COPY, MOVE");
    all.directory.write("d/a", "x");
    CHECK(allow(all, "/d/a") == "GET, HEAD, POST, PUT, DELETE, OPTIONS, COPY, MOVE");
    CHECK(allow(all, "/d/") == "GET, HEAD, POST, DELETE, OPTIONS, COPY, MOVE");
    CHECK(allow(all, "/") == "GET, HEAD, POST, OPTIONS");
    CHECK(allow(all, "/files/") == "GET, HEAD, POST, OPTIONS");
    for (const std::string_view target : {"/files", "/echo/x", "/user-agent", "/healthz", "/.hidden"}) {
        CHECK(allow(all, target) == "GET, HEAD, OPTIONS");
    }
    for (const std::string_view target : {"*", "/", "/a", "/files/a", "/echo/x"}) {
        CHECK(allow(none, target) == "GET, HEAD, OPTIONS");
    }
}

TEST_CASE("router: what begins with a dot is as if it were not there", "[handlers][router]") {
    AnsweringSite site(AnsweringSite::all_allowed());
    site.directory.write(".hidden", "SECRET");
    site.directory.write("d/.git/config", "SECRET");
    site.directory.write(".well-known/acme", "token");
    const std::string absent = site.ask("GET", "/absent").body();
    for (const std::string_view target : {"/.hidden", "/d/.git/config", "/files/.hidden", "/d/.git/", "/.hidden/"}) {
        INFO(target);
        CHECK(site.ask("GET", target).status() == 404);
        CHECK(site.ask("GET", target).body() == absent);
    }
    CHECK(site.ask("GET", "/.well-known/acme").body() == "token");
}

TEST_CASE("router: every method outside Allow is 405 with the same Allow, every method inside is not",
          "[handlers][router]") {
    for (const auto& config : {read_only(), AnsweringSite::all_allowed()}) {
        AnsweringSite site(config);
        for (const std::string target :
             {"/", "/a", "/d/", "/files", "/files/a", "/echo/x", "/user-agent", "/healthz"}) {
            const auto fill = [&] {
                site.directory.write("a", "x");
                site.directory.make_directory("d");
            };
            fill();
            const std::string allow = site.ask("OPTIONS", target).field("Allow");
            const auto allowed = split_methods(allow);
            for (const std::string method :
                 {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "MKCOL", "COPY", "MOVE", "TRACE"}) {
                if (method == "COPY" && target == "/") continue;
                if ((method == "DELETE" || method == "MOVE") && target == "/") continue;
                fill();
                const auto answer = site.ask(method, target);
                const bool is_allowed = std::find(allowed.begin(), allowed.end(), method) != allowed.end();
                INFO(method << ' ' << target << ' ' << answer.status());
                CHECK((answer.status() == 405) == !is_allowed);
                if (answer.status() == 405) CHECK(answer.field("Allow") == allow);
            }
        }
    }
}

TEST_CASE("router: unknown methods are 501, unknown expectations 417", "[handlers][router]") {
    AnsweringSite site;
    CHECK(site.ask("BREW", "/").status() == 501);
    const auto lower = site.ask("get", "/");
    CHECK(lower.status() == 501);
    CHECK(lower.body().find("it knows GET, HEAD, POST") != std::string::npos);
    CHECK(site.ask("GET", "/", "Expect: tea\r\n").status() == 417);
}

TEST_CASE("router: a refusal says which right is missing", "[handlers][router]") {
    AnsweringSite none(read_only());
    const auto says = [&](std::string_view method, std::string_view target, std::string_view words) {
        const auto answer = none.ask(method, target);
        INFO(method << ' ' << target << ' ' << answer.body());
        return answer.status() == 405 && answer.body().find(words) != std::string::npos;
    };
    for (const std::string_view method : {"PUT", "POST", "MKCOL"}) {
        CHECK(says(method, "/a", "nothing may be uploaded here; this resource answers to GET"));
        CHECK(says(method, "/files/a", "nothing may be uploaded here"));
        CHECK(says(method, "/echo/a", "Allowed: this resource answers to GET"));
    }
    CHECK(says("DELETE", "/a", "nothing may be deleted here; this resource answers to GET"));
}

TEST_CASE("router: the built-in endpoints answer", "[handlers][router]") {
    AnsweringSite site;
    site.directory.write("sub/a.txt", "text");
    CHECK(site.ask("GET", "/echo/a%20b").body() == "a b");
    CHECK(site.ask("GET", "/user-agent", "User-Agent: me/1\r\n").body() == "me/1");
    CHECK(site.ask("GET", "/files/sub/a.txt").body() == "text");
    CHECK(site.ask("GET", "/files/sub/none").status() == 404);
    CHECK(site.ask("GET", "/files?x=1").field("Location") == "/files/?x=1");
    CHECK(site.ask("GET", "/files").status() == 301);
    CHECK(site.ask("GET", "/files/sub?x=1").field("Location") == "/files/sub/?x=1");
    CHECK(site.ask("GET", "/files//sub").field("Location") == "/files/sub/");
    CHECK(site.ask("GET", "/healthz").status() == 200);
    CHECK(site.site->shadowed_endpoints().empty());
    for (const std::string_view near_miss :
         {"/echo", "/user-agent/", "/user-agents", "/filesystem", "/healthy", "/e"}) {
        CHECK(site.ask("GET", near_miss).status() == 404);
    }
}

TEST_CASE("router: an entry of the root wins over the endpoint of its name", "[handlers][router]") {
    AnsweringSite site;
    site.directory.write("echo/x", "from the disk");
    site.directory.write("user-agent", "a file");
    site.directory.write("files/a", "below files");
    site.start();
    CHECK(site.ask("GET", "/echo/x").body() == "from the disk");
    CHECK(site.ask("GET", "/user-agent").body() == "a file");
    CHECK(site.ask("GET", "/files/a").body() == "below files");
    CHECK(site.put("/files/b", "x").status() == 201);
    CHECK(site.directory.read("files/b") == "x");
    CHECK(site.site->shadowed_endpoints() == std::vector<std::string_view>{"echo", "files", "user-agent"});
}

TEST_CASE("router: without the built-in endpoints every path is a file's", "[handlers][router]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.builtin = false;
    AnsweringSite site(config);
    CHECK(site.ask("GET", "/echo/x").status() == 404);
    CHECK(site.put("/echo/x", "stored").status() == 201);
    CHECK(site.ask("GET", "/echo/x").body() == "stored");
    CHECK(site.put("/files/x", "stored").status() == 201);
    CHECK(site.directory.read("files/x") == "stored");
    CHECK(site.site->shadowed_endpoints().empty());
}

TEST_CASE("router: records answer to what the rights allow", "[handlers][router]") {
    AnsweringSite all;
    CHECK(all.ask("DELETE", "/database.txt").status() == 405);
    CHECK(all.ask("DELETE", "/database.txt").field("Allow") == "GET, HEAD, POST, OPTIONS");
    CHECK(all.ask("MKCOL", "/database.txt").status() == 405);
    CHECK(all.ask("POST", "/database.txt/1").field("Allow") == "GET, HEAD, PUT, DELETE, OPTIONS");
    site::SiteConfig uploads;
    uploads.allow_upload = true;
    AnsweringSite some(uploads);
    CHECK(some.ask("OPTIONS", "/database.txt").field("Allow") == "GET, HEAD, POST, OPTIONS");
    CHECK(some.ask("OPTIONS", "/database.txt/1").field("Allow") == "GET, HEAD, OPTIONS");
    CHECK(some.ask("PUT", "/database.txt/1").body().find("may not be replaced") != std::string::npos);
}

TEST_CASE("router: what is listed and offered follows the rights", "[handlers][router]") {
    site::SiteConfig config;
    config.listing = false;
    AnsweringSite closed(config);
    closed.directory.write("d/index.html", "page");
    CHECK(closed.ask("GET", "/").status() == 403);
    CHECK(closed.ask("GET", "/files/").status() == 403);
    CHECK(closed.ask("GET", "/d/").body() == "page");
}

TEST_CASE("router: /.well-known/ is written by its own right alone", "[handlers][router]") {
    AnsweringSite site;
    const std::string target = "/.well-known/acme-challenge/token";
    const std::vector<std::string> spellings{target, "/files" + target, "/%2ewell-known/acme-challenge/token",
                                             "//.well-known//acme-challenge/./token"};
    for (const std::string& spelling : spellings) {
        INFO(spelling);
        CHECK(site.put(spelling, "proof").status() == 405);
        CHECK(site.ask("OPTIONS", spelling).field("Allow") == "GET, HEAD, OPTIONS, COPY");
    }
    CHECK(site.upload("POST", "/.well-known/", "proof").status() == 405);
    CHECK(site.ask("MKCOL", "/.well-known").status() == 405);
    CHECK(site.ask("MKCOL", "/.well-known/x/").status() == 405);
    CHECK(site.directory.list().empty());
    site.directory.write(".well-known/security.txt", "mine");
    CHECK(site.ask("GET", "/.well-known/security.txt").status() == 200);
    CHECK(site.ask("DELETE", "/.well-known/security.txt").status() == 405);
    CHECK(site.put("/.well-known/security.txt", "theirs").body().find("below /.well-known/") != std::string::npos);
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.allow_well_known = true;
    AnsweringSite allowed(config);
    CHECK(allowed.put(target, "proof").status() == 201);
    CHECK(allowed.ask("DELETE", target).status() == 204);
}

TEST_CASE("router: a database.txt of another kind is a file like others", "[handlers][router]") {
    for (const std::string_view content : {"CREATE TABLE t;\n", "\n# notes\nname,born\n"}) {
        AnsweringSite site;
        site.directory.write("database.txt", content);
        site.start();
        CHECK(site.site->are_records_given_up());
        CHECK(site.ask("GET", "/database.txt", "Range: bytes=0-1\r\n").status() == 206);
        CHECK(site.ask("GET", "/database.txt/1").status() == 404);
        CHECK(site.put("/database.txt", "new").status() == 204);
    }
    for (const std::string_view content : {"", "# mine\n\nid=1&a=1\n"}) {
        AnsweringSite site;
        site.directory.write("database.txt", content);
        site.start();
        CHECK_FALSE(site.site->are_records_given_up());
        CHECK(site.ask("GET", "/database.txt", "Range: bytes=0-1\r\n").status() == 200);
    }
    site::SiteConfig named = AnsweringSite::all_allowed();
    named.are_records_named = true;
    AnsweringSite site(named);
    site.directory.write("database.txt", "CREATE TABLE t;\n");
    site.start();
    CHECK_FALSE(site.site->are_records_given_up());
}

TEST_CASE("router: nothing tells what is outside the root behind a link", "[handlers][router]") {
    const support::TempDir outside;
    outside.write("secret", "x");
    AnsweringSite site;
    REQUIRE(::symlink(outside.path().c_str(), site.directory.at("out").c_str()) == 0);
    REQUIRE(::symlink(outside.at("secret").c_str(), site.directory.at("there").c_str()) == 0);
    REQUIRE(::symlink(outside.at("none").c_str(), site.directory.at("dangling").c_str()) == 0);
    const auto same = [&](std::string_view method, const std::string& a, const std::string& b,
                          std::string_view fields) {
        const auto first = site.ask(method, a, fields);
        const auto second = site.ask(method, b, fields);
        INFO(method << ' ' << a << ' ' << first.status() << ' ' << second.status());
        return first.status() == second.status() && first.field("Allow") == second.field("Allow") &&
               first.body() == second.body();
    };
    for (const std::string_view method : {"OPTIONS", "GET", "HEAD", "MKCOL", "DELETE", "POST", "PATCH"}) {
        CHECK(same(method, "/out/secret", "/out/none", {}));
        CHECK(same(method, "/files/out/secret", "/files/out/none", {}));
        CHECK(same(method, "/out/secret/", "/out/none/", {}));
    }
    for (const std::string_view fields :
         {"If-None-Match: *\r\nContent-Length: 0\r\n", "If-Match: *\r\nContent-Length: 0\r\n"}) {
        CHECK(same("PUT", "/out/secret", "/out/none", fields));
        CHECK(same("PUT", "/there", "/dangling", fields));
    }
}

TEST_CASE("router: every write that is refused has a reason for the logs", "[handlers][router]") {
    struct Refused {
        std::string_view method;
        std::string_view target;
        std::string_view fields;
        int status;
    };
    constexpr std::string_view kUpload = "/.godwit/uploads/012345678901234567890123456789012345678901234567";
    const std::vector<Refused> cases = {
        {"PUT", "/a", "Expect: 200-ok\r\n", 417},
        {"PUT", "/a", "Content-Encoding: gzip\r\n", 415},
        {"PUT", "/a", "Content-Range: bytes 0-1/2\r\n", 400},
        {"PUT", "/a", "If-Match: \"other\"\r\n", 412},
        {"POST", "/a", "Content-Type: multipart/form-data; boundary=x\r\n", 415},
        {"POST", "/", "Content-Type: multipart/form-data\r\n", 400},
        {"POST", "/?mkcol", "Content-Type: text/plain\r\n", 415},
        {"MKCOL", "/d/", "", 415},
        {"DELETE", "/none", "", 404},
        {"DELETE", "/database.txt/.none", "", 404},
        {"PUT", "/database.txt/7", "Content-Type: text/plain\r\n", 415},
        {"PATCH", kUpload, "Upload-Offset: 0\r\n", 404},
        {"DELETE", kUpload, "", 404},
        {"PUT", "/healthz", "", 405},
    };
    AnsweringSite site;
    for (const Refused& each : cases) {
        CAPTURE(each.method, each.target, each.fields);
        const auto answer = site.upload(each.method, each.target, "ab", each.fields);
        CHECK(answer.status() == each.status);
        CHECK_FALSE(answer.response.reason.empty());
    }
    const auto empty = site.upload("POST", "/", "");
    CHECK(empty.status() == 400);
    CHECK_FALSE(empty.response.reason.empty());
}
