// Resumable uploads when requests meet, when conditions and digests fail, and when somebody means harm.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "storage/digest.h"
#include "support/catch.h"
#include "uploads/resumable_uploads.h"
#include "uploads/upload_state.h"
#include "uploads/uploading.h"

using namespace resumable;

TEST_CASE("resumable uploads: the newer of two requests wins", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "");
    auto older = site.open("PATCH", upload, part_head(0, 100));
    REQUIRE(older->write(support::bytes("old")).has_value());
    SECTION("an append") {
        CHECK(site.offset(upload) == "3");
        CHECK(site.patch(upload, 3, " new", kEnd).status() == 201);
        CHECK(site.directory.read("a") == "old new");
    }
    SECTION("an append that does not know the offset") {
        const auto refused = site.patch(upload, 0, "new", kPart);
        CHECK(refused.status() == 409);
        CHECK(refused.field("Upload-Offset") == "3");
    }
    SECTION("the question for the offset: what was told stays true") { CHECK(site.offset(upload) == "3"); }
    SECTION("a cancellation") { CHECK(site.ask("DELETE", upload).status() == 204); }
    const auto refused = older->write(support::bytes("late"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == http::Status::conflict);
}

TEST_CASE("resumable uploads: an older request whose body is whole does not count either", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "");
    auto older = site.open("PATCH", upload, part_head(0, 3, kEnd));
    REQUIRE(older->write(support::bytes("old")).has_value());
    CHECK(site.offset(upload) == "3");
    CHECK(support::run(*older->finish({}), *site.disk).status == http::Status::conflict);
    CHECK_FALSE(site.directory.has("a"));
}

TEST_CASE("resumable uploads: HEAD and DELETE wait for a commit, PATCH does not", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "");
    auto sink = site.open("PATCH", upload, part_head(0, 3, kEnd));
    REQUIRE(sink->write(support::bytes("abc")).has_value());
    const auto commit = sink->finish({});
    const auto pending = [&](std::string_view method) {
        const support::ParsedRequest request(support::head(method, upload));
        auto decision = site.site->handle(*request);
        REQUIRE(std::holds_alternative<std::unique_ptr<http::PendingResponse>>(decision));
        return std::move(std::get<std::unique_ptr<http::PendingResponse>>(decision));
    };
    const auto head = pending("HEAD");
    CHECK_FALSE(head->advance(support::kWake).has_value());
    CHECK(site.patch(upload, 0, "x", kPart).status() == 400);
    const auto removal = pending("DELETE");
    CHECK_FALSE(removal->advance(support::kWake).has_value());
    CHECK(support::run(*commit, *site.disk).status == http::Status::created);
    const auto told = head->advance(support::kWake);
    REQUIRE(told.has_value());
    CHECK(told->find("Upload-Complete") == "?1");
    CHECK(support::run(*removal, *site.disk).status == http::Status::no_content);
    CHECK(site.directory.read("a") == "abc");
}

TEST_CASE("resumable uploads: refusals and conditions are those of every upload", "[handlers][upload]") {
    Uploading site;
    site.directory.write("old", "old");
    site.directory.make_directory("dir");
    const std::string fields(kPart);
    CHECK(site.put("/.hidden", "x", fields).status() == 403);
    CHECK(site.put("/.godwit/uploads/x", "x", fields).status() == 405);
    CHECK(site.put("/dir", "x", fields).status() == 409);
    CHECK(site.put("/old/below", "x", fields).status() == 409);
    CHECK(site.put("/old", "x", fields + "If-None-Match: *\r\n").status() == 412);
    CHECK(site.put("/none", "x", fields + "If-Match: *\r\n").status() == 412);
    CHECK(site.put("/a", "x", fields + "Content-Encoding: gzip\r\n").status() == 415);
    CHECK(site.directory.list() == std::vector<std::string>{"dir", "old"});
}

TEST_CASE("resumable uploads: the creating request's conditions hold at the end too", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "mine", "If-None-Match: *\r\n");
    REQUIRE(site.put("/a", "theirs").status() == 201);
    site.start();
    const auto lost = site.patch(upload, 4, "", kEnd);
    CHECK(lost.status() == 412);
    CHECK(lost.field("Upload-Complete") == "?1");
    CHECK(site.directory.read("a") == "theirs");
    CHECK(site.ask("HEAD", upload).status() == 404);
    const std::string replaced =
        site.create("/a", "mine", "If-Match: " + site.ask("HEAD", "/a").field("ETag") + "\r\n");
    CHECK(site.patch(replaced, 4, "", kEnd).status() == 204);
    CHECK(site.directory.read("a") == "mine");
}

TEST_CASE("resumable uploads: digests of a part and of the whole", "[handlers][upload]") {
    if (!storage::has_digests()) return;
    Uploading site;
    const std::string stated = "Repr-Digest: " + std::string(kHello256) + "\r\n";
    SECTION("the whole is checked at the end, after a restart too") {
        const std::string upload = site.create("/a", kHello.substr(0, 5), stated + "Want-Repr-Digest: sha-256=5\r\n");
        site.start();
        const auto ended = site.patch(upload, 5, kHello.substr(5), kEnd);
        CHECK(ended.status() == 201);
        CHECK(ended.field("Repr-Digest") == kHello256);
    }
    SECTION("a wrong whole is not stored") {
        const std::string upload = site.create("/a", "HELLO", stated);
        const auto refused = site.patch(upload, 5, kHello.substr(5), kEnd);
        CHECK(refused.status() == 400);
        CHECK(refused.field("Upload-Complete") == "?1");
        CHECK_FALSE(site.directory.has("a"));
        CHECK(site.ask("HEAD", upload).status() == 404);
    }
    SECTION("a wrong part does not count, a right one does") {
        const std::string upload = site.create("/a", "x");
        const std::string digest = std::string(kPart) + "Content-Digest: " + std::string(kHello256) + "\r\n";
        CHECK(site.patch(upload, 1, "jello world\n", digest).status() == 400);
        CHECK(site.offset(upload) == "1");
        CHECK(site.patch(upload, 1, kHello, digest).status() == 204);
        CHECK(site.patch(upload, 13, "", kEnd).status() == 201);
        CHECK(site.directory.read("a") == "x" + std::string(kHello));
    }
    SECTION("a wrong first part leaves nothing") {
        CHECK(site.put("/a", "jello world\n", std::string(kPart) + "Content-Digest: " + std::string(kHello256) + "\r\n")
                  .status() == 400);
        CHECK(site.put("/a", "jello world\n", std::string(kEnd) + stated).status() == 400);
        site.site->tidy();
        CHECK(site.directory.list().empty());
    }
}

TEST_CASE("resumable uploads: a long part with a wrong digest is taken back in slices", "[handlers][upload]") {
    if (!storage::has_digests()) return;
    Uploading site;
    const std::string upload = site.create("/a", "x");
    const std::string part(9 * 1024 * 1024, 'y');  // three slices
    auto sink =
        site.open("PATCH", upload,
                  part_head(1, part.size(), std::string(kPart) + "Content-Digest: " + std::string(kHello256) + "\r\n"));
    REQUIRE(sink->write(support::bytes(part)).has_value());
    const auto pending = sink->finish({});
    CHECK_FALSE(pending->advance(support::kWake).has_value());
    // Nobody is told of bytes that go, or writes behind them.
    CHECK(site.patch(upload, 1, "z", kPart).status() == 503);
    const support::ParsedRequest request(support::head("HEAD", upload));
    auto decision = site.site->handle(*request);
    auto& head = std::get<std::unique_ptr<http::PendingResponse>>(decision);
    CHECK_FALSE(head->advance(support::kWake).has_value());
    CHECK(support::run(*pending, *site.disk).status == http::Status::bad_request);
    CHECK(Answer{support::run(*head, *site.disk), false}.field("Upload-Offset") == "1");
    CHECK(site.patch(upload, 1, "z", kEnd).status() == 201);
    CHECK(site.directory.read("a") == "xz");
}

TEST_CASE("resumable uploads: a digest that nobody announced is checked in slices, and the part taken back",
          "[handlers][upload]") {
    if (!storage::has_digests()) return;
    Uploading site;
    const std::string upload = site.create("/a", "x");
    const std::string part(200'000, 'y');
    const std::string fields = std::string(kType) + "Upload-Offset: 1\r\nTransfer-Encoding: chunked\r\n";
    const std::string trailer = "Content-Digest: " + std::string(kHello256) + "\r\n";
    auto sink = site.open("PATCH", upload, fields + std::string(kPart));
    REQUIRE(sink->write(support::bytes(part)).has_value());
    auto pending = sink->finish(trailer);
    CHECK_FALSE(pending->advance(support::kWake).has_value());
    CHECK(support::run(*pending, *site.disk).status == http::Status::bad_request);
    CHECK(site.offset(upload) == "1");
    // Who comes meanwhile goes on in its place.
    sink = site.open("PATCH", upload, fields + std::string(kPart));
    REQUIRE(sink->write(support::bytes(part)).has_value());
    pending = sink->finish(trailer);
    CHECK_FALSE(pending->advance(support::kWake).has_value());
    CHECK(site.offset(upload) == "200001");
    CHECK(support::run(*pending, *site.disk).status == http::Status::conflict);
    CHECK(site.offset(upload) == "200001");
}

TEST_CASE("resumable uploads: what is hashed in one turn is bounded, however many end at once", "[handlers][upload]") {
    if (!storage::has_digests()) return;
    Uploading site;
    const std::string upload =
        site.create("/a", "x", "Repr-Digest: " + std::string(kHello256) + "\r\nWant-Repr-Digest: sha-256=5\r\n");
    const std::string part(3 * 512 * 1024, 'y');
    auto sink = site.open("PATCH", upload, part_head(1, part.size(), kEnd));
    REQUIRE(sink->write(support::bytes(part)).has_value());
    const auto pending = sink->finish({});
    for (int i = 0; i < 100; ++i) CHECK_FALSE(pending->advance(support::kWake).has_value());
    site.clock.update();
    CHECK(support::run(*pending, *site.disk).status == http::Status::bad_request);
}

TEST_CASE("resumable uploads: an end that is put off does not hash everything again", "[handlers][upload]") {
    if (!storage::has_digests()) return;
    Uploading site;
    const std::string part(3 * 512 * 1024, 'y');
    const std::string upload = site.create("/a", "x", "Want-Repr-Digest: sha-256=5\r\n");
    site.directory.make_directory("a");
    auto sink = site.open("PATCH", upload, part_head(1, part.size(), kEnd));
    REQUIRE(sink->write(support::bytes(part)).has_value());
    const auto pending = sink->finish({});
    for (int i = 0; i < 10; ++i) CHECK_FALSE(pending->advance(support::kWake).has_value());
    site.clock.update();
    CHECK(support::run(*pending, *site.disk).status == http::Status::conflict);
    const std::string name = ".godwit/" + upload.substr(std::string_view("/.godwit/uploads/").size(), 16) + ".upload";
    const std::string noted = site.directory.read(name);
    // In one turn less can be hashed than there is, so these hash nothing. Nor do they note anything.
    for (int i = 0; i < 3; ++i) CHECK(site.patch(upload, part.size() + 1, "", kEnd).status() == 409);
    CHECK(site.directory.read(name) == noted);
    REQUIRE(::rmdir(site.directory.at("a").c_str()) == 0);
    const Answer stored = site.patch(upload, part.size() + 1, "", kEnd);
    CHECK(stored.status() == 201);
    CHECK(stored.field("Repr-Digest").starts_with("sha-256=:"));
    REQUIRE(stored.changes.size() == 1);
    CHECK(stored.changes.front().digest == stored.field("Repr-Digest"));
}

TEST_CASE("resumable uploads: of a state that grew long only the beginning is read for each request",
          "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "12345");
    const std::string name = ".godwit/" + upload.substr(std::string_view("/.godwit/uploads/").size(), 16) + ".upload";
    // A state of this length counts as damaged where it is read whole.
    std::string text = site.directory.read(name);
    while (text.size() <= uploads::kMaxStateBytes) text += uploads::synced_line(5);
    site.directory.write(name, text);
    CHECK(site.offset(upload) == "5");
    CHECK(site.ask("DELETE", upload).status() == 204);
    site.site->tidy();
    CHECK(site.directory.list().empty());
}

TEST_CASE("resumable uploads: tokens are not guessed, and paths behind them lead nowhere", "[handlers][upload]") {
    Uploading site;
    site.directory.write("secret", "secret");
    const std::string upload = site.create("/a", "123");
    const std::string prefix = "/.godwit/uploads/";
    std::string other = upload;
    other.back() = other.back() == '0' ? '1' : '0';
    for (const std::string& wrong : {other, upload + "0", upload + "/", upload + "/../secret", prefix, prefix + "..",
                                     prefix + "../../secret", prefix + "%2e%2e/secret", prefix + std::string(48, '0'),
                                     upload.substr(0, upload.size() - 1), upload + "%00"}) {
        INFO(wrong);
        if (wrong.ends_with("%00")) continue;  // no target at all
        const int status = site.ask("HEAD", wrong).status();
        CHECK((status == 404 || wrong.find("secret") != std::string::npos));
        CHECK(site.patch(wrong, 3, "x", kPart).status() >= 400);
    }
    CHECK(site.directory.read("secret") == "secret");
    CHECK(site.offset(upload) == "3");
    for (const std::string_view hidden : {"/.godwit", "/.godwit/", "/.godwit/uploads"}) {
        CHECK(site.ask("GET", hidden).status() >= 400);
    }
}

TEST_CASE("resumable uploads: bytes that were swapped are not written to", "[handlers][upload]") {
    Uploading site;
    site.directory.write("victim", "0123456789");
    const std::string upload = site.create("/a", "123");
    const auto names = site.directory.list();
    const auto found =
        std::ranges::find_if(names, [](const std::string& name) { return name.starts_with(".godwit-"); });
    REQUIRE(found != names.end());
    REQUIRE(::unlink(site.directory.at(*found).c_str()) == 0);
    REQUIRE(::symlink("victim", site.directory.at(*found).c_str()) == 0);
    CHECK(site.patch(upload, 3, "evil", kEnd).status() == 410);
    CHECK(site.ask("HEAD", upload).status() == 404);
    CHECK(site.directory.read("victim") == "0123456789");
}

TEST_CASE("resumable uploads: OPTIONS tells what can be done", "[handlers][upload]") {
    Uploading site;
    const auto file = site.ask("OPTIONS", "/a");
    CHECK(file.field("Accept-Patch") == "application/partial-upload");
    CHECK(file.field("Upload-Limit") == "max-age=86400");
    const std::string upload = site.create("/a", "1");
    CHECK(site.ask("OPTIONS", upload).field("Allow") == "GET, HEAD, DELETE, OPTIONS, PATCH");
    CHECK(site.put(upload, "x").status() == 405);
    CHECK(site.upload("POST", upload, "x").status() == 405);
    CHECK(site.ask("OPTIONS", "/healthz").field("Accept-Patch").empty());
}

TEST_CASE("resumable uploads: where they are off a whole one is stored and a part is refused", "[handlers][upload]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.upload_expiry_s = 0;
    Uploading site(config);
    CHECK(site.put("/a", "whole", std::string(kEnd).append(kVersion)).status() == 201);
    CHECK(site.put("/b", "part", kPart).status() == 501);
    CHECK(site.ask("OPTIONS", "/a").field("Accept-Patch").empty());
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
    config.upload_expiry_s = 60;
    config.allow_upload = false;
    Uploading closed(config);
    CHECK(closed.put("/a", "x", kEnd).status() == 405);
}

TEST_CASE("resumable uploads: a field that is malformed is as if it were not there", "[handlers][upload]") {
    Uploading site;
    CHECK(site.put("/a", "whole", "Upload-Complete: 1\r\n").status() == 201);
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}
