// The order of names and entries, and places in it as text.
#include "listings/listing_order.h"

#include <algorithm>
#include <vector>

#include "support/catch.h"

using listings::compare_names;
using listings::ListingColumn;
using listings::ListingEntry;
using listings::ListingItem;
using listings::ListingOrder;
using listings::ListingOrdering;

namespace {

ListingItem item(std::string name, std::uint64_t bytes = 0, std::int64_t seconds = 0, std::string_view type = {}) {
    ListingItem made;
    made.name = std::move(name);
    made.bytes = bytes;
    made.modified.tv_sec = seconds;
    made.media_type = type;
    return made;
}

ListingItem folder(std::string name, std::int64_t seconds = 0) {
    ListingItem made = item(std::move(name), 0, seconds);
    made.kind = ListingEntry::Kind::directory;
    return made;
}

std::string names(std::vector<ListingItem> items, const ListingOrdering& ordering) {
    std::ranges::sort(items, [&](const ListingItem& a, const ListingItem& b) { return ordering.before(a, b); });
    std::string text;
    for (const ListingItem& each : items) text += (text.empty() ? "" : " ") + each.name;
    return text;
}

constexpr std::array kColumns = {ListingColumn::name, ListingColumn::size, ListingColumn::time, ListingColumn::type};

}  // namespace

TEST_CASE("listing order: names as people read them", "[content][listing]") {
    // Each before the next.
    const std::vector<std::string> ordered = {"!",
                                              "0",
                                              "00",
                                              "01",
                                              "1",
                                              "2",
                                              "10",
                                              "A",
                                              "a",
                                              "a1",
                                              "A2",
                                              "a10",
                                              "a10b",
                                              "a99999999999999999999999",
                                              "a100000000000000000000000",
                                              "aa",
                                              "B",
                                              "b",
                                              "b c",
                                              "b-c",
                                              "z",
                                              "\xC3\xA4",
                                              "\xFF"};
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        for (std::size_t j = 0; j < ordered.size(); ++j) {
            CAPTURE(ordered[i], ordered[j]);
            CHECK(compare_names(ordered[i], ordered[j]) == (i <=> j));
        }
    }
}

TEST_CASE("listing order: of any three names the order is consistent", "[content][listing]") {
    std::vector<std::string> all = {""};
    for (std::size_t i = 0; i < all.size() && all[i].size() < 3; ++i) {
        for (const char c : std::string_view("0 1aA")) all.push_back(all[i] + c);
    }
    const auto before = [](const std::string& a, const std::string& b) { return compare_names(a, b) < 0; };
    std::ranges::sort(all, before);
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            if (!before(all[i], all[j]) || before(all[j], all[i])) FAIL(all[i] << " and " << all[j]);
        }
    }
}

TEST_CASE("listing order: folders first, then the column, then the name", "[content][listing]") {
    const std::vector<ListingItem> items = {item("b", 5, 30, "text/html"), item("a", 7, 10, "text/plain"),
                                            item("c", 5, 20, "image/png"), folder("y", 2), folder("x", 1)};
    using enum ListingOrder;
    CHECK(names(items, {ListingColumn::name, ascending}) == "x y a b c");
    CHECK(names(items, {ListingColumn::name, descending}) == "y x c b a");
    CHECK(names(items, {ListingColumn::size, ascending}) == "x y b c a");
    CHECK(names(items, {ListingColumn::size, descending}) == "x y a b c");
    CHECK(names(items, {ListingColumn::time, ascending}) == "x y a c b");
    CHECK(names(items, {ListingColumn::time, descending}) == "y x b c a");
    CHECK(names(items, {ListingColumn::type, ascending}) == "x y c b a");
    CHECK(names(items, {ListingColumn::type, descending}) == "x y a b c");
}

TEST_CASE("listing order: a place is read back as it was written", "[content][listing]") {
    const std::vector<ListingItem> items = {item("a.txt", 7, 12, "text/plain; charset=utf-8"),
                                            item("1:2:3", 7, -3, "application/octet-stream"),
                                            item("\xFF\n%", 1, 1, "application/octet-stream"), folder("x:y", 9)};
    for (const ListingColumn column : kColumns) {
        const ListingOrdering ordering(column, ListingOrder::ascending);
        for (ListingItem each : items) {
            each.modified.tv_nsec = 5;
            const auto found = ordering.find_place(ordering.place_of(each), *media::MediaTypes::built_in());
            REQUIRE(found.has_value());
            CHECK(found->name == each.name);
            CHECK_FALSE(ordering.before(*found, each));
            CHECK_FALSE(ordering.before(each, *found));
        }
    }
    CHECK(ListingOrdering(ListingColumn::name, ListingOrder::ascending).place_of(items[3]) == "x:y/");
    CHECK(ListingOrdering(ListingColumn::size, ListingOrder::ascending).place_of(items[0]) == "7:a.txt");
    CHECK(ListingOrdering(ListingColumn::time, ListingOrder::ascending).place_of(items[1]) == "-3.000000000:1:2:3");
}

TEST_CASE("listing order: what is no place is refused", "[content][listing]") {
    const auto find = [](ListingColumn column, std::string_view text) {
        return ListingOrdering(column, ListingOrder::ascending)
            .find_place(text, *media::MediaTypes::built_in())
            .has_value();
    };
    for (const ListingColumn column : kColumns) {
        for (const auto text : {"", "/", ":", ":/", "5:"}) {
            CAPTURE(text);
            CHECK(find(column, text) == (column == ListingColumn::name && (text[0] == ':' || text[0] == '5')));
        }
    }
    for (const auto text : {"a", "x:a", "-1:a", "1.5:a", "99999999999999999999:a", " 1:a"}) {
        CHECK_FALSE(find(ListingColumn::size, text));
    }
    for (const auto text : {"1:a", "1.5:a", "1.0000000000:a", "x.000000000:a", "1.00000000x:a", ".000000000:a",
                            "99999999999999999999.000000000:a", "1 .000000000:a"}) {
        CHECK_FALSE(find(ListingColumn::time, text));
    }
    CHECK_FALSE(find(ListingColumn::type, "text/html:a.txt"));
    CHECK(find(ListingColumn::type, ":folder/"));
    CHECK_FALSE(find(ListingColumn::type, "text/html:folder/"));
}
