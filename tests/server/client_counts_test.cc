// Counting for each client.
#include "server/client_counts.h"

#include "support/catch.h"

TEST_CASE("client counts: each client has its own, and none is kept for those without any", "[server]") {
    server::ClientCounts counts;
    const http::ClientKey first{1, 2};
    const http::ClientKey second{2, 1};
    counts.add(first);
    counts.add(first);
    counts.add(second);
    CHECK(counts.of(first) == 2);
    CHECK(counts.of(second) == 1);
    CHECK(counts.of({9, 9}) == 0);
    counts.remove(first);
    counts.remove(second);
    counts.remove(second);
    CHECK(counts.of(first) == 1);
    CHECK(counts.clients() == 1);
}
