// What is charged, and from when on it is too much.
#include "base/memory_budget.h"

#include <string>
#include <utility>

#include "support/catch.h"

using base::MemoryBudget;
using base::MemoryCharge;
using base::Pressure;

TEST_CASE("memory budget: pressure follows what is held", "[base]") {
    // A quarter of so little is set aside.
    MemoryBudget budget(3200);
    MemoryCharge charge(budget);
    charge.set(1799);
    CHECK(budget.pressure() == Pressure::calm);
    charge.set(1800);
    CHECK(budget.pressure() == Pressure::tight);
    charge.set(2099);
    CHECK(budget.pressure() == Pressure::tight);
    charge.set(2100);
    CHECK(budget.pressure() == Pressure::exhausted);
    charge.set(5000);
    CHECK(budget.pressure() == Pressure::exhausted);
    CHECK(budget.held() == 5000);
    charge.set(0);
    CHECK(budget.pressure() == Pressure::calm);
    CHECK(budget.calm_below() < budget.tight_from());
}

TEST_CASE("memory budget: of much memory that of one turn is set aside", "[base]") {
    const MemoryBudget budget(base::kSetAsideBytes * 9);
    CHECK(budget.limit() == base::kSetAsideBytes * 9);
    CHECK(budget.exhausted_from() == base::kSetAsideBytes * 7);
    CHECK(budget.tight_from() == base::kSetAsideBytes * 6);
    CHECK(budget.calm_below() == base::kSetAsideBytes * 5);
}

TEST_CASE("memory budget: charges add up, move, and end with their scope", "[base]") {
    MemoryBudget budget(1000);
    MemoryCharge first(budget);
    first.set(100);
    {
        MemoryCharge second(budget);
        second.set(50);
        CHECK(budget.held() == 150);
        MemoryCharge third(std::move(second));
        CHECK(budget.held() == 150);
        CHECK(third.bytes() == 50);
    }
    CHECK(budget.held() == 100);
    first = MemoryCharge(budget);
    CHECK(budget.held() == 0);
}

TEST_CASE("memory budget: a charge of no budget counts for itself", "[base]") {
    MemoryCharge charge;
    charge.set(7);
    CHECK(charge.bytes() == 7);
}

TEST_CASE("memory budget: shared bytes are divided among those that hold them beside one owner", "[base]") {
    const std::shared_ptr<const void> owner = std::make_shared<const std::string>("cached");
    CHECK(base::shared_part(owner, 600) == 600);
    const auto first = owner;
    CHECK(base::shared_part(first, 600) == 600);
    const auto second = owner;
    const auto third = owner;
    CHECK(base::shared_part(first, 600) == 200);
}
