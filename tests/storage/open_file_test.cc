// What an open file takes for a change of the version that it was opened as.
#include "storage/open_file.h"

#include "storage/watched_file.h"
#include "support/page_cache.h"
#include "support/write_site.h"

TEST_CASE("open file: a new time, mode or name is no change", "[storage][open_file]") {
    WatchedFile watched;
    REQUIRE(::chmod(watched.path().c_str(), 0600) == 0);
    CHECK(watched.file->unchanged());
    const timespec times[] = {{1'000'000, 0}, {1'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, watched.path().c_str(), times, 0) == 0);
    CHECK(watched.file->unchanged());
    REQUIRE(::rename(watched.path().c_str(), watched.tree.at("b.log").c_str()) == 0);
    CHECK(watched.file->unchanged());
}

TEST_CASE("open file: bytes written in place are a change, whatever the time says afterwards", "[storage][open_file]") {
    WatchedFile watched;
    struct stat before{};
    REQUIRE(::stat(watched.path().c_str(), &before) == 0);
    watched.write_at(2000, "b");
    CHECK_FALSE(watched.file->unchanged());
    const timespec times[] = {before.st_atim, before.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, watched.path().c_str(), times, 0) == 0);
    CHECK_FALSE(watched.file->unchanged());
}

TEST_CASE("open file: bytes behind its old end are no change", "[storage][open_file]") {
    WatchedFile watched;
    watched.write_at(5000, "one more line\n");
    CHECK(watched.file->unchanged());
}

TEST_CASE("open file: one that is cut off or written anew has changed", "[storage][open_file]") {
    WatchedFile shorter;
    REQUIRE(::truncate(shorter.path().c_str(), 4999) == 0);
    CHECK_FALSE(shorter.file->unchanged());
    WatchedFile longer;
    longer.write_at(0, std::string(6000, 'b'), O_WRONLY | O_TRUNC);
    CHECK_FALSE(longer.file->unchanged());
}

TEST_CASE("open file: opening one that is on the disk only reads nothing", "[storage][open_file]") {
    WatchedFile watched;
    support::StubbornDiskQueue disk;
    if (!support::evict(watched.path())) return;
    base::Fd descriptor(::open(watched.path().c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    REQUIRE(::fstat(descriptor.get(), &status) == 0);
    const storage::OpenFile file(std::move(descriptor), status, watched.clock, &disk);
    CHECK_FALSE(base::is_in_memory(file.descriptor(), 0, 5000));
    CHECK_FALSE(file.at_rest());
    CHECK_FALSE(base::is_in_memory(file.descriptor(), 0, 5000));
    CHECK(file.unchanged());

    std::vector<std::byte> bytes(5000);
    REQUIRE(base::read_exactly(file.descriptor(), 0, bytes));
    SECTION("once it was read, bytes behind its end are no change") {
        CHECK_FALSE(file.at_rest());
        watched.write_at(5000, "one more line\n");
        CHECK(file.unchanged());
    }
    SECTION("before that they are one, because nothing tells that it only grew") {
        watched.write_at(5000, "one more line\n");
        CHECK_FALSE(file.unchanged());
        CHECK_FALSE(file.at_rest());
        CHECK_FALSE(file.unchanged());
    }
}
