// A search: what it finds, in which order, and that it says when it did not look everywhere.
#include "listings/search_source.h"

#include <memory>

#include "listings/listing_text.h"
#include "support/catch.h"
#include "support/pulling.h"
#include "support/rights.h"
#include "support/served_tree.h"

using Outcome = http::BodySource::Outcome;

namespace {

struct Searching : Pulling {
    listings::SearchSource source(std::string_view words, listings::SearchSource::Bounds bounds = {},
                                  const std::string& path = "/") {
        return {*listings::SearchWords::parse(words),
                {.root = root, .grants = nullptr, .client = {}, .index_name = "index.html", .path = path},
                *root.open_directory(path),
                std::make_unique<listings::ListingText>(),
                {.types = *media::MediaTypes::built_in(), .clock = clock, .bounds = bounds},
                http::MemoryHold(share)};
    }
    std::string find(std::string_view words, listings::SearchSource::Bounds bounds = {}) {
        auto searched = source(words, bounds);
        const std::string text = pull_all(searched);
        CHECK(ended == Outcome::finished);
        lack = searched.lack();
        return text;
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    http::MemoryShare share{1'000'000};
    std::string lack;
};

}  // namespace

TEST_CASE("search source: finds names of files and folders below, in the order of their paths", "[listing]") {
    Searching searching;
    for (const auto* name : {"b", "b/bill", "b/none", "web"}) searching.tree.make_directory(name);
    for (const auto* name :
         {"b/bill/x", "b/none/Bill.txt", "a-bill", "zbill", ".bill", "b/.bill", "web/index.html", "web/bill"}) {
        searching.tree.write(name, "x");
    }
    searching.tree.link("none/Bill.txt", "b/bill-link");
    searching.tree.link("none", "b/bill-out");
    searching.tree.link("gone", "b/bill-gone");
    CHECK(searching.find("bill") ==
          "a-bill\nb/bill/\nb/bill-link\nb/bill-out/\nb/bill-out/Bill.txt\nb/none/Bill.txt\nzbill\n");
    CHECK(searching.lack.empty());
    CHECK(searching.find("*.txt") == "b/bill-out/Bill.txt\nb/none/Bill.txt\n");
    CHECK(searching.find("web") == "web/\n");
    CHECK(searching.find("feather").empty());
    auto below = searching.source("bill", {}, "/b/none/");
    CHECK(searching.pull_all(below, 3) == "Bill.txt\n");
}

TEST_CASE("search source: says that there are more when there are", "[listing]") {
    Searching searching;
    for (const auto* name : {"a1", "a2", "a3"}) searching.tree.write(name, "x");
    CHECK(searching.find("a", {.findings = 3}) == "a1\na2\na3\n");
    CHECK(searching.find("a", {.findings = 2}) ==
          "a1\na2\n\\ There are more. Search for more exact words, or in a folder below.\n");
}

TEST_CASE("search source: ends when it was too much work, and says so", "[listing]") {
    Searching searching;
    for (int i = 0; i < 300; ++i) searching.tree.write("f" + std::to_string(i), "");
    CHECK(searching.find("none", {.units = 300}).starts_with("\\ There may be more: the search ended before"));
    CHECK(searching.find("none", {.units = 5000}).empty());
}

TEST_CASE("search source: one pull does a slice of the work and no more", "[listing]") {
    Searching searching;
    for (int i = 0; i < 600; ++i) searching.tree.write("f" + std::to_string(i), "");
    auto source = searching.source("none");
    CHECK(searching.pull_all(source, std::size_t{64} * 1024).empty());
    CHECK(searching.pulls >= 3);
}

TEST_CASE("search source: folders that are too deep, or gone meanwhile, are not taken for empty", "[listing]") {
    Searching searching;
    std::string path;
    for (std::size_t level = 0; level <= trees::kMostLevels; ++level) {
        path += path.empty() ? "d" : "/d";
        searching.tree.make_directory(path);
    }
    CHECK(searching.find("none") == "\\ There may be more: a folder could not be searched.\n");
    CHECK(searching.lack == "folders that the server may not read, or that are too deep, were not searched");

    Searching moving;
    for (const auto* name : {"in", "in/a"}) moving.tree.make_directory(name);
    // More names than one slice reads.
    for (int i = 0; i < 600; ++i) moving.tree.write("in/f" + std::to_string(i), "");
    auto source = moving.source("none", {}, "/in/");
    std::byte one{};
    CHECK(source.pull({&one, 1}).outcome == Outcome::produced);
    REQUIRE(::rename(moving.tree.at("in").c_str(), moving.tree.at("out").c_str()) == 0);
    CHECK(moving.pull_all(source) == "\\ There may be more: a folder could not be searched.\n");
    CHECK(source.lack().starts_with("a search ended early"));
}
