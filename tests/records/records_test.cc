// GET, POST, PUT and DELETE of records as the connection sees them.
#include "records/records.h"

#include "storage/digest.h"
#include "support/fake_clock.h"
#include "support/write_answers.h"

using support::Answer;

namespace {

constexpr std::string_view kForm = "Content-Type: application/x-www-form-urlencoded\r\n";
constexpr std::string_view kJson = "Content-Type: application/json\r\n";

struct RecordsSite {
    explicit RecordsSite(bool upload = true, bool remove = true) {
        if (upload) rights.add(handler::Right::create);
        if (remove) rights.add(handler::Right::remove);
        auto opened = storage::FileRoot::open(directory.path(), storage::Symlinks::inside);
        REQUIRE(opened.has_value());
        root.emplace(std::move(*opened));
        parts.emplace(storage::WriteParts{
            .root = *root, .new_directories = new_directories, .names = names, .disk = disk, .clock = clock});
        records.emplace(*parts, records::RecordsConfig{});
    }

    Answer ask(std::string_view method, std::string_view target, std::string_view fields = {}) {
        const support::ParsedRequest request(support::head(method, target, fields));
        return support::settle(records->handle(*request, rights), {}, {}, 1, disk);
    }
    Answer send(std::string_view method, std::string_view target, std::string_view fields, std::string_view body) {
        std::string all(fields);
        all.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
        const support::ParsedRequest request(support::head(method, target, all));
        return support::settle(records->handle(*request, rights), body, {}, 7, disk);
    }
    [[nodiscard]] std::string text() const { return directory.read("database.txt"); }

    support::TempDir directory;
    std::optional<storage::FileRoot> root;
    storage::NewDirectories new_directories;
    storage::HeldNames names;
    support::StubbornDiskQueue disk;
    FakeClock clock;
    handler::Rights rights = handler::Rights(handler::Right::read);
    std::optional<storage::WriteParts> parts;
    std::optional<records::Records> records;
};

/// The whole body, whatever it is made of.
std::string content_of(Answer& answer) {
    if (auto* piece = std::get_if<http::Piece>(&answer.response.body)) {
        const auto* slice = std::get_if<http::FileSlice>(piece);
        if (slice == nullptr) return answer.body();
        std::string text(slice->length, '\0');
        REQUIRE(::pread(slice->file->descriptor(), text.data(), text.size(), 0) == static_cast<ssize_t>(slice->length));
        CHECK(slice->file->unchanged());
        return text;
    }
    auto* source = std::get_if<std::unique_ptr<http::BodySource>>(&answer.response.body);
    std::string text;
    std::vector<std::byte> room(1024);
    while (source != nullptr) {
        const auto pulled = (*source)->pull(room);
        REQUIRE(pulled.outcome != http::BodySource::Outcome::failed);
        text.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
        if (pulled.outcome == http::BodySource::Outcome::finished) break;
    }
    return text;
}

}  // namespace

TEST_CASE("records handler: a form becomes a record that is read, replaced and removed", "[handlers][records]") {
    RecordsSite site;
    Answer made = site.send("POST", "/database.txt", kForm, "name=Ada&email=ada%40example.org");
    CHECK(made.status() == 201);
    CHECK(made.field("Location") == "/database.txt/1");
    CHECK(made.body() == "id=1&name=Ada&email=ada%40example.org\n");
    CHECK(site.text() == "id=1&name=Ada&email=ada%40example.org\n");
    const Answer read = site.ask("GET", "/database.txt/1");
    CHECK(read.status() == 200);
    CHECK(read.body() == "id=1&name=Ada&email=ada%40example.org\n");
    CHECK(read.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(read.field("ETag") == made.field("ETag"));
    const Answer head = site.ask("HEAD", "/database.txt/1");
    CHECK(head.response.stated_length == read.body().size());
    CHECK(head.body().empty());
    const Answer replaced = site.send("PUT", "/database.txt/1", kForm, "id=1&name=Eve\n");
    CHECK(replaced.status() == 204);
    CHECK(site.text() == "id=1&name=Eve\n");
    CHECK(site.ask("DELETE", "/database.txt/1").status() == 204);
    CHECK(site.text().empty());
    for (const std::string_view method : {"GET", "HEAD", "DELETE"}) {
        CHECK(site.ask(method, "/database.txt/1").status() == 404);
    }
    CHECK(site.send("PUT", "/database.txt/1", kForm, "a=b").status() == 404);
    CHECK(site.ask("GET", "/database.txt/a/b").status() == 404);
    CHECK(site.ask("GET", "/database.txt/").status() == 404);
}

TEST_CASE("records handler: takes JSON and multipart as well", "[handlers][records]") {
    RecordsSite site;
    CHECK(site.send("POST", "/database.txt", "Content-Type: application/json; charset=utf-8\r\n",
                    "{\"id\": \"ada\", \"age\": 36}")
              .field("Location") == "/database.txt/ada");
    CHECK(site.send("POST", "/database.txt", "Content-Type: multipart/form-data; boundary=xy\r\n",
                    "--xy\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nBob & co\r\n--xy--\r\n")
              .status() == 201);
    CHECK(site.text() == "id=ada&age=36\nid=1&name=Bob+%26+co\n");
    CHECK(site.ask("GET", "/database.txt/1", "Accept: application/json\r\n").body() ==
          "{\"id\":\"1\",\"name\":\"Bob & co\"}\n");
}

TEST_CASE("records handler: refuses bodies that are no record, and stores nothing of them", "[handlers][records]") {
    RecordsSite site;
    site.directory.write("database.txt", "id=1&a=1\n");
    struct Case {
        int status;
        std::string_view fields;
        std::string_view body;
    };
    const std::string_view multipart = "Content-Type: multipart/form-data; boundary=x\r\n";
    for (const Case& each : {
             Case{415, "Content-Type: text/plain\r\n", "a=b"},
             Case{415, "", "a=b"},
             Case{415, "Content-Type: multipart/form-data\r\n", "a=b"},
             Case{400, kJson, "{\"a\":"},
             Case{422, kJson, "[]"},
             Case{422, kJson, "{\"a\":null}"},
             Case{422, kJson, "{}"},
             Case{422, kForm, ""},
             Case{422, kForm, "id=7"},
             Case{422, kForm, "id=a%2Fb&a=1"},
             Case{422, kForm, "id=.x&a=1"},
             Case{422, kForm, "a=%00"},
             Case{422, kForm, "a=%FF"},
             Case{422, kForm, "a=1&a=2"},
             Case{422, kForm, "=1"},
             Case{409, kForm, "id=1&a=1"},
             Case{400, multipart, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"},
             Case{422, multipart,
                  "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\n1\r\n--x--\r\n"},
         }) {
        INFO(each.fields << each.body);
        Answer answer = site.send("POST", "/database.txt", each.fields, each.body);
        CHECK(answer.status() == each.status);
        CHECK_FALSE(answer.body().empty());
        if (each.status == 415) CHECK(answer.field("Accept").find("application/json") != std::string::npos);
        if (each.status == 415) CHECK(answer.before_body);
    }
    CHECK(site.send("PUT", "/database.txt/1", kForm, "id=2&a=1").status() == 422);
    CHECK(site.text() == "id=1&a=1\n");
    // An input that was left empty is no id.
    CHECK(site.send("POST", "/database.txt", kForm, "id=&a=1").field("Location") == "/database.txt/2");
}

TEST_CASE("records handler: a body without the digest that is stated stores and replaces nothing",
          "[handlers][records]") {
    if (!storage::has_digests()) return;
    RecordsSite site;
    site.directory.write("database.txt", "id=1&a=1\n");
    const std::string wrong =
        std::string(kForm) + "Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n";
    CHECK(site.send("POST", "/database.txt", wrong, "a=2").status() == 400);
    CHECK(site.send("PUT", "/database.txt/1", wrong, "a=2").status() == 400);
    const Answer malformed = site.send("POST", "/database.txt", std::string(kForm) + "Repr-Digest: x==\r\n", "a=2");
    CHECK(malformed.status() == 400);
    CHECK(malformed.before_body);
    CHECK(site.text() == "id=1&a=1\n");
    // The digest of "a=2".
    const std::string right =
        std::string(kForm) + "Content-Digest: sha-256=:0wQ/QaA4UQnLuq4eo8HDFnSIa+R7Bz9AaB8u9tJgPEE=:\r\n";
    CHECK(site.send("PUT", "/database.txt/1", right, "a=2").status() == 204);
}

TEST_CASE("records handler: a coded body is 415, and Accept-Encoding says why", "[handlers][records]") {
    RecordsSite site;
    Answer answer = site.send("POST", "/database.txt", std::string(kJson) + "Content-Encoding: gzip\r\n", "{}");
    CHECK(answer.status() == 415);
    CHECK(answer.before_body);
    CHECK(answer.field("Accept-Encoding") == "identity");
    CHECK(answer.field("Accept").empty());
    CHECK(site.send("POST", "/database.txt", std::string(kForm) + "Content-Encoding: Identity\r\n", "a=1").status() ==
          201);
}

TEST_CASE("records handler: a body over the limit is 413, told in advance or not", "[handlers][records]") {
    RecordsSite site;
    const std::string body = "a=" + std::string(64 * 1024, 'x');
    const Answer told = site.send("POST", "/database.txt", kForm, body);
    CHECK(told.status() == 413);
    CHECK(told.before_body);
    const support::ParsedRequest request(
        support::head("POST", "/database.txt", std::string(kForm) + "Transfer-Encoding: chunked\r\n"));
    CHECK(support::settle(site.records->handle(*request, site.rights), body, {}, 1000, site.disk).status() == 413);
    const std::string large = "a=" + std::string(16 * 1024 + 1, 'x');
    CHECK(site.send("POST", "/database.txt", kForm, large).status() == 422);
}

TEST_CASE("records handler: all records in the form that Accept asks for", "[handlers][records]") {
    RecordsSite site;
    site.directory.write("database.txt", "# people\nid=1&name=%3Cscript%3E\n");
    struct Case {
        std::string_view accept;
        std::string_view type;
        std::string_view part;
    };
    for (const Case& each :
         {Case{"", "text/plain; charset=utf-8", "# people\nid=1&name=%3Cscript%3E\n"},
          Case{"Accept: */*\r\n", "text/plain; charset=utf-8", "# people\n"},
          Case{"Accept: application/json\r\n", "application/json", "[\n{\"id\":\"1\",\"name\":\"<script>\"}\n]\n"},
          Case{"Accept: text/csv\r\n", "text/csv; charset=utf-8; header=present", "id,name\r\n1,<script>\r\n"},
          Case{"Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n", "text/html; charset=utf-8",
               "<td>&lt;script&gt;</td>"}}) {
        INFO(each.accept);
        Answer answer = site.ask("GET", "/database.txt", each.accept);
        CHECK(answer.status() == 200);
        CHECK(answer.field("Content-Type") == each.type);
        CHECK(answer.field("X-Content-Type-Options") == "nosniff");
        CHECK(answer.field("Vary") == "Accept");
        CHECK(content_of(answer).find(each.part) != std::string::npos);
    }
    Answer html = site.ask("GET", "/database.txt", "Accept: text/html\r\n");
    CHECK(html.field("Content-Security-Policy").starts_with("default-src 'none'"));
    const std::string page = content_of(html);
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("<form method=\"post\" action=\"./database.txt\">") != std::string::npos);
    CHECK(site.ask("GET", "/database.txt", "Accept: image/png\r\n").status() == 406);
    CHECK(site.ask("HEAD", "/database.txt").response.stated_length == site.text().size());
}

TEST_CASE("records handler: a browser that sent the form gets a page", "[handlers][records]") {
    RecordsSite site;
    Answer made = site.send("POST", "/database.txt", std::string(kForm) + "Accept: text/html,*/*;q=0.8\r\n", "a=b");
    CHECK(made.status() == 201);
    CHECK(made.body().find("<a href=\"./database.txt/1\">1</a>") != std::string::npos);
    CHECK(made.field("Location") == "/database.txt/1");
}

TEST_CASE("records handler: answers follow the client's rights", "[handlers][records]") {
    RecordsSite site(false, false);
    CHECK(site.ask("GET", "/database.txt").status() == 404);
    site.directory.write("database.txt", "id=1&a=1\n");
    CHECK(site.ask("GET", "/database.txt").status() == 200);
    Answer page = site.ask("GET", "/database.txt", "Accept: text/html\r\n");
    CHECK(content_of(page).find("<form") == std::string::npos);
    RecordsSite all;
    Answer empty = all.ask("GET", "/database.txt");
    CHECK(empty.status() == 200);
    CHECK(content_of(empty).empty());
    CHECK(all.records->owns("/database.txt"));
    CHECK(all.records->owns("/database.txt/7"));
    CHECK_FALSE(all.records->owns("/database.txt2"));
    CHECK_FALSE(all.records->owns("/"));
}

TEST_CASE("records handler: preconditions of a record and of the file", "[handlers][records]") {
    RecordsSite site;
    site.directory.write("database.txt", "id=1&a=1\nid=2&a=2\n");
    const auto match = [](std::string_view name, const std::string& tag) {
        return std::string(name).append(": ").append(tag).append("\r\n");
    };
    const std::string tag = site.ask("GET", "/database.txt/1").field("ETag");
    const std::string json_tag = site.ask("GET", "/database.txt/1", "Accept: application/json\r\n").field("ETag");
    CHECK(tag != json_tag);
    CHECK(site.ask("GET", "/database.txt/1", match("If-None-Match", tag)).status() == 304);
    CHECK(site.ask("GET", "/database.txt/1", match("If-None-Match", json_tag)).status() == 200);
    CHECK(site.ask("GET", "/database.txt/1", match("If-Match", "\"x\"")).status() == 412);
    CHECK(site.send("PUT", "/database.txt/1", std::string(kForm) + match("If-Match", json_tag), "a=3").status() == 204);
    CHECK(site.send("PUT", "/database.txt/1", std::string(kForm) + match("If-Match", tag), "a=4").status() == 412);
    CHECK(site.send("PUT", "/database.txt/1", std::string(kForm) + "If-None-Match: *\r\n", "a=4").status() == 412);
    CHECK(site.ask("DELETE", "/database.txt/2", match("If-Match", tag)).status() == 412);
    CHECK(site.text() == "id=1&a=3\nid=2&a=2\n");

    const std::string all = site.ask("GET", "/database.txt").field("ETag");
    const std::string all_csv = site.ask("GET", "/database.txt", "Accept: text/csv\r\n").field("ETag");
    CHECK(all != all_csv);
    CHECK(site.ask("GET", "/database.txt", match("If-None-Match", all)).status() == 304);
    CHECK(site.ask("HEAD", "/database.txt", "Accept: text/csv\r\n" + match("If-None-Match", all_csv)).status() == 304);
    CHECK(site.send("POST", "/database.txt", std::string(kForm) + match("If-Match", all_csv), "a=5").status() == 201);
    CHECK(site.send("POST", "/database.txt", std::string(kForm) + match("If-Match", all), "a=6").status() == 412);
    CHECK(site.ask("GET", "/database.txt", match("If-None-Match", all)).status() == 200);
}

TEST_CASE("records handler: a replaced record's tag is told only when the bytes are those sent",
          "[handlers][records]") {
    RecordsSite site;
    site.directory.write("database.txt", "id=1&a=1\n");
    const Answer same = site.send("PUT", "/database.txt/1", kForm, "id=1&a=2");
    CHECK(same.field("ETag") == site.ask("GET", "/database.txt/1").field("ETag"));
    CHECK(site.send("PUT", "/database.txt/1", kJson, "{\"a\":\"3\"}").field("ETag").empty());
}

TEST_CASE("records handler: a client cannot use up the numbers", "[handlers][records]") {
    RecordsSite site;
    CHECK(site.send("POST", "/database.txt", kForm, "id=999999999999999&a=b").status() == 422);
    CHECK(site.send("POST", "/database.txt", kForm, "id=1000000000001&a=b").status() == 422);
    CHECK(site.send("POST", "/database.txt", kForm, "id=1000000000000&a=b").status() == 201);
    CHECK(site.send("POST", "/database.txt", kForm, "a=b").field("Location") == "/database.txt/1000000000001");
    // So many digits are a name, not a number.
    CHECK(site.send("POST", "/database.txt", kForm, "id=9999999999999999&a=b").status() == 201);
    CHECK(site.send("POST", "/database.txt", kForm, "a=c").field("Location") == "/database.txt/1000000000002");
}

TEST_CASE("records handler: a directory in the place of the file is said, not hidden", "[handlers][records]") {
    RecordsSite site;
    CHECK_FALSE(site.records->is_blocked());
    site.directory.write("database.txt", "");
    CHECK_FALSE(site.records->is_blocked());
    RecordsSite blocked;
    blocked.directory.make_directory("database.txt");
    CHECK(blocked.records->is_blocked());
    const auto check = [](const Answer& answer) {
        CHECK(answer.status() == 409);
        CHECK(answer.body().find("--records") == std::string::npos);
    };
    check(blocked.ask("GET", "/database.txt"));
    check(blocked.ask("GET", "/database.txt/1"));
    check(blocked.send("POST", "/database.txt", kForm, "a=b"));
}

TEST_CASE("records handler: each change of a record is told for the audit log, with its tags", "[handlers][records]") {
    using Action = http::Change::Action;
    RecordsSite site;
    const Answer made = site.send("POST", "/database.txt", kForm, "name=Ada");
    REQUIRE(made.changes.size() == 1);
    CHECK(made.changes[0].action == Action::create);
    CHECK(made.changes[0].path == "/database.txt/1");
    CHECK(made.changes[0].new_tag == site.ask("GET", "/database.txt/1").field("ETag"));
    CHECK(made.changes[0].bytes == std::string("id=1&name=Ada").size());
    const Answer replaced = site.send("PUT", "/database.txt/1", kForm, "name=Grace");
    REQUIRE(replaced.changes.size() == 1);
    CHECK(replaced.changes[0].action == Action::replace);
    CHECK(replaced.changes[0].path == "/database.txt/1");
    CHECK(replaced.changes[0].old_tag == made.changes[0].new_tag);
    CHECK(replaced.changes[0].new_tag != made.changes[0].new_tag);
    const Answer removed = site.ask("DELETE", "/database.txt/1");
    REQUIRE(removed.changes.size() == 1);
    CHECK(removed.changes[0].action == Action::remove);
    CHECK(removed.changes[0].old_tag == replaced.changes[0].new_tag);
    CHECK(removed.changes[0].new_tag.empty());
    CHECK(site.ask("DELETE", "/database.txt/1").changes.empty());
    CHECK(site.ask("GET", "/database.txt").changes.empty());
}

TEST_CASE("records: a part of a record does not take the place of the whole", "[handlers][records]") {
    RecordsSite site;
    site.directory.write("database.txt", "id=1&a=whole\n");
    const std::string part = std::string(kForm) + "Content-Range: bytes 0-2/10\r\n";
    CHECK(site.send("PUT", "/database.txt/1", part, "a=3").status() == 400);
    CHECK(site.send("POST", "/database.txt", part, "a=3").status() == 400);
    CHECK(site.text() == "id=1&a=whole\n");
}
