// The answer that an archive is.
#include "archives/archives.h"

#include <ctime>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "http/conditional.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/pulling.h"
#include "support/served_tree.h"
#include "support/write_site.h"
#include "trees/tree_walk.h"

using archives::ArchiveForm;

namespace {

struct Site {
    Answer ask(std::string_view method, std::string_view path, ArchiveForm form, std::string_view lines = {}) {
        const ParsedRequest request(method, path, lines);
        return take_answer(archives.send(request.get(), *root.open_directory(request.get().path()), form),
                           request.get().method);
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    http::MemoryShare share{archives::kArchivesBytes};
    support::StubbornDiskQueue disk;
    archives::Archives archives{
        root, clock, disk, share, {.compression_level = 6, .grants = nullptr, .index_name = "i"}};
};

}  // namespace

TEST_CASE("archives: each form has its type and the folder's name", "[archives]") {
    Site site;
    site.tree.make_directory("notes");
    site.tree.write("notes/a.txt", "x");
    const Answer zip = site.ask("GET", "/notes/", ArchiveForm::zip);
    CHECK(zip.status == 200);
    CHECK(zip.field("Content-Type") == "application/zip");
    CHECK(zip.field("Content-Disposition") == "attachment; filename=\"notes.zip\"");
    CHECK(zip.field("X-Content-Type-Options") == "nosniff");
    CHECK(zip.field("Cache-Control") == "no-cache");
    CHECK(zip.length == zip.body.size());
    CHECK_FALSE(zip.failed);
    CHECK(zip.body.starts_with("PK\3\4"));
    const Answer tar = site.ask("GET", "/", ArchiveForm::tar);
    CHECK(tar.field("Content-Type") == "application/x-tar");
    CHECK(tar.field("Content-Disposition") == "attachment; filename=\"archive.tar\"");
    CHECK(tar.body.starts_with("notes/"));
    const Answer coded = site.ask("GET", "/notes/", ArchiveForm::tar_gz);
    CHECK(coded.field("Content-Type") == "application/gzip");
    CHECK(coded.field("Content-Encoding") == "-");
    CHECK(coded.body.starts_with("\x1F\x8B"));
    CHECK_FALSE(coded.length.has_value());
    CHECK(coded.field("ETag") == "-");
    CHECK(site.share.bytes_left() == archives::kArchivesBytes);
}

TEST_CASE("archives: HEAD has the head of GET", "[archives]") {
    Site site;
    site.tree.write("a.txt", "x");
    for (const ArchiveForm form : {ArchiveForm::zip, ArchiveForm::tar, ArchiveForm::tar_gz}) {
        const Answer head = site.ask("HEAD", "/", form);
        const Answer get = site.ask("GET", "/", form);
        CHECK(head.lines == get.lines);
        CHECK(head.length == get.length);
        CHECK(head.body.empty());
    }
}

TEST_CASE("archives: a zip and a tar have a length and a tag that follow every change below the folder", "[archives]") {
    Site site;
    site.tree.make_directory("d");
    site.tree.write("d/f", std::string(100'000, 'f'));
    std::vector<std::string> tags;
    for (const ArchiveForm form : {ArchiveForm::zip, ArchiveForm::tar}) {
        const Answer first = site.ask("GET", "/", form);
        tags.push_back(first.field("ETag"));
        CHECK(http::is_entity_tag(tags.back()));
        CHECK_FALSE(http::is_weak_tag(tags.back()));
        CHECK(first.length == first.body.size());
        CHECK(first.field("Accept-Ranges") == "bytes");
        CHECK(site.ask("GET", "/", form).field("ETag") == tags.back());
    }
    SECTION("another content") { site.tree.write("d/f", std::string(100'000, 'g')); }
    SECTION("another file") { site.tree.write("d/g", ""); }
    SECTION("another time of a folder") { site.tree.set_mtime("d", 1'000'000'000); }
    SECTION("another mode") { site.tree.set_mode("d/f", 0755); }
    CHECK(site.ask("GET", "/", ArchiveForm::zip).field("ETag") != tags[0]);
    CHECK(site.ask("GET", "/", ArchiveForm::tar).field("ETag") != tags[1]);
}

TEST_CASE("archives: the tag is weak while a file in it may change and keep its stamps", "[archives]") {
    Site site;
    site.clock.set_unix_seconds(std::time(nullptr));
    site.tree.write("a", "x");
    CHECK(http::is_weak_tag(site.ask("GET", "/", ArchiveForm::zip).field("ETag")));
}

TEST_CASE("archives: conditions name their version", "[archives]") {
    Site site;
    site.tree.write("a", "x");
    const std::string tag = site.ask("GET", "/", ArchiveForm::zip).field("ETag");
    CHECK(site.ask("GET", "/", ArchiveForm::zip, "If-Match: \"x\"\r\n").status == 412);
    CHECK(site.ask("GET", "/", ArchiveForm::zip, "If-Match: " + tag + "\r\n").status == 200);
    CHECK(site.ask("GET", "/", ArchiveForm::zip, "If-None-Match: \"x\"\r\n").status == 200);
    const Answer known = site.ask("GET", "/", ArchiveForm::zip, "If-None-Match: " + tag + "\r\n");
    CHECK(known.status == 304);
    CHECK(known.field("ETag") == tag);
    CHECK(known.field("Cache-Control") == "no-cache");
    CHECK(site.ask("GET", "/", ArchiveForm::tar_gz, "If-Match: \"x\"\r\n").status == 412);
    CHECK(site.ask("GET", "/", ArchiveForm::tar_gz, "If-None-Match: *\r\n").field("Cache-Control") == "no-cache");
}

TEST_CASE("archives: each part that is asked for is that part of the whole", "[archives]") {
    Site site;
    site.tree.make_directory("d");
    site.tree.write("d/f", std::string(3000, 'f'));
    site.tree.write("d/g", std::string(700, 'g'));
    site.tree.write("empty", "");
    for (const ArchiveForm form : {ArchiveForm::zip, ArchiveForm::tar}) {
        const std::string whole = site.ask("GET", "/", form).body;
        const std::string size = std::to_string(whole.size());
        for (std::size_t first = 0; first < whole.size(); first += 97) {
            const std::string from = std::to_string(first);
            const Answer rest = site.ask("GET", "/", form, "Range: bytes=" + from + "-\r\n");
            CHECK(rest.status == 206);
            CHECK(rest.field("Content-Range") == "bytes " + from + "-" + std::to_string(whole.size() - 1) + "/" + size);
            CHECK(rest.length == whole.size() - first);
            CHECK((rest.body == whole.substr(first)));
            const Answer part =
                site.ask("GET", "/", form, "Range: bytes=" + from + "-" + std::to_string(first + 499) + "\r\n");
            CHECK((part.body == whole.substr(first, 500)));
            CHECK_FALSE(part.failed);
        }
        const Answer beyond = site.ask("GET", "/", form, "Range: bytes=" + size + "-\r\n");
        CHECK(beyond.status == 416);
        CHECK(beyond.field("Content-Range") == "bytes */" + size);
        const Answer several = site.ask("GET", "/", form, "Range: bytes=0-1, 5-6\r\n");
        CHECK(several.status == 200);
        CHECK((several.body == whole));
        CHECK(site.ask("GET", "/", form, "Range: bytes=0-1\r\nIf-Range: \"x\"\r\n").status == 200);
    }
    CHECK(site.share.bytes_left() == archives::kArchivesBytes);
}

TEST_CASE("archives: one from which something is left out has no length", "[archives]") {
    Site site;
    site.tree.make_directory("d");
    site.tree.write("d/i", "an index file");
    site.tree.write("f", "x");
    for (const ArchiveForm form : {ArchiveForm::zip, ArchiveForm::tar}) {
        const Answer answer = site.ask("GET", "/", form, "Range: bytes=0-1\r\n");
        CHECK(answer.status == 200);
        CHECK_FALSE(answer.length.has_value());
        CHECK(answer.field("ETag") == "-");
        CHECK(answer.field("Accept-Ranges") == "-");
        CHECK_FALSE(answer.failed);
    }
}

TEST_CASE("archives: a change between the look and the sending cuts the answer", "[archives]") {
    Site site;
    site.tree.write("a", std::string(2000, 'a'));
    site.tree.write("b", std::string(2000, 'b'));
    const ParsedRequest parsed("GET", "/");
    auto decision = site.archives.send(parsed.get(), *site.root.open_directory("/"), ArchiveForm::zip);
    auto& pending = std::get<std::unique_ptr<http::PendingResponse>>(decision);
    std::optional<http::Response> response;
    while (!response) response = pending->advance(0);
    SECTION("other content") { site.tree.write("b", std::string(2000, 'c')); }
    SECTION("one more") { site.tree.write("c", ""); }
    SECTION("one less") { site.tree.remove("b"); }
    SECTION("something that is left out") {
        site.tree.make_directory("d");
        site.tree.write("d/i", "an index file");
    }
    auto& source = *std::get<std::unique_ptr<http::BodySource>>(response->body);
    Pulling pulling;
    pulling.pull_all(source);
    CHECK(pulling.ended == http::BodySource::Outcome::failed);
    CHECK(source.lack().find("after its length was told") != std::string_view::npos);
}

TEST_CASE("archives: when their memory is used up they are refused for the moment", "[archives]") {
    Site site;
    http::MemoryHold others(site.share);
    REQUIRE(others.grow(archives::kArchivesBytes - trees::kWalkBytes));
    CHECK(site.ask("GET", "/", ArchiveForm::tar).status == 200);
    const Answer refused = site.ask("GET", "/", ArchiveForm::tar_gz);
    CHECK(refused.status == 503);
    CHECK(refused.field("Retry-After") != "-");
}

TEST_CASE("archives: one client that reads slowly leaves others memory for theirs", "[archives]") {
    Site site;
    const ParsedRequest parsed("GET", "/");
    http::Request request = parsed.get();
    const auto send = [&](const http::ClientKey& client) {
        request.client.key = client;
        return site.archives.send(request, *site.root.open_directory("/"), ArchiveForm::tar_gz);
    };
    const auto status = [](const handler::Decision& decision) { return std::get<http::Response>(decision).status; };
    std::vector<handler::Decision> held;
    do {
        held.push_back(send({1, 0}));
    } while (status(held.back()) == http::Status::ok);
    CHECK(held.size() > 8);
    CHECK(status(held.back()) == http::Status::service_unavailable);
    CHECK(status(send({2, 0})) == http::Status::ok);
    CHECK(site.share.over_share() == 1);
}
