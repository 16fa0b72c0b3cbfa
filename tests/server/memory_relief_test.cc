// What the log says of a shortage, and how often.
#include "server/memory_relief.h"

#include <string>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace {

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("memory relief: the log says once a minute how it stands", "[server]") {
    const support::TempDir directory;
    FakeClock clock;
    base::MemoryBudget budget(std::size_t{32} * 1024 * 1024);
    base::MemoryCharge charge(budget);
    charge.set(std::size_t{31} * 1024 * 1024);
    server::MemoryRelief relief(budget);
    CHECK_FALSE(relief.is_under_way());
    relief.begin();
    CHECK(relief.is_under_way());
    relief.note_dropped(std::size_t{5} * 1024 * 1024);
    relief.note_cut();
    relief.note_cut();
    relief.note_refused();
    CHECK(relief.text() ==
          "memory is short: 31 of 32 MiB are held (--memory); since the start 5 MiB of the cache were dropped, 2 "
          "connections closed that held much for long, and 1 new ones answered 503");
    {
        server::ErrorLog log(*server::LogFile::open(directory.at("log"), 2));
        relief.tell(clock, log);
        relief.tell(clock, log);
        clock.advance_ms(59'999);
        relief.tell(clock, log);
        log.file().flush();
        CHECK(lines_of(directory.read("log")) == 1);
        clock.advance_ms(1);
        relief.tell(clock, log);
        log.file().flush();
        CHECK(lines_of(directory.read("log")) == 2);
    }
    relief.end();
    CHECK_FALSE(relief.is_under_way());
}

TEST_CASE("memory relief: what was done is counted", "[server]") {
    base::MemoryBudget budget(1000);
    server::MemoryRelief relief(budget);
    base::Counters counters;
    const auto shown = relief.register_counters(counters);
    relief.begin();
    relief.note_cut();
    relief.note_refused();
    relief.note_dropped(9);
    const std::string line = base::counters_line(counters);
    for (const char* part : {"memory_held_bytes=0", "memory_limit_bytes=1000", "memory_shortages=1",
                             "memory_dropped_bytes=9", "memory_connections_cut=1", "memory_connections_refused=1"}) {
        CAPTURE(line, part);
        CHECK(line.find(part) != std::string::npos);
    }
}
