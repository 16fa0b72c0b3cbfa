// The registry of counters: what the line shows, and how long.
#include "base/counters.h"

#include <memory>
#include <optional>

#include "support/aborting.h"
#include "support/catch.h"

using base::counter;
using base::CounterKind;

TEST_CASE("counters: the line shows every registered counter with its value of now", "[base]") {
    base::Counters counters;
    std::uint64_t hits = 0;
    std::uint64_t bytes = 7;
    const auto first = counters.add({counter("hits", CounterKind::total, "hits", hits)});
    const auto second = counters.add({counter("bytes", CounterKind::gauge, "bytes held", bytes),
                                      {"twice", CounterKind::gauge, "twice of them", [&] { return 2 * bytes; }}});
    hits = 3;
    CHECK(base::counters_line(counters) == "counters: hits=3 bytes=7 twice=14");
}

TEST_CASE("counters: an owner's counters go with its registration", "[base]") {
    base::Counters counters;
    std::uint64_t value = 1;
    const auto stays = counters.add({counter("stays", CounterKind::total, "stays", value)});
    base::Counters::Registration outer;
    {
        auto inner = counters.add({counter("moved", CounterKind::total, "moved", value)});
        const auto gone = counters.add({counter("gone", CounterKind::total, "gone", value)});
        outer = std::move(inner);
    }
    CHECK(base::counters_line(counters) == "counters: stays=1 moved=1");
    // The old one goes when a new one takes its place.
    outer = counters.add({counter("again", CounterKind::total, "again", value)});
    CHECK(base::counters_line(counters) == "counters: stays=1 again=1");
}

TEST_CASE("counters: a visitor sees name, kind and help", "[base]") {
    base::Counters counters;
    std::uint64_t value = 5;
    const auto registered = counters.add({counter("bytes", CounterKind::gauge, "bytes held", value)});
    std::string seen;
    counters.visit([&seen](const base::Counter& shown, std::uint64_t now) {
        seen.append(shown.name).append(shown.kind == CounterKind::gauge ? " gauge " : " total ").append(shown.help);
        seen.append(" ").append(std::to_string(now));
    });
    CHECK(seen == "bytes gauge bytes held 5");
}

TEST_CASE("counters: the log has sums with their unit, and leaves series to the metrics", "[base]") {
    base::Counters counters;
    const auto read = [] { return std::uint64_t{4}; };
    const auto registered = counters.add({
        {"sum", CounterKind::total, "a sum", read, base::ShownIn::log},
        {"sum", CounterKind::total, "its parts", read, base::ShownIn::metrics, base::CounterUnit::things, "a=\"1\""},
        {"sum", CounterKind::total, "its parts", read, base::ShownIn::metrics, base::CounterUnit::things, "a=\"2\""},
        {"longest", CounterKind::gauge, "a time", read, base::ShownIn::all, base::CounterUnit::microseconds},
    });
    CHECK(base::counters_line(counters) == "counters: sum=4 longest_us=4");
}

TEST_CASE("counters: two of one name end the process", "[base]") {
    CHECK(support::stderr_of_abort([] {
              base::Counters counters;
              const std::uint64_t value = 0;
              const auto first = counters.add({counter("hits", CounterKind::total, "hits", value)});
              const auto second = counters.add({counter("hits", CounterKind::total, "hits", value)});
          }) == "godwit: invariant: counters: hits in state registered\n");
}

TEST_CASE("counters: a registry that goes before a registration ends the process", "[base]") {
    CHECK(support::stderr_of_abort([] {
              auto counters = std::make_unique<base::Counters>();
              const std::uint64_t value = 0;
              const auto registered = counters->add({counter("hits", CounterKind::total, "hits", value)});
              counters.reset();
          }) == "godwit: invariant: counters: gone in state registered\n");
}
