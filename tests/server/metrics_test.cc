// What is counted about responses and refusals.
#include "server/metrics.h"

#include "support/catch.h"

TEST_CASE("metrics: responses are counted by method and class", "[server]") {
    server::ResponseCounts responses;
    responses.add(http::Method::get, http::Status::ok);
    responses.add(http::Method::get, http::Status::not_found);
    responses.add(http::Method::unknown, http::Status::not_implemented);
    CHECK(responses.of(http::Method::get, 2) == 1);
    CHECK(responses.of(http::Method::get, 4) == 1);
    CHECK(responses.of_class(5) == 1);
    CHECK(responses.count() == 3);
}

TEST_CASE("metrics: refusals are counted by status, rare ones together", "[server]") {
    server::RefusalCounts refusals;
    refusals.add(server::RefusalCounts::kStatuses.front());
    refusals.add(http::Status::range_not_satisfiable);
    refusals.add(http::Status::gone);
    CHECK(refusals.of(0) == 1);
    CHECK(refusals.of(server::RefusalCounts::kStatuses.size()) == 2);
    CHECK(refusals.count() == 3);
}

TEST_CASE("metrics: the series of requests add up to the log's sum", "[server]") {
    base::Counters counters;
    server::Metrics metrics;
    const auto shown = server::register_counters(counters, metrics);
    metrics.responses.add(http::Method::put, http::Status::created);
    metrics.responses.add(http::Method::trace, http::Status::method_not_allowed);
    std::uint64_t series = 0;
    std::uint64_t sum = 0;
    counters.visit([&](const base::Counter& counter, std::uint64_t value) {
        if (counter.name == "requests") (counter.shown_in == base::ShownIn::log ? sum : series) += value;
        if (counter.series == "method=\"other\",class=\"4xx\"") CHECK(value == 1);
    });
    CHECK(sum == 2);
    CHECK(series == 2);
}
