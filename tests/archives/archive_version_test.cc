// What is known of an archive before it is made.
#include "archives/archive_version.h"

#include "archives/tar_archive.h"
#include "archives/zip_archive.h"
#include "support/catch.h"
#include "support/served_tree.h"

using archives::ArchiveMeasure;

namespace {

struct Measuring {
    ArchiveMeasure measure(std::unique_ptr<archives::ArchiveFormat> format) {
        http::MemoryHold hold(share);
        REQUIRE(hold.grow(trees::kWalkBytes));
        return {
            trees::TreeWalk({.root = root, .grants = nullptr, .client = {}, .index_name = "index.html", .path = "/"},
                            *root.open_directory("/")),
            std::move(format), clock, std::move(hold)};
    }
    ArchiveMeasure::Outcome work(ArchiveMeasure& measure) {
        for (slices = 1;; ++slices) {
            const auto outcome = measure.work();
            if (outcome != ArchiveMeasure::Outcome::more) return outcome;
        }
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    http::MemoryShare share{std::size_t{64} * 1024 * 1024};
    int slices = 0;
};

}  // namespace

TEST_CASE("archive version: there is a mark for each entry, and the work is done in slices", "[archives]") {
    Measuring measuring;
    for (int i = 0; i < 200; ++i) measuring.tree.write("f" + std::to_string(i), "x");
    auto measure = measuring.measure(std::make_unique<archives::TarArchive>());
    CHECK(measuring.work(measure) == ArchiveMeasure::Outcome::measured);
    CHECK(measuring.slices >= 200 / 8);
    const archives::ArchiveVersion version = measure.take_version();
    CHECK(version.marks.size() == 200);
    CHECK(version.bytes == 200 * 1024 + 1024);
}

TEST_CASE("archive version: an archive of very many entries has none", "[archives]") {
    Measuring measuring;
    for (std::size_t i = 0; i < archives::kMeasuredEntries; ++i) measuring.tree.write("f" + std::to_string(i), "");
    auto all = measuring.measure(std::make_unique<archives::TarArchive>());
    CHECK(measuring.work(all) == ArchiveMeasure::Outcome::measured);
    measuring.tree.write("one more", "");
    auto more = measuring.measure(std::make_unique<archives::TarArchive>());
    CHECK(measuring.work(more) == ArchiveMeasure::Outcome::unknown);
}

TEST_CASE("archive version: what memory has no room for has none", "[archives]") {
    Measuring measuring;
    measuring.tree.write("f", "x");
    auto measure = measuring.measure(std::make_unique<archives::ZipArchive>(http::MemoryHold(measuring.share)));
    http::MemoryHold others(measuring.share);
    REQUIRE(others.grow(measuring.share.bytes_left()));
    CHECK(measuring.work(measure) == ArchiveMeasure::Outcome::unknown);
}

TEST_CASE("archive version: what is left out of an archive is not foreseen", "[archives]") {
    Measuring measuring;
    measuring.tree.make_directory("d");
    measuring.tree.write("d/index.html", "is shown in place of the folder");
    auto measure = measuring.measure(std::make_unique<archives::TarArchive>());
    CHECK(measuring.work(measure) == ArchiveMeasure::Outcome::unknown);
}
