// The longest turn of the loop, as time passes.
#include "server/longest_turn.h"

#include "support/catch.h"

TEST_CASE("longest turn: is the longest of this minute and the last one", "[server]") {
    server::LongestTurn turns;
    turns.note(700, 1'000);
    turns.note(200, 2'000);
    CHECK(turns.longest_us(2'000) == 700);
    turns.note(300, 61'500);
    CHECK(turns.longest_us(61'500) == 700);
    CHECK(turns.longest_us(121'600) == 300);
    CHECK(turns.longest_us(400'000) == 0);
}
