// What a path led to, sidecars included, and whether it still does.
#include "storage/path_watch.h"

#include <cerrno>
#include <string>

#include "support/catch.h"
#include "support/served_tree.h"

using storage::PathWatch;

namespace {

struct Watching {
    explicit Watching(storage::Symlinks symlinks = storage::Symlinks::inside) : tree(symlinks), root(tree.open()) {}
    /// As the builder of representations does before it opens the file.
    PathWatch watch(std::string_view path) {
        PathWatch watch;
        const auto status = watch.look(root, path);
        REQUIRE(status.has_value());
        watch.look_at_sidecars(root, path, now);
        watch.set_file(*status);
        return watch;
    }

    ServedTree tree;
    storage::FileRoot root;
    base::UnixNs now = settled_clock().unix_ns();
};

}  // namespace

TEST_CASE("path watch: holds while nothing happens, and not once the file was changed or replaced", "[storage]") {
    Watching watching;
    watching.tree.write("a", "one");
    PathWatch watch = watching.watch("/a");
    CHECK(watch.holds(watching.root, "/a", watching.now));
    SECTION("changed") { watching.tree.write("a", "another"); }
    SECTION("replaced") { watching.tree.replace("a", "one"); }
    SECTION("removed") { watching.tree.remove("a"); }
    SECTION("a new time") { watching.tree.set_mtime("a", 1'000'000); }
    CHECK_FALSE(watch.holds(watching.root, "/a", watching.now));
}

TEST_CASE("path watch: a sidecar that comes, changes or goes is seen", "[storage]") {
    Watching watching;
    watching.tree.write("a", "one");
    watching.tree.write("a.br", "x");
    PathWatch watch = watching.watch("/a");
    CHECK(watch.sidecar(2).exists);
    CHECK_FALSE(watch.sidecar(0).exists);
    CHECK(watch.holds(watching.root, "/a", watching.now));
    SECTION("comes") { watching.tree.write("a.gz", "x"); }
    SECTION("changes") { watching.tree.write("a.br", "longer"); }
    SECTION("goes") { watching.tree.remove("a.br"); }
    CHECK_FALSE(watch.holds(watching.root, "/a", watching.now));
}

TEST_CASE("path watch: other names in the directory are no change", "[storage]") {
    Watching watching;
    watching.tree.write("a", "one");
    PathWatch watch = watching.watch("/a");
    watching.tree.write("b.gz", "x");
    CHECK(watch.holds(watching.root, "/a", watching.now));
    CHECK(watch.holds(watching.root, "/a", watching.now));
}

TEST_CASE("path watch: in a directory that was changed just now every sidecar is looked for", "[storage]") {
    Watching watching;
    watching.tree.write("a", "one");
    watching.now = young_clock().unix_ns();
    PathWatch watch = watching.watch("/a");
    CHECK(watch.holds(watching.root, "/a", watching.now));
    watching.tree.write("a.gz", "x");
    CHECK_FALSE(watch.holds(watching.root, "/a", watching.now));
}

TEST_CASE("path watch: what a link leads to is watched, too", "[storage]") {
    Watching watching;
    watching.tree.write("one", "1");
    watching.tree.write("two", "2");
    watching.tree.link("one", "a");
    PathWatch watch = watching.watch("/a");
    CHECK(watch.holds(watching.root, "/a", watching.now));
    watching.tree.remove("a");
    watching.tree.link("two", "a");
    CHECK_FALSE(watch.holds(watching.root, "/a", watching.now));
}

TEST_CASE("path watch: a sidecar that is a link out of the root exists, with an error", "[storage]") {
    Watching watching;
    watching.tree.write("a", "one");
    watching.tree.link("../outside.txt", "a.gz");
    const PathWatch watch = watching.watch("/a");
    CHECK(watch.sidecar(0).exists);
    CHECK(watch.sidecar(0).error != 0);
}

TEST_CASE("path watch: a path that is too long for a sidecar stays too long", "[storage]") {
    const std::string longest(5000, 'x');
    const storage::SidecarPath path(longest, ".gz");
    CHECK(path.view().ends_with("x.gz"));
    CHECK(path.view().size() > 4096);
    CHECK(storage::SidecarPath("/a", ".deflate").view() == "/a.deflate");
}
