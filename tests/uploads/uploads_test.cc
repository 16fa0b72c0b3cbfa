// PUT, POST and DELETE as the connection sees them.
#include "uploads/uploads.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "storage/digest.h"
#include "support/catch.h"
#include "support/write_answers.h"

namespace {

using support::AnsweringSite;

// Of "hello world\n".
constexpr std::string_view kHello = "hello world\n";
constexpr std::string_view kHello256 = "sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:";
constexpr std::string_view kOther256 = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";

std::string line(std::string_view name, std::string_view value) {
    return std::string(name).append(": ").append(value).append("\r\n");
}

}  // namespace

TEST_CASE("uploads: 201 with Location and ETag, then 204 with another ETag", "[handlers][uploads]") {
    AnsweringSite site;
    const auto created = site.put("/d%20x/a", "one");
    CHECK(created.status() == 201);
    CHECK(created.field("Location") == "/d%20x/a");
    const std::string tag = created.field("ETag");
    CHECK(tag.size() > 2);
    CHECK(tag.front() == '"');
    CHECK(site.directory.read("d x/a") == "one");
    const auto replaced = site.put("/d%20x/a", "two");
    CHECK(replaced.status() == 204);
    CHECK(replaced.field("Location").empty());
    CHECK(replaced.field("ETag") != tag);
    CHECK(site.directory.read("d x/a") == "two");
    CHECK(site.ask("PUT", "/empty").status() == 201);
    CHECK(site.directory.read("empty").empty());
}

TEST_CASE("uploads: what was stored is what the next GET gives", "[handlers][uploads]") {
    AnsweringSite site;
    for (const std::string_view text : {"first", "second", "third!"}) {
        REQUIRE(site.put("/a.txt", text).status() / 100 == 2);
        const auto got = site.ask("GET", "/a.txt");
        CHECK(got.status() == 200);
        CHECK(got.body() == text);
    }
    REQUIRE(site.ask("DELETE", "/a.txt").status() == 204);
    CHECK(site.ask("GET", "/a.txt").status() == 404);
}

TEST_CASE("uploads: below /files/ the same files, and Location keeps the prefix", "[handlers][uploads]") {
    AnsweringSite site;
    const auto created = site.upload("POST", "/files/sub/b", "x");
    CHECK(created.status() == 201);
    CHECK(created.field("Location") == "/files/sub/b");
    CHECK(site.directory.read("sub/b") == "x");
    CHECK(site.ask("GET", "/sub/b").body() == "x");
    CHECK(site.ask("GET", "/files/sub/b").body() == "x");
    CHECK(site.upload("POST", "/sub/b", "y").status() == 204);
    CHECK(site.ask("DELETE", "/files/sub/b").status() == 204);
    CHECK_FALSE(site.directory.has("sub/b"));
}

TEST_CASE("uploads: the tag of a 201 is good for If-Match at once", "[handlers][uploads]") {
    AnsweringSite site;
    const std::string first = site.put("/a", "one").field("ETag");
    const auto second = site.put("/a", "two", line("If-Match", first));
    CHECK(second.status() == 204);
    const auto lost = site.put("/a", "three", line("If-Match", first));
    CHECK(lost.status() == 412);
    CHECK(lost.before_body);
    CHECK(site.put("/a", "x", "If-None-Match: *\r\n").status() == 412);
    CHECK(site.ask("DELETE", "/a", line("If-Match", first)).status() == 412);
    CHECK(site.directory.read("a") == "two");
    CHECK(site.ask("DELETE", "/a", line("If-Match", second.field("ETag"))).status() == 204);
}

TEST_CASE("uploads: what can be refused is refused before the body", "[handlers][uploads]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.max_body = handler::SizeLimit(10);
    AnsweringSite site(config);
    site.directory.make_directory("dir");
    site.directory.write("file", "x");
    const auto refused = [&](std::string_view target, std::string_view fields, std::string_view body = "x") {
        const auto answer = site.put(target, body, fields);
        CHECK(answer.before_body);
        CHECK_FALSE(answer.body().empty());
        return answer.status();
    };
    CHECK(refused("/a", "Content-Range: bytes 0-0/2\r\n") == 400);
    CHECK(refused("/a", "Content-Encoding: gzip\r\n") == 415);
    CHECK(refused("/a", "", "12345678901") == 413);
    CHECK(refused("/.hidden", "") == 403);
    CHECK(refused("/d/.hidden/a", "") == 403);
    CHECK(refused("/dir", "") == 409);
    CHECK(refused("/dir/", "") == 405);
    CHECK(refused("/", "") == 405);
    CHECK(refused("/file/below", "") == 409);
    CHECK(refused("/" + std::string(300, 'n'), "") == 414);
    CHECK(site.put("/a", "x", "Content-Encoding: gzip\r\n").field("Accept-Encoding") == "identity");
    CHECK(site.put("/a", "1234567890", "Content-Encoding: identity\r\n").status() == 201);
    CHECK(site.directory.list() == std::vector<std::string>{"a", "dir", "file"});
}

TEST_CASE("uploads: a chunked body is counted while it streams", "[handlers][uploads]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.max_body = handler::SizeLimit(10);
    AnsweringSite site(config);
    CHECK(site.put_chunked("/a", "1234567890").status() == 201);
    const auto refused = site.put_chunked("/a", "12345678901");
    CHECK(refused.status() == 413);
    CHECK_FALSE(refused.before_body);
    CHECK(site.directory.read("a") == "1234567890");
}

TEST_CASE("uploads: a sink that is dropped leaves nothing", "[handlers][uploads]") {
    AnsweringSite site;
    {
        const support::ParsedRequest request(support::head("PUT", "/new/a", "Content-Length: 9\r\n"));
        auto decision = site.site->handle(*request);
        auto& sink = std::get<std::unique_ptr<http::BodySink>>(decision);
        REQUIRE(sink->write(support::bytes("half")).has_value());
    }
    CHECK(site.directory.list().empty());
}

TEST_CASE("uploads: a digest in the head is verified", "[handlers][uploads]") {
    if (!storage::has_digests()) return;
    AnsweringSite site;
    CHECK(site.put("/a", kHello, line("Content-Digest", kHello256)).status() == 201);
    CHECK(site.put("/a", kHello, line("Repr-Digest", kHello256)).status() == 204);
    for (const std::string_view name : {"Content-Digest", "Repr-Digest"}) {
        const auto refused = site.put("/a", "changed on the way", line(name, kHello256));
        CHECK(refused.status() == 400);
        CHECK_FALSE(refused.body().empty());
        CHECK(site.put("/new", "x", line(name, kOther256)).status() == 400);
    }
    // Each that is stated must be right.
    CHECK(site.put("/a", kHello, line("Content-Digest", kHello256) + line("Repr-Digest", kOther256)).status() == 400);
    CHECK(site.put("/a", "x", line("Content-Digest", "md5=:AAAAAAAAAAAAAAAAAAAAAA==:")).status() == 204);
    CHECK(site.put("/a", "y", line("Content-Digest", "sha-256=:AAAA:")).before_body);
    CHECK(site.put("/a", "y", line("Content-Digest", "sha-256=:AAAA:")).status() == 400);
    CHECK(site.directory.read("a") == "x");
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}

TEST_CASE("uploads: a digest in the trailer is verified, announced or not", "[handlers][uploads]") {
    if (!storage::has_digests()) return;
    AnsweringSite site;
    for (const std::string_view announced : {"Trailer: X-Other, Content-Digest\r\n", ""}) {
        CHECK(site.put_chunked("/a", kHello, "X-Other: 1\r\n" + line("content-digest", kHello256), announced).status() /
                  100 ==
              2);
        CHECK(site.put_chunked("/a", "other", line("Content-Digest", kHello256), announced).status() == 400);
        CHECK(site.put_chunked("/a", "other", line("Content-Digest", "nonsense=="), announced).status() == 400);
    }
    CHECK(site.directory.read("a") == kHello);
}

TEST_CASE("uploads: Want-Repr-Digest is answered", "[handlers][uploads]") {
    if (!storage::has_digests()) return;
    AnsweringSite site;
    CHECK(site.put("/a", kHello, "Want-Repr-Digest: sha-256=1\r\n").field("Repr-Digest") == kHello256);
    const std::string long_one =
        site.put("/a", kHello, "Want-Repr-Digest: sha-512=9, sha-256=1\r\n").field("Repr-Digest");
    CHECK(long_one.starts_with("sha-512=:"));
    CHECK(site.put("/a", kHello, line("Content-Digest", long_one)).status() == 204);
    CHECK(site.put("/a", "?", line("Content-Digest", long_one)).status() == 400);
    CHECK(site.put("/a", kHello).field("Repr-Digest").empty());
}

TEST_CASE("uploads: the tag of a GET is good for If-Match at once, compressed or not", "[handlers][uploads]") {
    AnsweringSite site;
    const std::string text(5000, 'x');
    REQUIRE(site.put("/a.txt", text).status() == 201);
    const std::string plain = site.ask("GET", "/a.txt").field("ETag");
    const std::string coded = site.ask("GET", "/a.txt", "Accept-Encoding: gzip\r\n").field("ETag");
    CHECK(plain != coded);
    CHECK(site.put("/a.txt", text, line("If-None-Match", plain)).status() == 412);
    CHECK(site.put("/a.txt", text, line("If-None-Match", coded)).status() == 412);
    CHECK(site.put("/a.txt", "one", line("If-Match", coded)).status() == 204);
    CHECK(site.put("/a.txt", "two", line("If-Match", coded)).status() == 412);
    CHECK(site.put("/a.txt", "two", line("If-Match", plain)).status() == 412);
    const std::string second = site.ask("GET", "/a.txt").field("ETag");
    CHECK(site.put("/a.txt", "two", line("If-Match", second)).status() == 204);
    CHECK(site.put("/a.txt", "three", line("If-None-Match", second)).status() == 204);
}

TEST_CASE("uploads: a POST to a directory stores its body under the name that Content-Disposition gives",
          "[handlers][uploads]") {
    AnsweringSite site;
    const auto named = site.upload("POST", "/in/", "x", "Content-Disposition: attachment; filename=\"a b.txt\"\r\n");
    CHECK(named.status() == 201);
    CHECK(named.field("Location") == "/in/a%20b.txt");
    CHECK(site.directory.read("in/a b.txt") == "x");
    const auto below = site.upload("POST", "/files/in/", "y", "Content-Disposition: attachment; filename=c\r\n");
    CHECK(below.field("Location") == "/files/in/c");
    CHECK(site.directory.read("in/c") == "y");
    const auto again = site.upload("POST", "/in/", "z", "Content-Disposition: attachment; filename=c\r\n");
    CHECK(again.status() == 409);
    CHECK(site.directory.read("in/c") == "y");
}

TEST_CASE("uploads: a POST to a directory never leaves it, whatever name it asks for", "[handlers][uploads]") {
    AnsweringSite site;
    for (const std::string name : {"../up", "/etc/x", "C:\\\\x", "..", ".hidden", "", "a/../../b", "%2e%2e%2fz"}) {
        const auto answer =
            site.upload("POST", "/in/", "x", "Content-Disposition: attachment; filename=\"" + name + "\"\r\n");
        INFO(name << " -> " << answer.field("Location"));
        REQUIRE((answer.status() / 100 == 2 || answer.status() == 409));
        if (answer.status() == 201) {
            const std::string location = answer.field("Location");
            CHECK(location.starts_with("/in/"));
            CHECK(location.find('/', 4) == std::string::npos);
            CHECK(location[4] != '.');
        }
    }
    CHECK_FALSE(site.directory.has("up"));
    CHECK_FALSE(site.directory.has("b"));
}

TEST_CASE("uploads: bodies posted to a directory without a name get names of their own", "[handlers][uploads]") {
    AnsweringSite site;
    const std::string first = site.upload("POST", "/", "1").field("Location");
    const std::string second = site.upload("POST", "/", "2").field("Location");
    CHECK(first != second);
    CHECK(site.ask("GET", first).body() == "1");
    CHECK(site.ask("GET", second).body() == "2");
}

TEST_CASE("uploads: a POST without a body does not empty a file", "[handlers][uploads]") {
    AnsweringSite site;
    site.directory.write("a", "kept");
    CHECK(site.ask("POST", "/a").status() == 411);
    CHECK(site.ask("POST", "/a", "Content-Length: 0\r\n").status() == 400);
    CHECK(site.directory.read("a") == "kept");
}

TEST_CASE("uploads: a form is not stored as a file; a PUT is, whatever it holds", "[handlers][uploads]") {
    AnsweringSite site;
    site.directory.make_directory("d");
    const std::string type = line("Content-Type", "multipart/form-data; boundary=b");
    constexpr std::string_view kForm =
        "--b\r\nContent-Disposition: form-data; name=f; filename=one.txt\r\n\r\n1\r\n--b--\r\n";
    for (const std::string_view target : {"/photo", "/d", "/files/photo"}) {
        const auto refused = site.upload("POST", target, kForm, type);
        CHECK(refused.status() == 415);
        CHECK(refused.body().find("end its path with a slash") != std::string::npos);
    }
    CHECK_FALSE(site.directory.has("photo"));
    CHECK(site.upload("POST", "/d/", kForm, type).status() == 201);
    CHECK(site.directory.read("d/one.txt") == "1");
    CHECK(site.upload("PUT", "/form.mime", kForm, type).status() == 201);
    CHECK(site.directory.read("form.mime") == kForm);
}
