// A directory that is streamed: row by row, in slices, and never as if it were whole when it is not.
#include "listings/listing_source.h"

#include <algorithm>
#include <memory>
#include <string>

#include "listings/listing_text.h"
#include "support/catch.h"
#include "support/pulling.h"
#include "support/served_tree.h"

using Outcome = http::BodySource::Outcome;

namespace {

struct Streaming : Pulling {
    listings::ListingSource source(base::Fd directory) {
        return {listings::ListingReader(root, *media::MediaTypes::built_in(), std::move(directory), "/"),
                std::make_unique<listings::ListingText>(), shares};
    }
    listings::ListingSource source() { return source(std::move(*root.open_directory("/"))); }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    listings::ListingShares shares{clock};
};

}  // namespace

TEST_CASE("listing source: every entry has its row, however small the blocks are", "[listing]") {
    Streaming streaming;
    streaming.tree.make_directory("folder");
    streaming.tree.write("a file with a name of some length", "x");
    streaming.tree.write(".hidden", "x");
    for (const std::size_t block : {std::size_t{1}, std::size_t{7}, std::size_t{1024}}) {
        auto source = streaming.source();
        const std::string text = streaming.pull_all(source, block);
        CHECK(streaming.ended == Outcome::finished);
        CHECK((text == "folder/\na file with a name of some length\n" ||
               text == "a file with a name of some length\nfolder/\n"));
    }
}

TEST_CASE("listing source: one pull does a slice of the work and no more", "[listing]") {
    Streaming streaming;
    for (int i = 0; i < 200; ++i) streaming.tree.write("f" + std::to_string(i), "");
    auto source = streaming.source();
    const std::string text = streaming.pull_all(source, 64 * 1024);
    CHECK(std::ranges::count(text, '\n') == 200);
    // A look and a row for each entry: a slice has units for 32 of them.
    CHECK(streaming.pulls >= 200 / 32);
}

TEST_CASE("listing source: a directory that cannot be read fails, so that the answer is cut", "[listing]") {
    Streaming streaming;
    streaming.tree.write("file", "x");
    auto source = streaming.source(base::Fd(::open(streaming.tree.at("file").c_str(), O_RDONLY | O_CLOEXEC)));
    CHECK(streaming.pull_all(source).empty());
    CHECK(streaming.ended == Outcome::failed);
}
