// How long a peer may take to read.
#include "server/patience.h"

#include "support/catch.h"

using server::kMostPatienceMs;
using server::kPatientRate;
using server::Patience;

TEST_CASE("patience: what was taken may be read at the patient rate", "[server]") {
    Patience patience;
    patience.note_taken(10 * kPatientRate, 5'000, 100);
    CHECK(patience.until_ms() == 15'000);
    // More on top of what is not read yet.
    patience.note_taken(kPatientRate, 6'000, 100);
    CHECK(patience.until_ms() == 16'000);
    // Time that a peer did not need is not saved up.
    patience.note_taken(kPatientRate, 20'000, 100);
    CHECK(patience.until_ms() == 21'000);
}

TEST_CASE("patience: single bytes buy no time, and no number of bytes buys more than the most", "[server]") {
    Patience patience;
    for (int i = 0; i < 100; ++i) patience.note_taken(1, 1'000, 100);
    CHECK(patience.until_ms() <= 1'000);
    for (int i = 0; i < 100; ++i) patience.note_taken(100 * kPatientRate * 1'000, 1'000, 100);
    CHECK(patience.until_ms() == 1'000 + kMostPatienceMs);
    patience.reset();
    CHECK(patience.until_ms() == 0);
}

TEST_CASE("patience: where the operator asks for more, less time is given", "[server]") {
    Patience patience;
    patience.note_taken(10 * kPatientRate, 0, 10 * kPatientRate);
    CHECK(patience.until_ms() == 1'000);
}
