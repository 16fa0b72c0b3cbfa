// What a walk finds: what a listing shows, as far as it may be read.
#include "trees/tree_walk.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "access_control/grants.h"
#include "support/catch.h"
#include "support/served_tree.h"

using trees::TreeWalk;
using Step = TreeWalk::Step;

namespace {

struct Walked {
    std::vector<std::string> entries;
    std::vector<std::string> left_out;
    bool has_lack = false;
};

Walked walk_all(const storage::FileRoot& root, const std::string& path,
                std::shared_ptr<const handler::PathRights> grants = nullptr) {
    TreeWalk walk({.root = root, .grants = std::move(grants), .client = {}, .index_name = "index.html", .path = path},
                  *root.open_directory(path));
    Walked walked;
    for (;;) {
        trees::WalkSlice slice;
        switch (walk.next(slice)) {
            case Step::entry:
                walked.entries.emplace_back(walk.path());
                CHECK(bool(walk.take_file()) != walk.is_directory());
                break;
            case Step::left_out: walked.left_out.emplace_back(walk.path()); break;
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

TEST_CASE("tree walk: folders before what is in them, by name, without what a listing hides", "[trees]") {
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

TEST_CASE("tree walk: a file that goes is no entry, a folder that goes ends the walk", "[trees]") {
    const ServedTree tree;
    tree.make_directory("in");
    for (const auto* name : {"in/a", "in/b", "in/c", "in/d"}) tree.write(name, "x");
    const auto root = tree.open();
    TreeWalk walk({.root = root, .grants = nullptr, .client = {}, .index_name = "index.html", .path = "/in/"},
                  *root.open_directory("/in/"));
    const auto next = [&walk] {
        for (;;) {
            trees::WalkSlice slice;
            if (const Step step = walk.next(slice); step != Step::more) return step;
        }
    };
    REQUIRE(next() == Step::entry);
    tree.remove("in/b");
    REQUIRE(next() == Step::entry);
    CHECK(walk.path() == "c");
    REQUIRE(::rename(tree.at("in").c_str(), tree.at("out").c_str()) == 0);
    CHECK(next() == Step::failed);
    CHECK(walk.error() == ESTALE);
}

TEST_CASE("tree walk: links to folders are entered, but not around in a circle", "[trees]") {
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

TEST_CASE("tree walk: a folder with an index file is not listed, so it is left out", "[trees]") {
    const ServedTree tree;
    tree.make_directory("site");
    tree.write("site/index.html", "x");
    tree.write("site/secret", "x");
    tree.write("z", "x");
    const Walked walked = walk_all(tree.open(), "/");
    CHECK((walked.entries == Names{"z"}));
    CHECK((walked.left_out == Names{"site/"}));
}

TEST_CASE("tree walk: what the client may not know of is passed by, what it may not read is named", "[trees]") {
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

TEST_CASE("tree walk: what the server may not read is left out and is a lack", "[trees]") {
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

TEST_CASE("tree walk: folders deeper than the bound are left out", "[trees]") {
    const ServedTree tree;
    std::string path;
    for (std::size_t level = 0; level <= trees::kMostLevels; ++level) {
        path += path.empty() ? "d" : "/d";
        tree.make_directory(path);
    }
    const Walked walked = walk_all(tree.open(), "/");
    CHECK(walked.entries.size() == trees::kMostLevels - 1);
    CHECK(walked.left_out.size() == 1);
    CHECK(walked.has_lack);
}

TEST_CASE("tree walk: with a filter files are named and not opened, behind links too", "[trees]") {
    struct OnlyA : trees::FileFilter {
        [[nodiscard]] bool wants(std::string_view name, trees::WalkSlice&) const override {
            return name.starts_with('a');
        }
    };
    const ServedTree tree;
    tree.make_directory("d");
    for (const auto* name : {"a", "b", "d/a", "d/b"}) tree.write(name, "x");
    tree.link("b", "a-link");
    tree.link("a", "b-link");
    const auto root = tree.open();
    const OnlyA filter;
    TreeWalk walk({.root = root, .grants = nullptr, .client = {}, .index_name = "i", .path = "/", .filter = &filter},
                  *root.open_directory("/"));
    Names found;
    for (Step step = Step::more; step != Step::end;) {
        trees::WalkSlice slice;
        step = walk.next(slice);
        REQUIRE(step != Step::failed);
        if (step != Step::entry) continue;
        found.emplace_back(walk.path());
        CHECK_FALSE(bool(walk.take_file()));
        struct stat status{};
        CHECK(::fstatat(walk.parent(), walk.name().c_str(), &status, 0) == 0);
    }
    CHECK((found == Names{"a", "a-link", "d/", "d/a"}));
}
