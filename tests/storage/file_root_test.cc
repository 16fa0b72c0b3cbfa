// Resolution below the root, on a real tree.
#include "storage/file_root.h"

#include <unistd.h>

#include <cerrno>

#include "support/catch.h"
#include "support/served_tree.h"

using storage::Symlinks;

namespace {

int open_error(const storage::FileRoot& root, std::string_view path) {
    const auto opened = root.open_for_reading(path);
    return opened ? 0 : opened.error().number;
}

}  // namespace

TEST_CASE("file root: opens files and directories below it", "[content][root]") {
    const ServedTree tree;
    tree.write("a.txt", "a");
    tree.write("d/b.txt", "b");
    const auto root = tree.open();
    CHECK(open_error(root, "/a.txt") == 0);
    CHECK(open_error(root, "/d/b.txt") == 0);
    CHECK(open_error(root, "/d") == 0);
    CHECK(open_error(root, "/") == 0);
    CHECK(root.open_directory("/d/").has_value());
    CHECK(root.open_directory("/a.txt").error().number == ENOTDIR);
    CHECK(open_error(root, "/none") == ENOENT);
}

TEST_CASE("file root: a path cannot climb out, by dots or by links", "[content][root]") {
    const ServedTree tree;
    tree.write("d/b.txt", "b");
    tree.link("../outside.txt", "out.txt");
    tree.link("..", "up");
    tree.link("/etc/passwd", "absolute");
    tree.link("loop", "loop");
    const auto root = tree.open();
    CHECK(open_error(root, "/../outside.txt") == EXDEV);
    CHECK(open_error(root, "/d/../../outside.txt") == EXDEV);
    CHECK(open_error(root, "/out.txt") == EXDEV);
    CHECK(open_error(root, "/up/outside.txt") == EXDEV);
    CHECK(open_error(root, "/absolute") == EXDEV);
    CHECK(open_error(root, "/loop") == ELOOP);
}

TEST_CASE("file root: links are followed as the policy says", "[content][root]") {
    const auto error_of = [](Symlinks symlinks, std::string_view path) {
        const ServedTree tree(symlinks);
        tree.write("a.txt", "a");
        tree.link("a.txt", "in.txt");
        tree.link("../outside.txt", "out.txt");
        return open_error(tree.open(), path);
    };
    CHECK(error_of(Symlinks::inside, "/in.txt") == 0);
    CHECK(error_of(Symlinks::none, "/in.txt") == ELOOP);
    CHECK(error_of(Symlinks::none, "/a.txt") == 0);
    CHECK(error_of(Symlinks::all, "/out.txt") == 0);
}

TEST_CASE("file root: absolute links are followed while they lead inside", "[content][root]") {
    const ServedTree tree;
    tree.write("d/e/a.txt", "a");
    const std::string root_name = tree.open().name();
    tree.link(root_name + "/d/e/a.txt", "file");
    tree.link(root_name + "/d/", "directory");
    tree.link(root_name, "root");
    tree.link("directory", "to-absolute");
    tree.link("../../directory/e/a.txt", "d/e/round");
    tree.link(root_name + "/d/../../outside.txt", "climbs");
    tree.link(root_name + "-not/a.txt", "sibling");
    tree.link(root_name + "/circle", "circle");
    tree.link(root_name + "/none", "dangling");
    const auto root = tree.open();
    CHECK(open_error(root, "/file") == 0);
    CHECK(open_error(root, "/directory/e/a.txt") == 0);
    CHECK(open_error(root, "/to-absolute/e/a.txt") == 0);
    CHECK(open_error(root, "/root/d/e/a.txt") == 0);
    CHECK(open_error(root, "/root/root/root/file") == 0);
    CHECK(open_error(root, "/d/e/round") == 0);
    CHECK(root.open_directory("/directory/e").has_value());
    CHECK(root.stat_inside("/file").has_value());
    CHECK(open_error(root, "/climbs") == EXDEV);
    CHECK(open_error(root, "/sibling") == EXDEV);
    CHECK(open_error(root, "/circle") == EXDEV);
    CHECK(open_error(root, "/directory/none") == ENOENT);
    CHECK(open_error(root, "/dangling") == ENOENT);
    const ServedTree strict(Symlinks::none);
    strict.write("a.txt", "a");
    strict.link(strict.open().name() + "/a.txt", "file");
    CHECK(open_error(strict.open(), "/file") == ELOOP);
}

TEST_CASE("file root: a FIFO does not block", "[content][root]") {
    const ServedTree tree;
    tree.make_fifo("fifo");
    CHECK(open_error(tree.open(), "/fifo") == 0);
}

TEST_CASE("file root: a path of any length is an error, not a cut", "[content][root]") {
    const ServedTree tree;
    const auto root = tree.open();
    const std::string path = "/" + std::string(9000, 'a');
    CHECK(open_error(root, path) == ENAMETOOLONG);
    CHECK(root.stat_inside(path).error().number == ENAMETOOLONG);
    CHECK(root.stat_directly(path).error().number == ENAMETOOLONG);
}

TEST_CASE("file root: a look at a name does not follow the link that has it", "[content][root]") {
    const ServedTree tree;
    tree.write("a.txt", "abc");
    tree.link("a.txt", "in.txt");
    const auto root = tree.open();
    CHECK(root.stat_inside("/in.txt")->st_size == 3);
    CHECK(S_ISLNK(root.stat_name_inside("/in.txt")->st_mode));
    CHECK(S_ISLNK(root.stat_directly("/in.txt")->st_mode));
    CHECK(S_ISDIR(root.stat_inside("/")->st_mode));
}

TEST_CASE("file root: a look tells whether a link was on the way", "[content][root]") {
    const ServedTree tree;
    tree.write("d/a.txt", "abc");
    tree.link("d/a.txt", "last");
    tree.link("d", "first");
    tree.link(tree.open().name() + "/d", "absolute");
    const auto root = tree.open();
    CHECK_FALSE(root.find("/d/a.txt")->passes_link);
    for (const char* const path : {"/last", "/first/a.txt", "/absolute/a.txt"}) {
        CAPTURE(path);
        REQUIRE(root.find(path).has_value());
        CHECK(root.find(path)->passes_link);
        CHECK(root.find(path)->status.st_size == 3);
    }
}

TEST_CASE("file root: a path has one real path, whatever links lead there", "[content][root]") {
    const ServedTree tree;
    tree.write("d/e/a.txt", "abc");
    tree.link("d/e/a.txt", "last");
    tree.link("d/e", "first");
    tree.link("../d", "d/up");
    tree.link(".", "self");
    tree.link(tree.open().name() + "/d", "absolute");
    tree.link("..", "out");
    tree.link("nothing", "dangling");
    tree.write("d/e/b (deleted)", "b");
    const auto root = tree.open();
    const auto real = [&](const char* path) { return root.find_real_path(path).value_or("none"); };
    CHECK(real("/d/e/a.txt") == "/d/e/a.txt");
    CHECK(real("/") == "/");
    for (const char* const path :
         {"/last", "/first/a.txt", "/absolute/e/a.txt", "/d/up/up/e/a.txt", "/self/self/first/a.txt"}) {
        CAPTURE(path);
        CHECK(real(path) == "/d/e/a.txt");
    }
    CHECK(real("/self") == "/");
    CHECK(real("/first") == "/d/e");
    CHECK(real("/first/") == "/d/e/");
    CHECK(real("/self/") == "/");
    CHECK(real("/none/b") == "/none/b");
    CHECK(real("/self/none/b") == "/none/b");
    CHECK(real("/first/none/b/") == "/d/e/none/b/");
    CHECK(real("/last/none") == "/d/e/a.txt/none");
    CHECK(real("/first/b (deleted)") == "/d/e/b (deleted)");
    CHECK(real("/dangling") == "/dangling");
    CHECK(real("/dangling/b") == "/dangling/b");
    CHECK(root.find_real_path("/out/x").error().number == EXDEV);
    CHECK(root.find_real_path("/out").error().number == EXDEV);
}

TEST_CASE("file root: a look behind a link out of the root tells nothing of what is there", "[content][root]") {
    const ServedTree tree;
    tree.link("..", "up");
    tree.link("../outside.txt", "there");
    tree.link("../not-there.txt", "not-there");
    tree.link(tree.open().name() + "/../outside.txt", "absolute");
    const auto root = tree.open();
    for (const char* const path :
         {"/up", "/there", "/not-there", "/absolute", "/up/outside.txt", "/up/not-there.txt"}) {
        CAPTURE(path);
        CHECK(root.find(path).error().number == EXDEV);
        CHECK(root.stat_inside(path).error().number == EXDEV);
    }
    CHECK(root.stat_name_inside("/up/outside.txt").error().number == EXDEV);
    CHECK(root.stat_name_inside("/up/not-there.txt").error().number == EXDEV);
}

TEST_CASE("file root: a missing directory is said in a sentence", "[content][root]") {
    const auto root = storage::FileRoot::open("/nonexistent/godwit", Symlinks::inside);
    REQUIRE_FALSE(root.has_value());
    CHECK(root.error().find("/nonexistent/godwit: No such file or directory") != std::string::npos);
}

TEST_CASE("file root: which dot names are hidden and listed is chosen, but for the server's own", "[content][root]") {
    using storage::DotFiles;
    for (const auto which : {DotFiles::write, DotFiles::serve}) {
        CHECK_FALSE(storage::is_hidden("/.git/config", which));
        CHECK_FALSE(storage::is_hidden("/a/._b", which));
        CHECK(storage::is_hidden("/.godwit/uploads", which));
        CHECK(storage::is_hidden("/a/.godwit-0000000000000001.part", which));
        CHECK_FALSE(storage::is_listed_name(".", which));
        CHECK_FALSE(storage::is_listed_name("..", which));
        CHECK_FALSE(storage::is_listed_name(".godwit", which));
        CHECK(storage::is_listed_name("a", which));
    }
    CHECK(storage::is_listed_name("._b", DotFiles::serve));
    CHECK_FALSE(storage::is_listed_name("._b", DotFiles::write));
    CHECK_FALSE(storage::is_listed_name("._b", DotFiles::hide));
}

TEST_CASE("file root: dot names are hidden, /.well-known is not", "[content][root]") {
    CHECK(storage::is_hidden("/.git"));
    CHECK(storage::is_hidden("/a/.b/c"));
    CHECK(storage::is_hidden("/.well-known/.a"));
    CHECK(storage::is_hidden("/.well-knownx"));
    CHECK(storage::is_hidden("/a/.well-known"));
    CHECK_FALSE(storage::is_hidden("/.well-known"));
    CHECK_FALSE(storage::is_hidden("/.well-known/acme"));
    CHECK_FALSE(storage::is_hidden("/a.b/c."));
    CHECK_FALSE(storage::is_hidden("/"));
}

TEST_CASE("file root: a root that was removed is a fault, and no directory without entries", "[content][root]") {
    const ServedTree tree;
    const auto root = tree.open();
    REQUIRE(::rmdir(tree.at("").c_str()) == 0);
    const auto opened = root.open_directory("/");
    REQUIRE_FALSE(opened);
    CHECK(opened.error().number == ESTALE);
}
