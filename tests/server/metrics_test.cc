// The server's counters: each is shown under its name, with the number that it is.
#include "server/metrics.h"

#include <map>
#include <string>

#include "support/catch.h"

namespace {

std::map<std::string, std::uint64_t> shown(const base::Counters& counters) {
    std::map<std::string, std::uint64_t> values;
    counters.visit([&](const base::Counter& counter, std::uint64_t value) {
        CHECK_FALSE(counter.help.empty());
        values.emplace(counter.name, value);
    });
    return values;
}

}  // namespace

TEST_CASE("metrics: every number is shown under its own name", "[server]") {
    server::Metrics metrics;
    base::Counters counters;
    const auto registered = server::register_counters(counters, metrics);
    metrics.connections_accepted = 1;
    metrics.connections_refused = 2;
    metrics.connections_displaced = 3;
    metrics.connections_over_share = 4;
    metrics.accept_pauses = 5;
    metrics.requests = 6;
    metrics.requests_refused = 7;
    metrics.responses_aborted = 8;
    metrics.uploads_aborted = 9;
    metrics.deadlines_passed = 10;
    metrics.bytes_received = 11;
    metrics.bytes_sent = 12;
    metrics.http2.connections = 13;
    metrics.http2.resets_received = 14;
    metrics.http2.resets_sent = 15;
    metrics.http2.calmed = 16;
    metrics.http2.broken = 17;
    auto values = shown(counters);
    CHECK(values["connections_accepted"] == 1);
    CHECK(values["connections_refused"] == 2);
    CHECK(values["connections_displaced"] == 3);
    CHECK(values["connections_over_share"] == 4);
    CHECK(values["accept_pauses"] == 5);
    CHECK(values["requests"] == 6);
    CHECK(values["requests_refused"] == 7);
    CHECK(values["responses_aborted"] == 8);
    CHECK(values["uploads_aborted"] == 9);
    CHECK(values["deadlines_passed"] == 10);
    CHECK(values["bytes_received"] == 11);
    CHECK(values["bytes_sent"] == 12);
    CHECK(values["http2_connections"] == 13);
    CHECK(values["http2_resets_received"] == 14);
    CHECK(values["http2_resets_sent"] == 15);
    CHECK(values["http2_calmed"] == 16);
    CHECK(values["http2_broken"] == 17);
}

TEST_CASE("metrics: responses are counted by the first digit of their status", "[server]") {
    server::Metrics metrics;
    base::Counters counters;
    const auto registered = server::register_counters(counters, metrics);
    for (std::size_t i = 1; i < metrics.responses_by_class.size(); ++i) metrics.responses_by_class[i] = 10 * i;
    auto values = shown(counters);
    CHECK(values["responses_1xx"] == 10);
    CHECK(values["responses_2xx"] == 20);
    CHECK(values["responses_3xx"] == 30);
    CHECK(values["responses_4xx"] == 40);
    CHECK(values["responses_5xx"] == 50);
}
