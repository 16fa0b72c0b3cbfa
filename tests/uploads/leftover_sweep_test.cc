// What a dead process left, and when it goes.
#include "uploads/leftover_sweep.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/fd.h"
#include "storage/temporary_file.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/write_site.h"

namespace {

const std::string kLeftover = ".godwit-0000000000000001.part";

struct Swept {
    /// Calls advance() at every time it asks for, within `ms`.
    void run_for(base::MonotonicMs ms) {
        const base::MonotonicMs end = clock.now_ms() + ms;
        while (sweep.due() && *sweep.due() <= end) {
            clock.advance_ms(std::max<base::MonotonicMs>(*sweep.due() - clock.now_ms(), 0));
            sweep.advance();
        }
    }
    void lock(const std::string& name) {
        locked = base::Fd(::open(site.directory.at(name).c_str(), O_RDONLY | O_CLOEXEC));
        REQUIRE(::flock(locked.get(), LOCK_EX | LOCK_NB) == 0);
    }

    support::WriteSite site;
    FakeClock clock{::time(nullptr)};
    storage::TreeRemoval trees{site.disk, clock};
    uploads::LeftoverSweep sweep{*site.root, site.disk, clock, trees};
    base::Fd locked;
};

}  // namespace

TEST_CASE("leftover sweep: removes leftovers at every depth and nothing else", "[uploads]") {
    Swept swept;
    auto& directory = swept.site.directory;
    const support::TempDir outside;
    outside.write(".godwit-00000000000000aa.part", "not ours to remove");
    directory.write(kLeftover, "x");
    directory.write("a/b/.godwit-0000000000000002.part", "x");
    directory.write("a/b/kept", "x");
    directory.write(".godwit-notours.part", "x");
    directory.make_directory("a/.godwit-0000000000000003.part");
    REQUIRE(::symlink(outside.path().c_str(), directory.at("link").c_str()) == 0);
    REQUIRE(::symlink(outside.at(".godwit-00000000000000aa.part").c_str(),
                      directory.at(".godwit-0000000000000004.part").c_str()) == 0);
    swept.run_for(60'000);
    CHECK(swept.sweep.removed() == 2);
    CHECK_FALSE(swept.sweep.due().has_value());
    CHECK(outside.list().size() == 1);
    CHECK(directory.list() == std::vector<std::string>{".godwit-0000000000000004.part", ".godwit-notours.part", "a",
                                                       "a/.godwit-0000000000000003.part", "a/b", "a/b/kept", "link"});
}

TEST_CASE("leftover sweep: finds what lies deeper than any upload makes directories", "[uploads]") {
    Swept swept;
    std::string path;
    for (int i = 0; i < 200; ++i) path += "d/";
    swept.site.directory.write(path + kLeftover, "x");
    swept.run_for(60'000);
    CHECK(swept.sweep.removed() == 1);
}

TEST_CASE("leftover sweep: comes back for what was locked", "[uploads]") {
    Swept swept;
    swept.site.directory.write("a/" + kLeftover, "x");
    swept.lock("a/" + kLeftover);
    swept.run_for(5'000);
    CHECK(swept.site.directory.has("a/" + kLeftover));
    REQUIRE(swept.sweep.due().has_value());
    swept.locked.reset();
    swept.run_for(10'000);
    CHECK_FALSE(swept.site.directory.has("a/" + kLeftover));
    swept.run_for(3'600'000);
    CHECK_FALSE(swept.sweep.due().has_value());
}

TEST_CASE("leftover sweep: finds what appears a moment after the start", "[uploads]") {
    Swept swept;
    swept.run_for(10);
    swept.site.directory.write(kLeftover, "x");
    swept.run_for(1'000);
    CHECK(swept.site.directory.list().empty());
}

TEST_CASE("leftover sweep: what this process parked stays, though it is not locked", "[uploads]") {
    Swept swept;
    const base::Fd place(::open(swept.site.directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto file = storage::TemporaryFile::create(place.get());
    REQUIRE(file.has_value());
    REQUIRE(file->park(place.get()).has_value());
    swept.run_for(60'000);
    CHECK(swept.sweep.removed() == 0);
    CHECK(file->reopen().has_value());
}

TEST_CASE("leftover sweep: a large directory is walked in slices", "[uploads]") {
    Swept swept;
    for (int i = 0; i < 3'000; ++i) swept.site.directory.write("f" + std::to_string(i), "");
    swept.site.directory.write(kLeftover, "x");
    swept.sweep.advance();
    const auto next = swept.sweep.due();
    REQUIRE(next.has_value());
    CHECK(*next - swept.clock.now_ms() < 10);  // the walk goes on
    swept.run_for(100);
    CHECK(swept.sweep.removed() == 1);
}

TEST_CASE("leftover sweep: a directory whose removal was interrupted goes, with all that it holds", "[uploads]") {
    Swept swept;
    const std::string gone = "a/.godwit-00000000000000ff.gone";
    swept.site.directory.write(gone + "/b/c", "x");
    swept.site.directory.write("a/kept", "x");
    swept.site.directory.write("b/.godwit-00000000000000fe.gone", "a file of that name");
    swept.run_for(1'000);
    while (swept.trees.due()) swept.trees.advance();
    CHECK(swept.site.directory.list() ==
          std::vector<std::string>{"a", "a/kept", "b", "b/.godwit-00000000000000fe.gone"});
}

TEST_CASE("leftover sweep: a copy of a directory goes when nobody makes it any more", "[uploads][copy]") {
    Swept swept;
    const std::string copy = ".godwit-0000000000000001.copy";
    swept.site.directory.write(copy + "/a/b", "x");
    swept.lock(copy);
    swept.run_for(5'000);
    CHECK_FALSE(swept.trees.due().has_value());
    CHECK(swept.sweep.due().has_value());
    swept.locked.reset();
    swept.run_for(60'000);
    while (swept.trees.due()) swept.trees.advance();
    CHECK(swept.site.directory.list().empty());
}

TEST_CASE("leftover sweep: a copy has lost its name before anything in it is removed", "[uploads][copy]") {
    Swept swept;
    const std::string copy = ".godwit-0000000000000001.copy";
    swept.site.directory.write(copy + "/a", "x");
    swept.run_for(60'000);
    REQUIRE(swept.trees.due().has_value());
    const auto names = swept.site.directory.list();
    REQUIRE(names.size() == 2);
    CHECK(storage::is_gone_name(names.front()));
    CHECK(names.back() == names.front() + "/a");
}

TEST_CASE("leftover sweep: what a killed move or copy left in the place of a folder goes", "[uploads]") {
    Swept swept;
    auto& directory = swept.site.directory;
    // A copy had taken the place of a file and of a link, and a file was being copied.
    directory.write(".godwit-0000000000000001.copy", "an old file");
    REQUIRE(::symlink("nowhere", directory.at(".godwit-0000000000000002.copy").c_str()) == 0);
    directory.write(".godwit-0000000000000003.copy", "being copied");
    swept.lock(".godwit-0000000000000003.copy");
    // A move had exchanged the names of "d/source" and "kept".
    directory.write("d/source/old", "old");
    directory.write("kept/new", "new");
    struct stat status{};
    REQUIRE(::stat(directory.at("d/source").c_str(), &status) == 0);
    struct statx born{};
    REQUIRE(::statx(AT_FDCWD, directory.at("d/source").c_str(), 0, STATX_BTIME, &born) == 0);
    const bool is_told = (born.stx_mask & STATX_BTIME) != 0;
    const auto born_ns = is_told ? born.stx_btime.tv_sec * 1'000'000'000 + born.stx_btime.tv_nsec : 0;
    directory.write("d/.godwit-0000000000000004.swap",
                    "inode " + std::to_string(status.st_ino) + "\nborn " + std::to_string(born_ns) + "\nsource" + '\0');
    directory.write("kept/.godwit-0000000000000005.swap", "cut of");
    swept.run_for(60'000);
    while (swept.trees.due()) swept.trees.advance();
    CHECK(directory.list() == std::vector<std::string>{".godwit-0000000000000003.copy", "d", "kept", "kept/new"});
}
