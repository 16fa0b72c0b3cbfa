// Who holds most, with few looks.
#include "server/memory_ranking.h"

#include "support/catch.h"

using server::MemoryRanking;

namespace {

constexpr std::size_t kKiB = 1024;

}  // namespace

TEST_CASE("memory ranking: what connections hold is charged", "[server]") {
    base::MemoryBudget budget(1'000 * kKiB);
    {
        MemoryRanking ranking(budget);
        ranking.note(3, 10 * kKiB);
        ranking.note(0, 300 * kKiB);
        CHECK(budget.held() == 310 * kKiB);
        ranking.note(3, 20 * kKiB);
        CHECK(ranking.bytes_of(3) == 20 * kKiB);
        CHECK(ranking.bytes() == 320 * kKiB);
        ranking.note(0, 0);
        CHECK(budget.held() == 20 * kKiB);
        CHECK(ranking.bytes_of(0) == 0);
        CHECK(ranking.bytes_of(77) == 0);
    }
    CHECK(budget.held() == 0);
}

TEST_CASE("memory ranking: the highest score is found in lists of all sizes", "[server]") {
    base::MemoryBudget budget(1'000 * kKiB);
    MemoryRanking ranking(budget);
    const auto by_bytes = [&](std::uint32_t slot) { return std::uint64_t{ranking.bytes_of(slot)}; };
    CHECK_FALSE(ranking.find_highest(by_bytes).has_value());
    ranking.note(1, 1);
    ranking.note(2, 40 * kKiB);
    ranking.note(4, 47 * kKiB);
    ranking.note(5, 17 * kKiB);
    CHECK(ranking.find_highest(by_bytes) == 4U);
    CHECK(ranking.find_highest([](std::uint32_t slot) { return slot == 1 ? 5U : 1U; }) == 1U);
    ranking.note(4, 0);
    CHECK(ranking.find_highest(by_bytes) == 2U);
    ranking.note(2, 2);
    CHECK(ranking.find_highest(by_bytes) == 5U);
    // A connection that scores 0 is never found.
    CHECK_FALSE(ranking.find_highest([](std::uint32_t) { return 0U; }).has_value());
}

TEST_CASE("memory ranking: those come first that have been of their size for longest, and few are looked at",
          "[server]") {
    base::MemoryBudget budget(1'000'000 * kKiB);
    MemoryRanking ranking(budget);
    for (std::uint32_t slot = 0; slot < 5'000; ++slot) ranking.note(slot, 300 * kKiB);
    // It became small and large again, as a connection does whose peer reads.
    ranking.note(0, 1);
    ranking.note(0, 301 * kKiB);
    int looks = 0;
    const auto found = ranking.find_highest([&](std::uint32_t slot) {
        ++looks;
        return std::uint64_t{ranking.bytes_of(slot)};
    });
    CHECK(found == 1U);
    CHECK(looks == server::kRankingLooks);
    // A change within the size does not move it.
    ranking.note(1, 310 * kKiB);
    CHECK(ranking.find_highest([](std::uint32_t) { return 1U; }) == 1U);
}
