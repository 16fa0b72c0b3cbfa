// Directories that go with all that they hold.
#include "storage/tree_removal.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
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

TEST_CASE("tree removal: without descriptors it waits, and goes on once there are some", "[storage][trees]") {
    Removed removed;
    removed.site.directory.write(kGone + "/a/b/c", "x");
    removed.add();
    {
        rlimit limit{};
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
        const rlimit none{0, limit.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
        removed.trees.advance();
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    }
    REQUIRE(removed.trees.due().has_value());
    CHECK(*removed.trees.due() > removed.clock.now_ms() + 100);
    removed.run();
    CHECK(removed.site.directory.list().empty());
}

TEST_CASE("tree removal: what cannot be removed stays, and all else goes", "[storage][trees]") {
    Removed removed;
    auto& directory = removed.site.directory;
    directory.write(kGone + "/a", "x");
    directory.write(kGone + "/b/c/stays", "x");
    directory.write(kGone + "/b/c/d/e", "x");
    directory.write(kGone + "/z/f", "x");
    const base::Fd kept(::open(directory.at(kGone + "/b/c/stays").c_str(), O_RDONLY | O_CLOEXEC));
    int flags = FS_IMMUTABLE_FL;
    if (::ioctl(kept.get(), FS_IOC_SETFLAGS, &flags) != 0) return;  // only root can, and not on each file system
    removed.add();
    removed.run();
    flags = 0;
    REQUIRE(::ioctl(kept.get(), FS_IOC_SETFLAGS, &flags) == 0);
    CHECK(directory.list() == Names{kGone, kGone + "/b", kGone + "/b/c", kGone + "/b/c/stays"});
    // The next start finds it again.
    removed.add();
    removed.run();
    CHECK(directory.list().empty());
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

TEST_CASE("tree removal: a folder is handed over when its request ends, and what was done is counted",
          "[storage][trees]") {
    base::Counters counters;  // outlives what registers in it
    Removed removed;
    removed.trees.register_counters(counters);
    removed.site.directory.write(kGone + "/sub/file", "x");
    {
        storage::GoneTree gone(removed.trees, removed.site.root->shared(), kGone);
        const storage::GoneTree moved = std::move(gone);
        CHECK_FALSE(removed.trees.due());
    }
    CHECK(base::counters_line(counters) == "counters: trees_entries_removed=0 trees_given_up=0 trees_waiting=1");
    removed.run();
    CHECK(removed.site.directory.list().empty());
    CHECK(base::counters_line(counters) == "counters: trees_entries_removed=3 trees_given_up=0 trees_waiting=0");
}
