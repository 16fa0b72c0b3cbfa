// An archive that is sent: the same bytes whatever the blocks, in slices, and never as if it were whole when it is not.
#include "archives/archive_source.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "archives/tar_archive.h"
#include "archives/zip_archive.h"
#include "support/catch.h"
#include "support/page_cache.h"
#include "support/pulling.h"
#include "support/served_tree.h"
#include "support/write_site.h"

using archives::ArchiveSource;
using Outcome = http::BodySource::Outcome;

namespace {

struct Sending : Pulling {
    ArchiveSource source(std::unique_ptr<archives::ArchiveFormat> format) {
        return {
            trees::TreeWalk({.root = root, .grants = nullptr, .client = {}, .index_name = "index.html", .path = "/"},
                            *root.open_directory("/")),
            std::move(format), clock, &disk, http::MemoryHold(share)};
    }
    ArchiveSource tar() { return source(std::make_unique<archives::TarArchive>()); }
    ArchiveSource zip() { return source(std::make_unique<archives::ZipArchive>(http::MemoryHold(share))); }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    http::MemoryShare share{1'000'000};
    support::StubbornDiskQueue disk;
};

}  // namespace

TEST_CASE("archive source: the same bytes, however small the blocks are", "[archives]") {
    Sending sending;
    sending.tree.make_directory("d");
    sending.tree.write("d/f", std::string(5000, 'f'));
    sending.tree.write("empty", "");
    auto whole_tar = sending.tar();
    auto whole_zip = sending.zip();
    const std::string tar = sending.pull_all(whole_tar, 100'000);
    const std::string zip = sending.pull_all(whole_zip, 100'000);
    CHECK(tar.size() % 512 == 0);
    CHECK(zip.starts_with("PK\3\4"));
    CHECK(zip.find(std::string(5000, 'f')) != std::string::npos);
    for (const std::size_t block : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
        auto one = sending.tar();
        CHECK((sending.pull_all(one, block) == tar));
        CHECK(sending.ended == Outcome::finished);
        auto other = sending.zip();
        CHECK((sending.pull_all(other, block) == zip));
        CHECK(sending.ended == Outcome::finished);
        CHECK(other.lack().empty());
    }
}

TEST_CASE("archive source: one pull does a slice of the work and no more", "[archives]") {
    Sending sending;
    for (int i = 0; i < 200; ++i) sending.tree.write("f" + std::to_string(i), "");
    auto source = sending.tar();
    sending.pull_all(source, 1'000'000);
    CHECK(sending.pulls >= 200 / 8);
}

TEST_CASE("archive source: a file that becomes shorter while it is sent cuts the answer", "[archives]") {
    Sending sending;
    sending.tree.write("file", std::string(10'000, 'x'));
    auto source = sending.tar();
    std::vector<std::byte> room(4000);
    while (source.pull(room).bytes == 0) {
    }
    REQUIRE(::truncate(sending.tree.at("file").c_str(), 5000) == 0);
    sending.pull_all(source);
    CHECK(sending.ended == Outcome::failed);
    CHECK(source.lack().find("changed") != std::string_view::npos);
}

TEST_CASE("archive source: a file that is rewritten while it is sent cuts the answer", "[archives]") {
    Sending sending;
    sending.tree.write("file", std::string(10'000, 'x'));
    sending.tree.set_mtime("file", 1'000'000'000);
    auto source = sending.zip();
    std::vector<std::byte> room(4000);
    while (source.pull(room).bytes == 0) {
    }
    sending.tree.write("file", std::string(10'000, 'y'));
    sending.pull_all(source);
    CHECK(sending.ended == Outcome::failed);
}

TEST_CASE("archive source: a zip without memory for its directory is cut, and says why", "[archives]") {
    Sending sending;
    sending.tree.write("file", "x");
    http::MemoryShare none(0);
    auto source = sending.source(std::make_unique<archives::ZipArchive>(http::MemoryHold(none)));
    sending.pull_all(source);
    CHECK(sending.ended == Outcome::failed);
    CHECK(source.lack().find("tar") != std::string_view::npos);
}

TEST_CASE("archive source: while the disk has not read an entry, it waits for the wake", "[archives]") {
    Sending sending;
    sending.tree.write("a", std::string(5000, 'a'));
    sending.tree.write("b", std::string(http::ReadAhead::kWindowBytes + 5000, 'b'));
    auto warm = sending.tar();
    const std::string whole = sending.pull_all(warm, 100'000);
    if (!support::evict(sending.tree.at("a")) || !support::evict(sending.tree.at("b"))) return;
    sending.disk.reads_in_background = true;
    auto cold = sending.tar();
    cold.wake_with(7);
    std::string sent = sending.pull_all(cold, 100'000);
    CHECK(sending.ended == Outcome::waiting);
    CHECK(sent.size() < 5000);
    int waits = 0;
    while (sending.ended == Outcome::waiting && ++waits < 100) {
        sending.disk.finish_reads();
        sent += sending.pull_all(cold, 100'000);
    }
    CHECK(sending.ended == Outcome::finished);
    CHECK(waits >= 2);  // the kernel itself may have read on
    CHECK((sent == whole));
}
