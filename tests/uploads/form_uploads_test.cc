// Forms with files posted to a directory: what is stored and told, cut anywhere, too many and too large.
#include "uploads/form_uploads.h"

#include <dirent.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "base/escape.h"
#include "storage/digest.h"
#include "storage/temporary_file.h"
#include "support/catch.h"
#include "support/write_site.h"
#include "uploads/form_posts.h"
#include "uploads/form_reader.h"

using namespace forms;

TEST_CASE("forms: every file is stored, and a script is told where", "[handlers][forms]") {
    AnsweringSite site;
    const auto answer =
        post(site, "/in/", field_part("title", "x") + file_part("a b.txt", "one") + file_part("c", "") + kEnd);
    CHECK(answer.status() == 201);
    CHECK(site.directory.read("in/a b.txt") == "one");
    CHECK(site.directory.read("in/c").empty());
    const std::string tag = site.ask("HEAD", "/in/a%20b.txt").field("ETag");
    std::string escaped;
    base::append_json_escaped(escaped, tag.substr(tag.find('"')));
    CHECK(answer.field("Content-Type") == "application/json");
    CHECK(answer.body().starts_with(R"({"files":[{"name":"a b.txt","path":"/in/a%20b.txt","size":3,"status":201,)"
                                    R"("etag":")" +
                                    escaped + "\"},\n{\"name\":\"c\","));
    CHECK(answer.field("Location").empty());
    CHECK(site.directory.list() == std::vector<std::string>{"in", "in/a b.txt", "in/c"});
}

TEST_CASE("forms: one with a condition is refused, and replaces nothing", "[handlers][forms]") {
    AnsweringSite site(config_with(OnConflict::replace));
    site.directory.write("a", "old");
    for (const std::string_view condition : {"If-Match: \"nope\"\r\n", "If-None-Match: *\r\n"}) {
        INFO(condition);
        CHECK(post(site, "/", file_part("a", "new") + kEnd, condition).status() == 412);
        CHECK(site.directory.read("a") == "old");
    }
}

TEST_CASE("forms: one file has a Location, with the prefix of the request", "[handlers][forms]") {
    AnsweringSite site;
    const auto answer = post(site, "/files/in/", file_part("a", "one") + kEnd);
    CHECK(answer.status() == 201);
    CHECK(answer.field("Location") == "/files/in/a");
    CHECK(answer.field("ETag").starts_with('"'));
    CHECK(site.directory.read("in/a") == "one");
}

TEST_CASE("forms: a browser goes back to the directory, or sees what was not stored", "[handlers][forms]") {
    AnsweringSite site;
    const auto stored = post(site, "/in/", file_part("a", "one") + kEnd, kBrowser);
    CHECK(stored.status() == 303);
    CHECK(stored.field("Location") == "/in/");
    const auto mixed = post(site, "/in/", file_part("a", "two") + file_part("<b>&", "two") + kEnd, kBrowser);
    CHECK(mixed.status() == 409);
    CHECK(mixed.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(mixed.body().find("1 of 2 files stored") != std::string::npos);
    CHECK(mixed.body().find("&lt;b&gt;&amp;</a>: stored") != std::string::npos);
    CHECK(mixed.body().find("<b>a</b>: there is something of that name") != std::string::npos);
    CHECK(mixed.body().find("href=\"./%3Cb%3E&amp;\"") != std::string::npos);
    CHECK(mixed.body().find("href=\"./\"") != std::string::npos);
    CHECK(mixed.body().find("href=\"/") == std::string::npos);
    CHECK(site.directory.read("in/a") == "one");
    CHECK(site.directory.read("in/<b>&") == "two");
}

TEST_CASE("forms: a taken name is refused, evaded or replaced", "[handlers][forms]") {
    AnsweringSite refusing(config_with(OnConflict::refuse));
    refusing.directory.write("a.txt", "old");
    const auto refused = post(refusing, "/", file_part("a.txt", "new") + file_part("b", "new") + kEnd);
    CHECK(refused.status() == 409);
    CHECK(refused.body().find(R"({"name":"a.txt","status":409,"error":"there is something)") != std::string::npos);
    CHECK(refused.body().find(R"({"name":"b","path":"/b","size":3,"status":201)") != std::string::npos);
    CHECK(refusing.directory.read("a.txt") == "old");
    CHECK(refusing.directory.read("b") == "new");

    AnsweringSite renaming(config_with(OnConflict::rename));
    renaming.directory.write("a.txt", "old");
    const auto renamed = post(renaming, "/", file_part("a.txt", "1") + file_part("a.txt", "2") + kEnd);
    CHECK(renamed.status() == 201);
    CHECK(renamed.body().find(R"("name":"a (1).txt","path":"/a%20(1).txt")") != std::string::npos);
    CHECK(renaming.directory.read("a.txt") == "old");
    CHECK(renaming.directory.read("a (1).txt") == "1");
    CHECK(renaming.directory.read("a (2).txt") == "2");

    AnsweringSite replacing(config_with(OnConflict::replace));
    replacing.directory.write("a.txt", "old");
    const auto replaced = post(replacing, "/", file_part("a.txt", "1") + file_part("a.txt", "2") + kEnd);
    CHECK(replaced.status() == 200);
    CHECK(replaced.body().find("\"status\":204") != std::string::npos);
    CHECK(replacing.directory.read("a.txt") == "2");
}

TEST_CASE("forms: a body posted by its name is refused, evades or replaces as well", "[handlers][forms]") {
    const std::string named = "Content-Disposition: attachment; filename=a.txt\r\n";
    for (const OnConflict on_conflict : {OnConflict::refuse, OnConflict::rename, OnConflict::replace}) {
        AnsweringSite site(config_with(on_conflict));
        CHECK(site.upload("POST", "/d/", "one", named).status() == 201);
        const auto second = site.upload("POST", "/d/", "two", named);
        const bool refuses = on_conflict == OnConflict::refuse;
        const bool renames = on_conflict == OnConflict::rename;
        CHECK(second.status() == (refuses ? 409 : renames ? 201 : 204));
        CHECK(second.before_body == refuses);
        CHECK(second.field("Location") == (renames ? "/d/a%20(1).txt" : ""));
        CHECK(site.directory.read("d/a.txt") == (on_conflict == OnConflict::replace ? "two" : "one"));
    }
}

TEST_CASE("forms: refused names are told with the others' success", "[handlers][forms]") {
    AnsweringSite site;
    const auto answer =
        post(site, "/", file_part(".bashrc", "x") + file_part("ok", "y") + file_part("", "no name") + kEnd);
    CHECK(answer.status() == 409);
    CHECK(answer.body().find(R"({"name":".bashrc","status":403,"error":"names that begin with a dot)") !=
          std::string::npos);
    CHECK(answer.body().find(R"({"name":"","status":422)") != std::string::npos);
    CHECK(site.directory.list() == std::vector<std::string>{"ok"});
}

TEST_CASE("forms: without a file there is nothing to store", "[handlers][forms]") {
    AnsweringSite site;
    CHECK(post(site, "/", kEnd).status() == 422);
    CHECK(post(site, "/", field_part("a", "b") + kEnd).status() == 422);
    const auto not_chosen = post(site, "/", file_part("", "") + kEnd, kBrowser);
    CHECK(not_chosen.status() == 422);
    CHECK(not_chosen.body().find("choose one") != std::string::npos);
    CHECK(site.becomes_empty());
    // Beside another file the one that was not chosen is nothing.
    CHECK(post(site, "/", file_part("", "") + file_part("a", "x") + kEnd).status() == 201);
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}

TEST_CASE("forms: the same files whichever way the body is cut", "[handlers][forms]") {
    const std::string tricky = "\r\n--AaB03\r\n--AaB03x";  // ends in what could be the delimiter, but for its CRLF
    const std::string body = "preamble\r\n" + field_part("t", "1") + file_part("a", tricky + "\r") +
                             file_part("b", "\r\n\r\n--") + kEnd + "epilogue";
    std::vector<std::size_t> sizes = {1, 2, 3, 5, 7, 64, body.size()};
    for (const std::size_t size : sizes) {
        AnsweringSite site;
        CHECK(post(site, "/", body, {}, kBoundary, size).status() == 400);  // the tricky content is a real delimiter
        CHECK(site.becomes_empty());
    }
    const std::string harmless = "\r\n--AaB03\r\n--AaB03-x\r\n-";
    const std::string good = "preamble\r\n" + field_part("t", "1") + file_part("a", harmless) +
                             file_part("b", "\r\n\r\n--") + kEnd + "epilogue";
    const auto check = [&](std::size_t first, std::size_t rest) {
        AnsweringSite site;
        const std::string head = support::head("POST", "/",
                                               "Content-Type: multipart/form-data; boundary=AaB03x\r\n"
                                               "Content-Length: " +
                                                   std::to_string(good.size()) + "\r\n");
        const support::ParsedRequest request(head);
        auto decision = site.site->handle(*request);
        auto& sink = std::get<std::unique_ptr<http::BodySink>>(decision);
        for (std::size_t at = 0; at < good.size();) {
            const std::size_t count = std::min(at == 0 && first > 0 ? first : rest, good.size() - at);
            REQUIRE(sink->write(support::bytes(std::string_view(good).substr(at, count))).has_value());
            while (!sink->catch_up()) {
            }
            at += count;
        }
        auto pending = sink->finish({});
        const auto response = support::run(*pending, *site.disk);
        INFO("first " << first << ", then " << rest);
        REQUIRE(http::code(response.status) == 201);
        REQUIRE(site.directory.read("a") == harmless);
        REQUIRE(site.directory.read("b") == "\r\n\r\n--");
    };
    for (const std::size_t size : sizes) check(0, size);
    for (std::size_t cut = 1; cut < good.size(); ++cut) check(cut, good.size());
}

TEST_CASE("forms: a form that is cut off or refused late stores nothing", "[handlers][forms]") {
    AnsweringSite site;
    const std::string body = file_part("a", "one") + file_part("b", "two") + kEnd;
    for (std::size_t length = 1; length < body.size() - 2; length += 7) {
        const auto answer = post(site, "/new/", body.substr(0, length));
        CHECK(answer.status() == 400);
        REQUIRE(site.becomes_empty());
    }
    CHECK(post(site, "/new/", file_part("a", "one") + "--AaB03x\r\nno head\r\n\r\n").status() == 400);
    CHECK(post(site, "/new/", file_part("a", "one") + field_part("f", std::string(70'000, 'x')) + kEnd).status() ==
          413);
    {
        const support::ParsedRequest request(support::head(
            "POST", "/new/", "Content-Type: multipart/form-data; boundary=AaB03x\r\nTransfer-Encoding: chunked\r\n"));
        auto decision = site.site->handle(*request);
        auto& sink = std::get<std::unique_ptr<http::BodySink>>(decision);
        REQUIRE(sink->write(support::bytes(file_part("a", "one") + file_part("b", "tw"))).has_value());
        for (const std::string& name : site.directory.list()) CHECK(storage::is_temporary_name(name));
    }
    CHECK(site.becomes_empty());
}

TEST_CASE("forms: who goes away after a thousand files holds nobody up: their names go in the background",
          "[handlers][forms]") {
    support::WriteSite site;
    const site::SiteConfig config = AnsweringSite::all_allowed();
    // A slice that no slow machine ends in the middle.
    std::optional<uploads::FormReader> reader(std::in_place, *site.parts, uploads::WriteGate(config, *site.root, {}),
                                              config.on_conflict, "/", kBoundary, std::chrono::seconds(60));
    REQUIRE(reader->take(support::bytes(file_part("a", "one") + file_part("b", "two") + "--AaB03x\r\n")).has_value());
    CHECK(site.directory.list().size() == 2);
    SECTION("cut off") { reader.reset(); }
    SECTION("refused") { CHECK_FALSE(reader->take(support::bytes("no head\r\n\r\n")).has_value()); }
    CHECK(site.disk.removed_later.size() == 2);
}

TEST_CASE("forms: the number of parts is bounded, and work is done in slices", "[handlers][forms]") {
    AnsweringSite site;
    std::string body;
    for (int i = 0; i < 10'000; ++i) body += file_part("f" + std::to_string(i), "x");
    const auto refused = post(site, "/", body + kEnd, {}, kBoundary, 128 * 1024);
    CHECK(refused.status() == 413);
    CHECK(site.becomes_empty());

    body.clear();
    for (std::size_t i = 0; i < uploads::kMaxFormParts; ++i) body += file_part("f" + std::to_string(i), "x");
    const auto stored = post(site, "/", body + kEnd, {}, kBoundary, 128 * 1024);
    CHECK(stored.status() == 201);
    CHECK(site.directory.list().size() == uploads::kMaxFormParts);
    CHECK(site.directory.read("f999") == "x");
}

TEST_CASE("forms: no more than a slice is worked off by one call, and no descriptor is held for a waiting file",
          "[handlers][forms]") {
    AnsweringSite site;
    const support::ParsedRequest request(support::head(
        "POST", "/", "Content-Type: multipart/form-data; boundary=AaB03x\r\nTransfer-Encoding: chunked\r\n"));
    auto decision = site.site->handle(*request);
    auto& sink = std::get<std::unique_ptr<http::BodySink>>(decision);
    const auto count_descriptors = [] {
        std::ptrdiff_t count = 0;
        DIR* const listing = ::opendir("/proc/self/fd");
        REQUIRE(listing != nullptr);
        while (::readdir(listing) != nullptr) ++count;
        ::closedir(listing);
        return count;
    };
    const auto before = count_descriptors();
    std::string body;
    for (int i = 0; i < 100; ++i) body += file_part("f" + std::to_string(i), "x");
    REQUIRE(sink->write(support::bytes(body + "--AaB03x")).has_value());
    CHECK(site.directory.list().size() >= 1);
    CHECK(site.directory.list().size() <= uploads::kFormFilesPerSlice);
    std::size_t slices = 1;
    while (!sink->catch_up()) ++slices;
    CHECK(slices + 1 >= 100 / uploads::kFormFilesPerSlice);
    CHECK(site.directory.list().size() == 100);
    CHECK(count_descriptors() <= before + 2);
    REQUIRE(sink->write(support::bytes("--")).has_value());
    auto pending = sink->finish({});
    sink.reset();
    CHECK(http::code(support::run(*pending, *site.disk).status) == 201);
    CHECK(site.directory.read("f99") == "x");
}

TEST_CASE("forms: where files are slow to make, a slice is one of them", "[handlers][forms]") {
    support::WriteSite site;
    const site::SiteConfig config = AnsweringSite::all_allowed();
    uploads::FormReader reader(*site.parts, uploads::WriteGate(config, *site.root, {}), config.on_conflict, "/",
                               kBoundary, std::chrono::microseconds(0));
    std::string body;
    for (int i = 0; i < 3; ++i) body += file_part("f" + std::to_string(i), "x");
    REQUIRE(reader.take(support::bytes(body + kEnd)).has_value());
    CHECK(site.directory.list().size() == 1);
    CHECK_FALSE(reader.work());
    CHECK(site.directory.list().size() == 2);
    while (!reader.work()) CHECK(site.directory.list().size() <= 3);
    CHECK(site.directory.list().size() == 3);
    CHECK_FALSE(reader.find_fault().has_value());
}

TEST_CASE("forms: --max-body counts the whole form", "[handlers][forms]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.max_body = handler::SizeLimit(300);
    AnsweringSite site(config);
    const std::string body = file_part("a", std::string(200, 'x')) + kEnd;
    const auto announced = post(site, "/", body);
    CHECK(announced.status() == 413);
    CHECK(announced.before_body);
    const auto chunked =
        site.send(support::head("POST", "/",
                                "Content-Type: multipart/form-data; boundary=AaB03x\r\nTransfer-Encoding: chunked\r\n"),
                  body, {}, 50);
    CHECK(chunked.status() == 413);
    CHECK(site.becomes_empty());
}

TEST_CASE("forms: what is no form, and forms that are not for a directory", "[handlers][forms]") {
    AnsweringSite site;
    const auto typed = [&](std::string_view type) {
        return site.upload("POST", "/", "x", "Content-Type: " + std::string(type) + "\r\n");
    };
    CHECK(typed("multipart/form-data").status() == 400);
    CHECK(typed("multipart/form-data; boundary=").status() == 400);
    CHECK(typed("multipart/form-data; boundary=" + std::string(71, 'b')).status() == 400);
    CHECK(post(site, "/.hidden/", file_part("a", "x") + kEnd).status() == 403);
    CHECK(site.ask("POST", "/", "Content-Type: multipart/form-data; boundary=b\r\n").status() == 411);
    CHECK(site.becomes_empty());
    site.directory.write("file", "x");
    CHECK(post(site, "/file/", file_part("a", "x") + kEnd).status() == 409);
}

TEST_CASE("forms: the file of the records is not replaced by one that has its name", "[handlers][forms]") {
    AnsweringSite site(config_with(OnConflict::replace));
    site.directory.write("database.txt", "id=1&a=b\n");
    CHECK(post(site, "/", file_part("database.txt", "x") + kEnd).status() == 409);
    CHECK(site.upload("POST", "/", "x", "Content-Disposition: attachment; filename=database.txt\r\n").status() == 409);
    CHECK(site.directory.read("database.txt") == "id=1&a=b\n");
    CHECK(post(site, "/d/", file_part("database.txt", "x") + kEnd).status() == 201);
}

TEST_CASE("forms: a digest of the form is verified", "[handlers][forms]") {
    if (!storage::has_digests()) return;
    AnsweringSite site;
    const std::string wrong = "Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n";
    CHECK(post(site, "/", file_part("a", "x") + kEnd, wrong).status() == 400);
    CHECK(site.becomes_empty());
}

TEST_CASE("forms: a full disk refuses the form as a whole", "[handlers][forms]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.min_free_bytes = UINT64_MAX / 2;
    AnsweringSite site(config);
    CHECK(post(site, "/", file_part("a", "x") + file_part("b", "y") + kEnd).status() == 507);
    CHECK(site.becomes_empty());
}
