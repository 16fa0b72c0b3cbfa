// Directories that go with all that they hold.
#include "storage/tree_removal.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/write_site.h"

namespace {

using Names = std::vector<std::string>;

const std::string kGone = ".godwit-0000000000000001.gone";

struct Removed {
    void run() {
        for (int slices = 0; trees.due(); ++slices) {
            REQUIRE(slices < 10'000);
            trees.advance();
        }
    }
    void add() { trees.add(site.root->shared(), kGone); }

    support::WriteSite site;
    FakeClock clock;
    storage::TreeRemoval trees{site.disk, clock};
};

}  // namespace

TEST_CASE("tree removal: names are its own, and differ", "[storage][trees]") {
    const std::string name = storage::make_gone_name();
    CHECK(storage::is_gone_name(name));
    CHECK(storage::make_gone_name() != name);
    CHECK_FALSE(storage::is_gone_name(".godwit-000000000000000g.gone"));
    CHECK_FALSE(storage::is_gone_name(".godwit-0000000000000001.part"));
    CHECK_FALSE(storage::is_gone_name("godwit-0000000000000001.gone"));
}

TEST_CASE("tree removal: all that is below goes, what links lead to stays", "[storage][trees]") {
    Removed removed;
    auto& directory = removed.site.directory;
    directory.write("kept", "x");
    directory.write(kGone + "/a", "x");
    directory.write(kGone + "/.hidden", "x");
    directory.write(kGone + "/b/c/d", "x");
    directory.make_directory(kGone + "/empty");
    REQUIRE(::symlink("../kept", directory.at(kGone + "/link").c_str()) == 0);
    REQUIRE(::symlink("..", directory.at(kGone + "/up").c_str()) == 0);
    CHECK_FALSE(removed.trees.due().has_value());
    removed.add();
    removed.run();
    CHECK(directory.list() == Names{"kept"});
    CHECK(removed.trees.removed() == 9);
}

TEST_CASE("tree removal: many entries take many slices, each of a bounded number", "[storage][trees]") {
    Removed removed;
    for (int i = 0; i < 200; ++i) removed.site.directory.write(kGone + "/" + std::to_string(i), "");
    removed.add();
    removed.trees.advance();
    CHECK(removed.trees.removed() > 0);
    CHECK(removed.trees.removed() < 40);
    CHECK(removed.trees.due() == removed.clock.now_ms() + 2);
    removed.run();
    CHECK(removed.site.directory.list().empty());
}

TEST_CASE("tree removal: a deep tree needs few descriptors", "[storage][trees]") {
    Removed removed;
    std::string path = kGone;
    for (int i = 0; i < 150; ++i) path += "/d";
    removed.site.directory.write(path + "/x", "");
    removed.add();
    removed.run();
    CHECK(removed.site.directory.list().empty());
}

TEST_CASE("tree removal: one that is gone already is no trouble, and the next has its turn", "[storage][trees]") {
    Removed removed;
    removed.add();
    removed.add();
    const std::string other = storage::make_gone_name();
    removed.site.directory.write(other + "/a", "x");
    removed.trees.add(removed.site.root->shared(), other);
    removed.run();
    CHECK(removed.site.directory.list().empty());
}

TEST_CASE("tree removal: there is a bound on what waits", "[storage][trees]") {
    Removed removed;
    for (int i = 0; i < 64; ++i) {
        CHECK(removed.trees.has_room());
        removed.trees.add(removed.site.root->shared(), storage::make_gone_name());
    }
    CHECK_FALSE(removed.trees.has_room());
    removed.run();
    CHECK(removed.trees.has_room());
}
