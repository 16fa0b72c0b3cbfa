// What happened to a file, by the kernel's events.
#include "storage/write_watch.h"

#include "storage/watched_file.h"

TEST_CASE("write watch: a file that is opened twice is watched until both are closed", "[storage][open_file]") {
    WatchedFile watched;
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
