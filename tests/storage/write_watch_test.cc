// What happened to an open file, told by the kernel's events, and which of it an open file takes for a change.
#include "storage/write_watch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "storage/open_file.h"
#include "support/catch.h"
#include "support/served_tree.h"

namespace {

struct Watched {
    Watched() {
        tree.write("a.log", std::string(5000, 'a'));
        base::Fd descriptor(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
        struct stat status{};
        REQUIRE(::fstat(descriptor.get(), &status) == 0);
        file = std::make_unique<storage::OpenFile>(std::move(descriptor), status, clock, nullptr, writes);
    }
    [[nodiscard]] std::string path() const { return tree.at("a.log"); }
    void write_at(off_t offset, std::string_view text, int flags = O_WRONLY) const {
        const base::Fd out(::open(path().c_str(), flags | O_CLOEXEC));
        REQUIRE(::pwrite(out.get(), text.data(), text.size(), offset) == static_cast<ssize_t>(text.size()));
    }

    ServedTree tree;
    FakeClock clock = settled_clock();
    std::shared_ptr<storage::WriteWatch> writes = std::make_shared<storage::WriteWatch>();
    std::unique_ptr<storage::OpenFile> file;
};

}  // namespace

TEST_CASE("open file: a new time, mode or name is no change", "[storage][open_file]") {
    Watched watched;
    REQUIRE(::chmod(watched.path().c_str(), 0600) == 0);
    CHECK(watched.file->unchanged());
    const timespec times[] = {{1'000'000, 0}, {1'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, watched.path().c_str(), times, 0) == 0);
    CHECK(watched.file->unchanged());
    REQUIRE(::rename(watched.path().c_str(), watched.tree.at("b.log").c_str()) == 0);
    CHECK(watched.file->unchanged());
}

TEST_CASE("open file: bytes written in place are a change, whatever the time says afterwards", "[storage][open_file]") {
    Watched watched;
    struct stat before{};
    REQUIRE(::stat(watched.path().c_str(), &before) == 0);
    watched.write_at(2000, "b");
    CHECK_FALSE(watched.file->unchanged());
    const timespec times[] = {before.st_atim, before.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, watched.path().c_str(), times, 0) == 0);
    CHECK_FALSE(watched.file->unchanged());
}

TEST_CASE("open file: bytes behind its old end are no change", "[storage][open_file]") {
    Watched watched;
    watched.write_at(5000, "one more line\n");
    CHECK(watched.file->unchanged());
}

TEST_CASE("open file: one that is cut off or written anew has changed", "[storage][open_file]") {
    Watched shorter;
    REQUIRE(::truncate(shorter.path().c_str(), 4999) == 0);
    CHECK_FALSE(shorter.file->unchanged());
    Watched longer;
    longer.write_at(0, std::string(6000, 'b'), O_WRONLY | O_TRUNC);
    CHECK_FALSE(longer.file->unchanged());
}

TEST_CASE("write watch: a file that is opened twice is watched until both are closed", "[storage][open_file]") {
    Watched watched;
    const base::Fd again(::open(watched.path().c_str(), O_RDONLY | O_CLOEXEC));
    const int watch = watched.writes->begin(again.get());
    REQUIRE(watch != storage::WriteWatch::kNone);
    watched.file.reset();
    CHECK_FALSE(watched.writes->look(watch).written);
    watched.write_at(0, "b");
    CHECK(watched.writes->look(watch).written);
    watched.writes->end(watch);
    CHECK(watched.writes->look(watch).written);
}
