// Counters as the text that Prometheus reads.
#include "admin/metrics_text.h"

#include "base/durations.h"
#include "support/catch.h"

using admin::metrics_text;
using admin::MetricsFormat;
using base::CounterKind;
using base::CounterUnit;
using base::ShownIn;

TEST_CASE("metrics text: each counter has its help, its type and its value", "[admin]") {
    base::Counters counters;
    const std::uint64_t hits = 3;
    const std::uint64_t entries = 5;
    const auto shown = counters.add({base::counter("hits", CounterKind::total, "hits so far", hits),
                                     base::counter("entries", CounterKind::gauge, "entries of now", entries)});
    CHECK(metrics_text(counters, MetricsFormat::prometheus) ==
          "# HELP godwit_hits_total hits so far\n# TYPE godwit_hits_total counter\ngodwit_hits_total 3\n"
          "# HELP godwit_entries entries of now\n# TYPE godwit_entries gauge\ngodwit_entries 5\n");
    CHECK(metrics_text(counters, MetricsFormat::openmetrics) ==
          "# HELP godwit_hits hits so far\n# TYPE godwit_hits counter\ngodwit_hits_total 3\n"
          "# HELP godwit_entries entries of now\n# TYPE godwit_entries gauge\ngodwit_entries 5\n# EOF\n");
}

TEST_CASE("metrics text: the series of one name share its help and its type", "[admin]") {
    base::Counters counters;
    const auto read = [] { return std::uint64_t{2}; };
    const auto shown = counters.add(
        {{"seen", CounterKind::gauge, "what is seen", read, ShownIn::metrics, CounterUnit::things, "side=\"left\""},
         {"seen", CounterKind::gauge, "what is seen", read, ShownIn::metrics, CounterUnit::things, "side=\"right\""}});
    CHECK(metrics_text(counters, MetricsFormat::prometheus) ==
          "# HELP godwit_seen what is seen\n# TYPE godwit_seen gauge\n"
          "godwit_seen{side=\"left\"} 2\ngodwit_seen{side=\"right\"} 2\n");
}

TEST_CASE("metrics text: times are in seconds, and sums of the log are left out", "[admin]") {
    base::Counters counters;
    const auto read = [] { return std::uint64_t{1'000'250}; };
    const auto shown =
        counters.add({{"longest", CounterKind::gauge, "the longest", read, ShownIn::all, CounterUnit::microseconds},
                      {"sum", CounterKind::total, "a sum", read, ShownIn::log}});
    CHECK(metrics_text(counters, MetricsFormat::prometheus) ==
          "# HELP godwit_longest_seconds the longest\n# TYPE godwit_longest_seconds gauge\n"
          "godwit_longest_seconds 1.000250\n");
}

TEST_CASE("metrics text: durations are a histogram, each bucket with those before it", "[admin]") {
    base::Counters counters;
    base::Durations times;
    times.add(0);
    times.add(3);
    times.add(3);
    times.add(40'000);
    const auto shown = counters.add({base::counter("wait", "the wait", times)});
    const std::string text = metrics_text(counters, MetricsFormat::prometheus);
    CHECK(
        text.starts_with("# HELP godwit_wait_seconds the wait\n# TYPE godwit_wait_seconds histogram\n"
                         "godwit_wait_seconds_bucket{le=\"0.001\"} 1\ngodwit_wait_seconds_bucket{le=\"0.002\"} 1\n"
                         "godwit_wait_seconds_bucket{le=\"0.004\"} 3\n"));
    CHECK(
        text.ends_with("godwit_wait_seconds_bucket{le=\"32.768\"} 3\ngodwit_wait_seconds_bucket{le=\"+Inf\"} 4\n"
                       "godwit_wait_seconds_sum 40.006\ngodwit_wait_seconds_count 4\n"));
}
