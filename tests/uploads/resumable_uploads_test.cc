// Resumable uploads as the connection sees them: each rule of the draft that a server has to keep.
#include <unistd.h>

#include "uploads/resumable_uploads.h"

#include <string>

#include "handler/error_page.h"
#include "support/catch.h"
#include "uploads/uploading.h"

using namespace resumable;

TEST_CASE("resumable uploads: one that is not interrupted is an upload like any other", "[handlers][upload]") {
    Uploading site;
    const auto created = site.put("/d/a.txt", "hello", kEnd);
    CHECK(created.status() == 201);
    CHECK(created.field("Location") == "/d/a.txt");
    CHECK(created.field("Upload-Complete") == "?1");
    CHECK(created.field("ETag").size() > 2);
    CHECK(site.directory.read("d/a.txt") == "hello");
    CHECK(site.put("/d/a.txt", "again", kEnd).status() == 204);
    CHECK(site.put_chunked("/d/b", "chunks", {}, kEnd).status() == 201);
    CHECK(site.put("/d/empty", "", kEnd).status() == 201);
    CHECK(site.directory.read("d/empty").empty());
    CHECK(site.visible() == std::vector<std::string>{"d", "d/a.txt", "d/b", "d/empty"});
    CHECK(site.put("/files/c", "x", kEnd).field("Location") == "/files/c");
}

TEST_CASE("resumable uploads: 104 tells the address before the body, to clients of this version of the draft",
          "[handlers][upload]") {
    Uploading site;
    const std::string fields = std::string(kEnd).append("Content-Length: 5\r\n");
    auto sink = site.open("PUT", "/a", std::string(kVersion) + fields);
    const auto interim = sink->take_interim();
    REQUIRE(interim.has_value());
    CHECK(interim->status == http::Status::upload_resumption_supported);
    const std::string location = field_of(*interim, "Location");
    CHECK(location.starts_with("/.godwit/uploads/"));
    CHECK(location.size() == std::string_view("/.godwit/uploads/").size() + 48);
    CHECK(field_of(*interim, "Upload-Limit") == "max-age=86400");
    CHECK(field_of(*interim, "Upload-Draft-Interop-Version") == "8");
    CHECK_FALSE(sink->take_interim().has_value());
    CHECK_FALSE(site.open("PUT", "/b", fields)->take_interim().has_value());
    CHECK_FALSE(site.open("PUT", "/c", "Upload-Draft-Interop-Version: 7\r\n" + fields)->take_interim().has_value());
}

TEST_CASE("resumable uploads: a refusal says whether the upload is complete", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "abc");
    const auto elsewhere = site.patch(upload, 1, "d", kEnd);
    CHECK(elsewhere.status() == 409);
    CHECK(elsewhere.field("Upload-Complete") == "?0");
    CHECK(elsewhere.field("Upload-Offset") == "3");
    for (const std::string& fields :
         {std::string("Upload-Complete: ?1\r\n"), std::string(kType),
          std::string(kType).append("Upload-Complete: ?1\r\n"), std::string(kType).append("Upload-Offset: 3\r\n")}) {
        INFO(fields);
        const auto refused = site.upload("PATCH", upload, "d", fields);
        CHECK(refused.status() >= 400);
        CHECK(refused.field("Upload-Complete") == "?0");
    }
    CHECK(site.patch(upload, 3, "d", kEnd).status() == 201);
    const auto late = site.patch(upload, 4, "", kEnd);
    CHECK(late.status() == 400);
    CHECK(late.field("Upload-Complete") == "?1");
    const auto created = site.put("/.hidden", "x", kPart);
    CHECK(created.status() == 403);
    CHECK(created.field("Upload-Complete") == "?0");
    CHECK(site.put("/.hidden", "x").field("Upload-Complete").empty());
    CHECK(site.put("/.well-known/a", "x", kPart).field("Upload-Complete") == "?0");
    CHECK(site.upload("POST", "/a/", "x", std::string(kPart) + "Origin: http://evil.example\r\n")
              .field("Upload-Complete") == "?0");
}

TEST_CASE("resumable uploads: what arrived of an interrupted one stays, and it goes on", "[handlers][upload]") {
    Uploading site;
    std::string upload;
    {
        auto sink = site.open("PUT", "/new/a", std::string(kEnd).append(kVersion).append("Content-Length: 10\r\n"));
        upload = field_of(*sink->take_interim(), "Location");
        REQUIRE(sink->write(support::bytes("01234")).has_value());
        CHECK(sink->incomplete().reason.find("kept") != std::string_view::npos);
    }
    CHECK(site.visible().empty());
    const auto told = site.ask("HEAD", upload);
    CHECK(told.status() == 204);
    CHECK(told.field("Upload-Complete") == "?0");
    CHECK(told.field("Upload-Offset") == "5");
    CHECK(told.field("Upload-Length") == "10");
    CHECK(told.field("Upload-Limit").starts_with("max-age="));
    CHECK(told.field("Cache-Control") == "no-store");
    const auto ended = site.patch(upload, 5, "56789", kEnd);
    CHECK(ended.status() == 201);
    CHECK(ended.field("Location") == "/new/a");
    CHECK(ended.field("Upload-Complete") == "?1");
    CHECK(site.directory.read("new/a") == "0123456789");
    const auto after = site.ask("HEAD", upload);
    CHECK(after.status() == 204);
    CHECK(after.field("Upload-Complete") == "?1");
    CHECK(after.field("Upload-Offset") == "10");
}

TEST_CASE("resumable uploads: go on after a restart", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "one ");
    site.start();
    CHECK(site.offset(upload) == "4");
    CHECK(site.patch(upload, 4, "two ", kPart).status() == 204);
    site.start();
    CHECK(site.patch(upload, 8, "three", kEnd).status() == 201);
    CHECK(site.directory.read("a") == "one two three");
    site.start();
    CHECK(site.ask("HEAD", upload).field("Upload-Complete") == "?1");
}

TEST_CASE("resumable uploads: in parts, with and without bytes in the first and the last", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "");
    const auto first = site.patch(upload, 0, "abc", kPart);
    CHECK(first.status() == 204);
    CHECK(first.field("Upload-Complete") == "?0");
    CHECK(first.field("Upload-Offset") == "3");
    CHECK(site.patch(upload, 3, "", kPart).status() == 204);
    CHECK(site.patch(upload, 3, "def", kPart).field("Upload-Offset") == "6");
    CHECK(site.visible().empty());
    CHECK(site.patch(upload, 6, "", kEnd).status() == 201);
    CHECK(site.directory.read("a") == "abcdef");
}

TEST_CASE("resumable uploads: a POST to a directory with a name", "[handlers][upload]") {
    Uploading site;
    site.directory.make_directory("d");
    const auto created =
        site.upload("POST", "/d/", "", std::string(kPart) + "Content-Disposition: inline; filename=x.txt\r\n");
    CHECK(created.status() == 201);
    const auto ended = site.patch(created.field("Location"), 0, "text", kEnd);
    CHECK(ended.status() == 201);
    CHECK(ended.field("Location") == "/d/x.txt");
    CHECK(site.directory.read("d/x.txt") == "text");
}

TEST_CASE("resumable uploads: an offset that is not the upload's is 409 and told", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "12345");
    for (const std::size_t wrong : {std::size_t{0}, std::size_t{4}, std::size_t{6}, std::size_t{999'999'999'999'999}}) {
        const auto refused = site.patch(upload, wrong, "x", kPart);
        CHECK(refused.status() == 409);
        CHECK(refused.field("Upload-Offset") == "5");
        CHECK(refused.field("Upload-Complete") == "?0");
        CHECK(refused.field("Content-Type") == "application/problem+json");
        CHECK(refused.body().find("\"expected-offset\":5,\"provided-offset\":" + std::to_string(wrong)) !=
              std::string::npos);
    }
    CHECK(site.offset(upload) == "5");
}

TEST_CASE("resumable uploads: an append without what it needs is refused and changes nothing", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "12345");
    const auto status = [&](std::string_view fields) { return site.upload("PATCH", upload, "x", fields).status(); };
    const std::string type(kType);
    const std::string offset = "Upload-Offset: 5\r\n";
    CHECK(status(offset + std::string(kPart)) == 415);
    CHECK(status("Content-Type: text/plain\r\n" + offset + std::string(kPart)) == 415);
    CHECK(status(type + offset) == 400);
    CHECK(status(type + std::string(kPart)) == 400);
    CHECK(status(type + offset + "Upload-Complete: 1\r\n") == 400);
    for (const std::string wrong : {"-1", "5.0", "0x5", "99999999999999999999", "\"5\"", "5, 5"}) {
        CHECK(status(type + "Upload-Offset: " + wrong + "\r\n" + std::string(kPart)) == 400);
    }
    CHECK(status(type + offset + std::string(kPart) + "Content-Range: bytes 5-5/6\r\n") == 400);
    CHECK(status(type + offset + std::string(kPart) + "Content-Encoding: gzip\r\n") == 415);
    CHECK(site.upload("PATCH", upload, "x", offset).field("Accept-Patch") == "application/partial-upload");
    CHECK(site.offset(upload) == "5");
}

TEST_CASE("resumable uploads: an upload has no versions that a condition could name", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "12345");
    const std::string append = std::string(kType) + "Upload-Offset: 5\r\n" + std::string(kPart);
    CHECK(site.upload("PATCH", upload, "x", append + "If-Match: \"1\"\r\n").status() == 412);
    CHECK(site.upload("PATCH", upload, "x", append + "If-None-Match: *\r\n").status() == 412);
    CHECK(site.upload("DELETE", upload, "", "If-Match: \"1\"\r\n").status() == 412);
    CHECK(site.offset(upload) == "5");
    CHECK(site.upload("PATCH", upload, "x", append + "If-Match: *\r\n").status() == 204);
    CHECK(site.offset(upload) == "6");
    CHECK(site.upload("DELETE", upload, "", "If-Match: *\r\n").status() == 204);
}

TEST_CASE("resumable uploads: lengths must agree, in every request", "[handlers][upload]") {
    Uploading site;
    CHECK(site.put("/a", "123", std::string(kEnd) + "Upload-Length: 4\r\n").status() == 400);
    CHECK(site.put("/a", "12345", std::string(kPart) + "Upload-Length: 4\r\n").status() == 400);
    const std::string upload = site.create("/a", "123", "Upload-Length: 6\r\n");
    CHECK(site.ask("HEAD", upload).field("Upload-Length") == "6");
    const auto wrong = site.patch(upload, 3, "45", kEnd);
    CHECK(wrong.status() == 400);
    CHECK(wrong.body().find("#inconsistent-upload-length") != std::string::npos);
    CHECK(site.patch(upload, 3, "4567", kPart).status() == 400);
    CHECK(site.patch(upload, 3, "456", std::string(kEnd) + "Upload-Length: 7\r\n").status() == 400);
    CHECK(site.offset(upload) == "3");
    CHECK(site.patch(upload, 3, "456", std::string(kPart) + "Upload-Length: 6\r\n").status() == 204);
    CHECK(site.patch(upload, 6, "", kEnd).status() == 201);
    // Learnt with an append.
    const std::string late = site.create("/b", "123");
    CHECK(site.patch(late, 3, "4", std::string(kPart) + "Upload-Length: 5\r\n").status() == 204);
    site.start();
    CHECK(site.ask("HEAD", late).field("Upload-Length") == "5");
}

TEST_CASE("resumable uploads: more bytes than the length end the upload for good", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "123", "Upload-Length: 5\r\n");
    auto sink = site.open(
        "PATCH", upload, std::string(kType).append(kPart).append("Upload-Offset: 3\r\nTransfer-Encoding: chunked\r\n"));
    CHECK(sink->write(support::bytes("45")).has_value());
    const auto refused = sink->write(support::bytes("6"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == http::Status::bad_request);
    CHECK(site.ask("HEAD", upload).status() == 404);
    // A chunked end that is too short is refused, and leaves the upload as it was.
    const std::string shorter = site.create("/b", "123", "Upload-Length: 5\r\n");
    auto end = site.open("PATCH", shorter,
                         std::string(kType).append(kEnd).append("Upload-Offset: 3\r\nTransfer-Encoding: chunked\r\n"));
    CHECK(end->write(support::bytes("4")).has_value());
    CHECK(support::run(*end->finish({}), *site.disk).status == http::Status::bad_request);
    CHECK(site.offset(shorter) == "3");
    CHECK(site.patch(shorter, 3, "45", kEnd).status() == 201);
}

TEST_CASE("resumable uploads: a refused append leaves no length behind", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "123");
    SECTION("because its digest is wrong") {
        const std::string fields = std::string(kPart).append("Upload-Length: 9\r\nContent-Digest: ").append(kHello256);
        CHECK(site.patch(upload, 3, "45", fields + "\r\n").status() == 400);
    }
    SECTION("because it ends too early") {
        auto end = site.open("PATCH", upload,
                             std::string(kType).append(kEnd).append(
                                 "Upload-Length: 9\r\nUpload-Offset: 3\r\nTransfer-Encoding: chunked\r\n"));
        CHECK(end->write(support::bytes("45")).has_value());
        CHECK(support::run(*end->finish({}), *site.disk).status == http::Status::bad_request);
    }
    const Answer told = site.ask("HEAD", upload);
    CHECK(told.field("Upload-Offset") == "3");
    CHECK(told.field("Upload-Length").empty());
    CHECK(site.patch(upload, 3, "45", kEnd).status() == 201);
    CHECK(site.directory.read("a") == "12345");
}

TEST_CASE("resumable uploads: a refusal while the body comes says that the upload is not complete, and its limits",
          "[handlers][upload]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.max_body = handler::SizeLimit(10);
    Uploading site(config);
    const std::string upload = site.create("/a", "12345");
    const auto refuse = [&](std::string_view method, std::string_view target, std::string_view fields) {
        const support::ParsedRequest request(support::head(method, target, fields));
        http::Response response = handler::refusal_response(&*request, {http::Status::request_timeout, "too slow"});
        site.site->decorate(&*request, response);
        return support::Answer{std::move(response), false};
    };
    const auto creation = refuse("PUT", "/b", kPart);
    CHECK(creation.field("Upload-Complete") == "?0");
    CHECK(creation.field("Upload-Limit") == "max-size=10, max-age=86400");
    const auto append = refuse("PATCH", upload, part_head(5, 5));
    CHECK(append.field("Upload-Complete") == "?0");
    CHECK(append.field("Upload-Limit").starts_with("max-size=10, max-age="));
    CHECK(refuse("PUT", "/b", {}).field("Upload-Complete").empty());
    CHECK(refuse("GET", "/b", kPart).field("Upload-Complete").empty());
    CHECK(refuse("DELETE", upload, {}).field("Upload-Complete").empty());
}

TEST_CASE("resumable uploads: what an upload does not take says whether it is complete; of no upload nothing is said",
          "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "12345");
    for (const char* method : {"PATCH", "PUT", "POST"}) {
        const auto unknown = site.upload(method, upload + "0", "6", kType);
        CHECK(unknown.status() >= 400);
        CHECK(unknown.field("Upload-Complete").empty());
        CHECK(unknown.field("Upload-Limit").empty());
    }
    const auto missing = site.put(upload, "6", {});
    CHECK(missing.status() == 405);
    CHECK(missing.field("Upload-Complete") == "?0");
    CHECK(site.patch(upload, 5, "", kEnd).status() == 201);
    const auto complete = site.put(upload, "6", {});
    CHECK(complete.status() == 405);
    CHECK(complete.field("Upload-Complete") == "?1");
}

TEST_CASE("resumable uploads: OPTIONS tells the limits that are left, of an upload that is the client's",
          "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "12345");
    CHECK(site.ask("OPTIONS", upload).field("Upload-Limit").starts_with("max-age=8"));
    CHECK(site.ask("OPTIONS", upload).field("Accept-Patch") == "application/partial-upload");
    CHECK(site.patch(upload, 5, "", kEnd).status() == 201);
    // An hour, less the seconds that this test took.
    CHECK(site.ask("OPTIONS", upload).field("Upload-Limit").starts_with("max-age=3"));
    CHECK(site.ask("OPTIONS", upload + "0").field("Upload-Limit").empty());
    CHECK(site.ask("OPTIONS", "*").field("Accept-Patch") == "application/partial-upload");
    site.user = std::make_shared<const http::User>(http::User{"alice", {}});
    const std::string hers = site.create("/b", "12345");
    CHECK_FALSE(site.ask("OPTIONS", hers).field("Upload-Limit").empty());
    site.user = nullptr;
    CHECK(site.ask("OPTIONS", hers).field("Upload-Limit").empty());
}

TEST_CASE("resumable uploads: --max-body bounds the whole, and 413 tells the limit", "[handlers][upload]") {
    site::SiteConfig config = AnsweringSite::all_allowed();
    config.max_body = handler::SizeLimit(10);
    Uploading site(config);
    const auto told = site.put("/a", "1", std::string(kPart) + "Upload-Length: 11\r\n");
    CHECK(told.status() == 413);
    CHECK(told.field("Upload-Limit") == "max-size=10, max-age=86400");
    const auto whole = site.put("/a", "12345678901", kEnd);
    CHECK(whole.status() == 413);
    CHECK(whole.field("Upload-Limit") == "max-size=10, max-age=86400");
    const std::string upload = site.create("/a", "12345");
    CHECK(site.ask("HEAD", upload).field("Upload-Limit").starts_with("max-size=10, max-age="));
    const auto more = site.patch(upload, 5, "678901", kEnd);
    CHECK(more.status() == 413);
    CHECK(more.field("Upload-Limit").starts_with("max-size=10"));
    auto sink = site.open(
        "PATCH", upload, std::string(kType).append(kPart).append("Upload-Offset: 5\r\nTransfer-Encoding: chunked\r\n"));
    CHECK(sink->write(support::bytes("67890")).has_value());
    CHECK(sink->write(support::bytes("1")).error().status == http::Status::content_too_large);
}

TEST_CASE("resumable uploads: a complete one takes nothing more", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "123");
    REQUIRE(site.patch(upload, 3, "4", kEnd).status() == 201);
    const auto more = site.patch(upload, 4, "5", kPart);
    CHECK(more.status() == 400);
    CHECK(more.body().find("#inconsistent-upload-length") != std::string::npos);
    const auto again = site.patch(upload, 4, "", kEnd);
    CHECK(again.status() == 400);
    CHECK(again.body().find("#completed-upload") != std::string::npos);
    CHECK(site.directory.read("a") == "1234");
    CHECK(site.ask("DELETE", upload).status() == 204);
    CHECK(site.ask("HEAD", upload).status() == 404);
    CHECK(site.directory.read("a") == "1234");
}

TEST_CASE("resumable uploads: DELETE leaves nothing", "[handlers][upload]") {
    Uploading site;
    const std::string upload = site.create("/a", "123");
    CHECK(site.ask("DELETE", upload).status() == 204);
    CHECK(site.ask("HEAD", upload).status() == 404);
    CHECK(site.ask("DELETE", upload).status() == 404);
    CHECK(site.patch(upload, 3, "4", kEnd).status() == 404);
    site.site->tidy();
    CHECK(site.directory.list().empty());
}

TEST_CASE("resumable uploads: no 104 through a proxy, which might take it for the answer", "[uploads]") {
    Uploading site;
    const std::string fields = std::string(kEnd) + std::string(kVersion) + "Content-Length: 5\r\n";
    CHECK(site.open("PUT", "/direct", fields)->take_interim().has_value());
    for (const std::string proxy : {"Via: 1.1 x", "Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1",
                                    "x-forwarded-proto: https", "X-Real-IP: 192.0.2.1"}) {
        CAPTURE(proxy);
        CHECK_FALSE(site.open("PUT", "/proxied", fields + proxy + "\r\n")->take_interim().has_value());
    }
}

TEST_CASE("resumable uploads: a PATCH that is refused notes no length, and ends no other", "[uploads]") {
    Uploading site;
    const std::string upload = site.create("/a", "123");
    auto writer = site.open("PATCH", upload, part_head(3, 3));
    CHECK(site.patch(upload, 3, "4567", std::string(kPart) + "Upload-Length: 5\r\n").status() == 400);
    CHECK(writer->write(support::bytes("456")).has_value());
    writer.reset();
    CHECK(site.ask("HEAD", upload).field("Upload-Length").empty());
    CHECK(site.patch(upload, 6, "", kEnd).status() == 201);
}

TEST_CASE("resumable uploads: a refusal that may pass keeps what arrived", "[uploads]") {
    Uploading site;
    const std::string upload = site.create("/a", "hello");
    site.directory.make_directory("a");
    const auto refused = site.patch(upload, 5, "", kEnd);
    CHECK(refused.status() == 409);
    CHECK(refused.field("Upload-Complete") == "?0");
    CHECK(site.offset(upload) == "5");
    REQUIRE(::rmdir(site.directory.at("a").c_str()) == 0);
    CHECK(site.patch(upload, 5, "", kEnd).status() == 201);
    CHECK(site.directory.read("a") == "hello");
}
