// Which unused connection makes room first.
#include "server/idle_list.h"

#include "support/catch.h"

TEST_CASE("idle list: the one that is unused longest comes first", "[server]") {
    server::IdleList idle;
    CHECK_FALSE(idle.first().has_value());
    idle.push(5);
    idle.push(0);
    idle.push(9);
    CHECK(idle.first() == 5U);
    idle.push(5);
    CHECK(idle.first() == 0U);
    CHECK(idle.has(0));
    CHECK_FALSE(idle.has(1));
    CHECK_FALSE(idle.has(99));
    CHECK(idle.after(0) == 9U);
    CHECK(idle.after(9) == 5U);
    CHECK_FALSE(idle.after(5).has_value());
    CHECK(idle.count() == 3);
    idle.remove(0);
    CHECK(idle.first() == 9U);
    idle.remove(9);
    CHECK(idle.first() == 5U);
    idle.remove(5);
    CHECK_FALSE(idle.first().has_value());
}

TEST_CASE("idle list: removing what is not there does nothing", "[server]") {
    server::IdleList idle;
    idle.remove(3);
    idle.push(1);
    idle.remove(3);
    idle.remove(0);
    CHECK(idle.first() == 1U);
}
