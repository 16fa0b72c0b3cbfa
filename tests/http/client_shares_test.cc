// Counting for each client.
#include "http/client_shares.h"

#include <utility>

#include "support/catch.h"

TEST_CASE("client shares: each client has its own, and none is kept for those without any", "[http]") {
    http::ClientShares shares;
    const http::ClientKey first{1, 2};
    const http::ClientKey second{2, 1};
    auto one = shares.count(first);
    auto two = shares.count(first);
    auto other = shares.count(second);
    CHECK(shares.of(first) == 2);
    CHECK(shares.of(second) == 1);
    CHECK(shares.of({9, 9}) == 0);
    CHECK(one.is_of(first));
    CHECK_FALSE(one.is_of(second));
    one.reset();
    other.reset();
    other.reset();
    CHECK(shares.of(first) == 1);
    CHECK(shares.clients() == 1);
}

TEST_CASE("client shares: a share that is moved is given back once", "[http]") {
    http::ClientShares shares;
    const http::ClientKey client{1, 2};
    {
        auto first = shares.count(client);
        http::ClientShares::Share second = std::move(first);
        CHECK(shares.of(client) == 1);
        second = shares.count(client);
        CHECK(shares.of(client) == 1);
        CHECK_FALSE(http::ClientShares::Share());
    }
    CHECK(shares.clients() == 0);
}

TEST_CASE("client shares: bytes are those of what is counted, and are given back with it", "[http]") {
    http::ClientShares shares;
    const http::ClientKey client{1, 2};
    auto first = shares.count(client);
    auto second = shares.count(client);
    first.set_bytes(100);
    second.set_bytes(10);
    CHECK(shares.bytes_of(client) == 110);
    CHECK(first.bytes_beside() == 10);
    first.set_bytes(30);
    CHECK(second.bytes_beside() == 30);
    http::ClientShares::Share moved = std::move(first);
    CHECK(shares.bytes_of(client) == 40);
    moved.reset();
    CHECK(shares.bytes_of(client) == 10);
    CHECK(moved.bytes_beside() == 0);
    second = shares.count(client);
    CHECK(shares.bytes_of(client) == 0);
}
