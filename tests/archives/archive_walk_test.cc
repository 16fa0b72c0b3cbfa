// What an archive holds: what a listing shows, as far as it may be read.
#include "archives/archive_walk.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "access_control/grants.h"
#include "support/catch.h"
#include "support/served_tree.h"

using archives::ArchiveWalk;
using Step = ArchiveWalk::Step;

namespace {

struct Walked {
    std::vector<std::string> entries;
    std::vector<std::string> left_out;
    bool has_lack = false;
};

Walked walk_all(const storage::FileRoot& root, const std::string& path,
                std::shared_ptr<const handler::PathRights> grants = nullptr) {
    ArchiveWalk walk(
        {.root = root, .grants = std::move(grants), .client = {}, .index_name = "index.html", .path = path},
        *root.open_directory(path));
    Walked walked;
    for (;;) {
        archives::ArchiveSlice slice;
        switch (walk.next(slice)) {
            case Step::entry:
                walked.entries.push_back(walk.entry().path);
                CHECK(bool(walk.take_file()) != walk.entry().is_directory());
                break;
            case Step::left_out: walked.left_out.push_back(walk.entry().path); break;
            case Step::more: break;
            case Step::end: walked.has_lack = walk.has_lack(); return walked;
            case Step::failed: FAIL("the walk failed");
        }
    }
}

std::shared_ptr<const access_control::Grants> grants_of(std::initializer_list<std::string_view> lines) {
    std::vector<access_control::Grant> grants;
    for (const auto line : lines) grants.push_back(*access_control::parse_grant(line));
    return std::make_shared<const access_control::Grants>(std::move(grants));
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("archive walk: folders before what is in them, by name, without what a listing hides", "[archives]") {
    const ServedTree tree;
    tree.write("outer", "x");
    for (const auto* name : {"in", "in/b", "in/b/deep", "in/empty", "in/.git"}) tree.make_directory(name);
    for (const auto* name : {"in/c", "in/a", "in/b/deep/f", "in/b/z", "in/.hidden", "in/.git/x"}) tree.write(name, "x");
    tree.make_fifo("in/fifo");
    tree.link("fifo", "in/to-fifo");
    tree.link("gone", "in/dangling");
    tree.link("../../outside.txt", "in/out");
    tree.link("a", "in/to-a");
    const Walked walked = walk_all(tree.open(), "/in/");
    CHECK((walked.entries == Names{"a", "b/", "b/deep/", "b/deep/f", "b/z", "c", "empty/", "to-a"}));
    CHECK(walked.left_out.empty());
    CHECK_FALSE(walked.has_lack);
}

TEST_CASE("archive walk: a file that goes is no entry, a folder that goes ends the walk", "[archives]") {
    const ServedTree tree;
    tree.make_directory("in");
    for (const auto* name : {"in/a", "in/b", "in/c", "in/d"}) tree.write(name, "x");
    const auto root = tree.open();
    ArchiveWalk walk({.root = root, .grants = nullptr, .client = {}, .index_name = "index.html", .path = "/in/"},
                     *root.open_directory("/in/"));
    const auto next = [&walk] {
        for (;;) {
            archives::ArchiveSlice slice;
            if (const Step step = walk.next(slice); step != Step::more) return step;
        }
    };
    REQUIRE(next() == Step::entry);
    tree.remove("in/b");
    REQUIRE(next() == Step::entry);
    CHECK(walk.entry().path == "c");
    REQUIRE(::rename(tree.at("in").c_str(), tree.at("out").c_str()) == 0);
    CHECK(next() == Step::failed);
    CHECK(walk.error() == ESTALE);
}

TEST_CASE("archive walk: links to folders are entered, but not around in a circle", "[archives]") {
    const ServedTree tree;
    tree.make_directory("a");
    tree.write("a/f", "x");
    tree.make_directory("b");
    tree.link("../a", "b/to-a");
    tree.link("..", "b/up");
    const Walked walked = walk_all(tree.open(), "/");
    CHECK((walked.entries == Names{"a/", "a/f", "b/", "b/to-a/", "b/to-a/f"}));
    CHECK((walked.left_out == Names{"b/up/"}));
    const ServedTree none(storage::Symlinks::none);
    none.write("f", "x");
    none.link("f", "to-f");
    CHECK((walk_all(none.open(), "/").entries == Names{"f"}));
}

TEST_CASE("archive walk: a folder with an index file is not listed, so it is left out", "[archives]") {
    const ServedTree tree;
    tree.make_directory("site");
    tree.write("site/index.html", "x");
    tree.write("site/secret", "x");
    tree.write("z", "x");
    const Walked walked = walk_all(tree.open(), "/");
    CHECK((walked.entries == Names{"z"}));
    CHECK((walked.left_out == Names{"site/"}));
}

TEST_CASE("archive walk: what the client may not know of is passed by, what it may not read is named", "[archives]") {
    const ServedTree tree;
    for (const auto* name : {"open", "private", "seen"}) {
        tree.make_directory(name);
        tree.write(std::string(name) + "/f", "x");
    }
    tree.write("top", "x");
    const auto root = tree.open();
    const Walked walked = walk_all(root, "/", grants_of({"/ * read list", "/private * none", "/seen * list"}));
    CHECK((walked.entries == Names{"open/", "open/f", "seen/", "top"}));
    CHECK((walked.left_out == Names{"seen/f"}));
    CHECK_FALSE(walked.has_lack);
    // A folder that may be read, but not listed, is in the listing; its names are not.
    const Walked unlisted = walk_all(root, "/", grants_of({"/ * read list", "/open * read"}));
    CHECK((unlisted.left_out == Names{"open/"}));
    CHECK((unlisted.entries == Names{"private/", "private/f", "seen/", "seen/f", "top"}));
}

TEST_CASE("archive walk: what the server may not read is left out and is a lack", "[archives]") {
    if (::geteuid() == 0) return;  // root reads everything
    const ServedTree tree;
    tree.write("a", "x");
    tree.write("b", "x");
    tree.set_mode("a", 0);
    const Walked walked = walk_all(tree.open(), "/");
    CHECK((walked.entries == Names{"b"}));
    CHECK((walked.left_out == Names{"a"}));
    CHECK(walked.has_lack);
}

TEST_CASE("archive walk: folders deeper than the bound are left out", "[archives]") {
    const ServedTree tree;
    std::string path;
    for (std::size_t level = 0; level <= archives::kMostLevels; ++level) {
        path += path.empty() ? "d" : "/d";
        tree.make_directory(path);
    }
    const Walked walked = walk_all(tree.open(), "/");
    CHECK(walked.entries.size() == archives::kMostLevels - 1);
    CHECK(walked.left_out.size() == 1);
    CHECK(walked.has_lack);
}
