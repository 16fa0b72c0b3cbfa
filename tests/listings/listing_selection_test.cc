// The first entries of a directory in an order, however many there are.
#include "listings/listing_selection.h"

#include <optional>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/fake_clock.h"

using listings::ListingItem;
using listings::ListingSelection;

namespace {

ListingItem named(std::string name) {
    ListingItem item;
    item.name = std::move(name);
    return item;
}

struct Selecting {
    explicit Selecting(std::size_t limit, std::optional<ListingItem> after = std::nullopt,
                       std::size_t max_bytes = listings::kListingsBytes)
        : shares(clock, max_bytes),
          hold(shares),
          selection({listings::ListingColumn::name, listings::ListingOrder::ascending}, limit, std::move(after), hold) {
    }
    /// "a b c": the kept names, in order.
    std::string sorted() {
        while (selection.sort_one()) {
        }
        std::string names;
        for (const ListingItem& item : selection.items()) names += (names.empty() ? "" : " ") + item.name;
        return names;
    }

    FakeClock clock;
    listings::ListingShares shares;
    listings::ListingHold hold;
    ListingSelection selection;
};

}  // namespace

TEST_CASE("listing selection: the first ones are kept in order, whatever order they come in", "[listing]") {
    const std::vector<std::string> names{"d", "b", "e", "a", "c"};
    for (std::size_t begin = 0; begin < names.size(); ++begin) {
        Selecting selecting(3);
        for (std::size_t i = 0; i < names.size(); ++i) {
            REQUIRE(selecting.selection.offer(named(names[(begin + i) % names.size()])));
        }
        CHECK(selecting.selection.has_more());
        CHECK(selecting.sorted() == "a b c");
    }
}

TEST_CASE("listing selection: as many as there is room for are all, and no others follow", "[listing]") {
    Selecting selecting(3);
    for (const auto* name : {"c", "a", "b"}) REQUIRE(selecting.selection.offer(named(name)));
    CHECK_FALSE(selecting.selection.has_more());
    CHECK(selecting.sorted() == "a b c");
}

TEST_CASE("listing selection: a page begins behind the entry that it is given", "[listing]") {
    Selecting selecting(2, named("b"));
    for (const auto* name : {"e", "a", "d", "b", "c"}) REQUIRE(selecting.selection.offer(named(name)));
    CHECK(selecting.selection.has_more());
    CHECK(selecting.sorted() == "c d");
}

TEST_CASE("listing selection: nothing is kept that there is no memory for, and clearing gives it back", "[listing]") {
    const std::size_t room = 5 * named("a").memory_bytes();
    Selecting selecting(10, std::nullopt, room);
    REQUIRE(selecting.selection.offer(named("a")));
    REQUIRE(selecting.selection.offer(named("b")));
    CHECK_FALSE(selecting.selection.offer(named("c")));
    CHECK(selecting.sorted() == "a b");
    selecting.selection.clear();
    CHECK(selecting.shares.bytes_left() == room);
    CHECK(selecting.selection.items().empty());
}
