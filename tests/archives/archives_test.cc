// The answer that an archive is.
#include "archives/archives.h"

#include <variant>
#include <vector>

#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/served_tree.h"
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
    archives::Archives archives{root, clock, share, {.compression_level = 6, .grants = nullptr, .index_name = "i"}};
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
    CHECK_FALSE(zip.length.has_value());
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
    CHECK(site.share.bytes_left() == archives::kArchivesBytes);
}

TEST_CASE("archives: HEAD has the head of GET", "[archives]") {
    Site site;
    site.tree.write("a.txt", "x");
    for (const ArchiveForm form : {ArchiveForm::zip, ArchiveForm::tar, ArchiveForm::tar_gz}) {
        const Answer head = site.ask("HEAD", "/", form);
        CHECK(head.lines == site.ask("GET", "/", form).lines);
        CHECK(head.body.empty());
    }
}

TEST_CASE("archives: no version that a request names is this one", "[archives]") {
    Site site;
    CHECK(site.ask("GET", "/", ArchiveForm::zip, "If-Match: \"x\"\r\n").status == 412);
    CHECK(site.ask("GET", "/", ArchiveForm::zip, "If-None-Match: \"x\"\r\n").status == 200);
    CHECK(site.ask("GET", "/", ArchiveForm::zip, "Range: bytes=0-1\r\n").status == 200);
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
        return site.archives.send(request, *site.root.open_directory("/"), ArchiveForm::zip);
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
