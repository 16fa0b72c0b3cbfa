// A folder's entries, made while they are sent.
#include "dav/multistatus_source.h"

#include "support/catch.h"
#include "support/pulling.h"
#include "support/served_tree.h"

using Outcome = http::BodySource::Outcome;

namespace {

struct Bench {
    Bench() { tree.make_directory("d"); }
    std::unique_ptr<dav::MultistatusSource> open(handler::VisibleEntries visible = {}) {
        http::MemoryHold hold(share);
        REQUIRE(hold.grow(dav::kMultistatusBytes));
        base::DirectoryStream directory(*root.open_directory("/d/"));
        REQUIRE(directory);
        return std::make_unique<dav::MultistatusSource>("<o>", dav::PropertyWriter(*dav::parse_property_query("")),
                                                        dav::MultistatusSource::Folder{.root = root,
                                                                                       .clock = clock,
                                                                                       .types = types,
                                                                                       .path = "/d/",
                                                                                       .href = "/p/d/",
                                                                                       .visible = std::move(visible),
                                                                                       .locks = {nullptr, root, {}}},
                                                        std::move(directory), std::move(hold));
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    http::MemoryShare share{1 << 20};
    std::shared_ptr<const media::MediaTypes> types = media::MediaTypes::built_in();
};

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("multistatus source: each visible entry has a response with its address", "[dav]") {
    Bench bench;
    bench.tree.write("d/a b%.txt", "four");
    bench.tree.write("d/\xFF\n", "x");
    bench.tree.make_directory("d/sub");
    bench.tree.write("d/.hidden", "x");
    bench.tree.link("a b%.txt", "d/link.txt");
    bench.tree.link("../../outside.txt", "d/out");
    bench.tree.make_fifo("d/fifo");
    Pulling pulling;
    const std::string text = pulling.pull_all(*bench.open());
    CHECK(pulling.ended == Outcome::finished);
    CHECK(text.starts_with("<o>"));
    CHECK(text.ends_with("</D:multistatus>\n"));
    CHECK(count(text, "<D:response>") == 4);
    CHECK(text.find("<D:href>/p/d/a%20b%25.txt</D:href>") != std::string::npos);
    CHECK(text.find("<D:href>/p/d/%FF%0A</D:href>") != std::string::npos);
    CHECK(text.find("<D:href>/p/d/sub/</D:href>") != std::string::npos);
    CHECK(count(text, "<D:getcontentlength>4<") == 2);
    CHECK(bench.share.bytes_left() == 1 << 20);
}

TEST_CASE("multistatus source: a large folder comes in slices", "[dav]") {
    Bench bench;
    for (int number = 0; number < 300; ++number) bench.tree.write("d/file-" + std::to_string(number), "x");
    Pulling pulling;
    const std::string text = pulling.pull_all(*bench.open(), 1 << 20);
    CHECK(count(text, "<D:response>") == 300);
    CHECK(pulling.pulls > 10);
    CHECK(text.size() < 300 * 440);
}

TEST_CASE("multistatus source: what the client may not know of is not there", "[dav]") {
    Bench bench;
    bench.tree.write("d/a", "x");
    Pulling pulling;
    const std::string text = pulling.pull_all(*bench.open(handler::VisibleEntries::none()));
    CHECK(count(text, "<D:response>") == 0);
}
