// Places, generations, and tokens that come too late.
#include "net/token_slots.h"

#include <memory>

#include "support/catch.h"

using net::Token;
using net::TokenSlots;

TEST_CASE("token slots: a token finds its value from the taking until the giving back", "[net]") {
    TokenSlots<int> slots;
    const Token first = slots.next();
    CHECK(slots.find(first) == nullptr);
    slots.take() = 1;
    const Token second = slots.next();
    slots.take() = 2;
    REQUIRE(slots.find(first) != nullptr);
    CHECK(*slots.find(first) == 1);
    CHECK(*slots.find(second) == 2);
    CHECK(slots.size() == 2);
    slots.give_back(first);
    CHECK(slots.find(first) == nullptr);
    CHECK(*slots.find(second) == 2);
    CHECK(slots.size() == 1);
    CHECK(slots.find({99, 0}) == nullptr);
}

TEST_CASE("token slots: a stale token neither finds nor gives back the value that has its place now", "[net]") {
    TokenSlots<int> slots;
    const Token old = slots.next();
    slots.take() = 1;
    slots.give_back(old);
    const Token fresh = slots.next();
    CHECK(slots.take() == 0);
    CHECK(fresh.slot == old.slot);
    CHECK(slots.places() == 1);
    slots.give_back(old);
    CHECK(slots.find(old) == nullptr);
    CHECK(slots.find(fresh) != nullptr);
    CHECK(slots.size() == 1);
}

TEST_CASE("token slots: a value that is given back is destroyed", "[net]") {
    TokenSlots<std::shared_ptr<int>> slots;
    const Token token = slots.next();
    const std::weak_ptr<int> watched = slots.take() = std::make_shared<int>(1);
    slots.give_back(token);
    CHECK(watched.expired());
    CHECK(slots.at(token.slot) == nullptr);
}
