// What the cache charges to the budget of memory, and what it drops when that is short.
#include <string>

#include "files/representation_cache.h"
#include "support/catch.h"
#include "support/served_tree.h"

using files::Representation;
using http::Coding;

namespace {

constexpr std::size_t kKiB = 1024;

struct Charged {
    Charged() : cache(root, clock, arrivals, {}, {}, nullptr, base::MemoryCharge(memory)) {}

    /// A file of 100 KiB, kept in memory.
    std::shared_ptr<const Representation> get(const std::string& name) {
        tree.write(name, std::string(100 * kKiB, 'x'));
        auto found = cache.find("/" + name, ++arrivals.latest);
        REQUIRE(found.has_value());
        return *found;
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::ArrivalClock arrivals;
    base::MemoryBudget memory{std::size_t{64} * 1024 * kKiB};
    files::RepresentationCache cache;
};

}  // namespace

TEST_CASE("representation cache: what entries hold is charged, as long as they are there", "[content][cache]") {
    Charged each;
    CHECK(each.memory.held() == 0);
    (void)each.get("a.bin");
    CHECK(each.memory.held() == each.cache.counters().bytes);
    CHECK(each.memory.held() > 100 * kKiB);
    (void)each.get("b.bin");
    CHECK(each.memory.held() == each.cache.counters().bytes);
    each.cache.path_changed("/a.bin");
    CHECK(each.memory.held() == each.cache.counters().bytes);
    CHECK(each.memory.held() < 110 * kKiB);
    each.cache.replace_rules({});
    CHECK(each.memory.held() == 0);
}

TEST_CASE("representation cache: shrinks by the longest unused entries, as far as it is asked", "[content][cache]") {
    Charged each;
    for (const char* name : {"a.bin", "b.bin", "c.bin", "d.bin"}) (void)each.get(name);
    const std::size_t before = each.memory.held();
    const std::size_t freed = each.cache.shrink(150 * kKiB);
    CHECK(freed > 200 * kKiB);
    CHECK(each.memory.held() == before - freed);
    CHECK(each.cache.counters().entries == 2);
    CHECK(each.cache.counters().evictions == 2);
    const std::uint64_t hits = each.cache.counters().hits;
    (void)each.cache.find("/d.bin", each.arrivals.latest);
    (void)each.cache.find("/c.bin", each.arrivals.latest);
    CHECK(each.cache.counters().hits == hits + 2);
    CHECK(each.cache.shrink(0) == 0);
    CHECK(each.cache.shrink(SIZE_MAX) > 200 * kKiB);
    CHECK(each.memory.held() == 0);
    CHECK(each.cache.shrink(SIZE_MAX) == 0);
}

TEST_CASE("representation cache: entries that a response uses are not dropped, nor those whose bytes wait",
          "[content][cache]") {
    Charged each;
    const auto used = each.get("used.bin");
    auto waiting = each.get("waiting.bin");
    const http::Piece piece = Representation::slice(waiting, Coding::identity, 0, 100);
    waiting.reset();
    (void)each.get("unused.bin");
    (void)each.cache.shrink(SIZE_MAX);
    CHECK(each.cache.counters().entries == 2);
    CHECK(std::get<http::Blob>(piece).bytes.size() == 100);
}
