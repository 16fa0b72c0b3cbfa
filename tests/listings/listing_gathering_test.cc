// Listings in order: whole, by pages, and what they may take.
#include "listings/listing_gathering.h"

#include <set>

#include "listings/listing_source.h"
#include "support/catch.h"
#include "support/served_tree.h"

using listings::ListingColumn;
using listings::ListingGathering;
using listings::ListingOrder;
using listings::ListingShares;
using listings::ListingSpan;
using Outcome = listings::ListingGathering::Outcome;

namespace {

/// "name:bytes " for each entry; folders end in a slash.
class PlainFormat final : public listings::ListingFormat {
public:
    explicit PlainFormat(std::size_t padding = 0) : padding_(padding) {}
    void opening(std::string& out) override { out.append("< "); }
    void row(std::string& out, const listings::ListingEntry& entry) override {
        out.append(entry.name).append(entry.is_directory() ? "/" : ":" + std::to_string(entry.bytes)).append(" ");
        out.append(padding_, '.');
    }
    void closing(std::string& out, const listings::ListingEnd& end) override {
        out.append(std::to_string(end.entries)).append(">");
    }

private:
    std::size_t padding_;
};

struct Bench {
    struct Result {
        Outcome outcome;
        std::string text;
        std::string tag;
        std::string next;
    };

    explicit Bench(std::size_t max_bytes = listings::kListingsBytes) : shares(clock, max_bytes) {}

    listings::ListingReader reader() { return {root, *media::MediaTypes::built_in(), *root.open_directory("/"), "/"}; }
    Result gather(ListingSpan span, std::size_t padding = 0) {
        ListingGathering gathering(reader(), std::move(span), shares);
        for (;;) {
            const Outcome outcome = gathering.work();
            if (outcome == Outcome::more) continue;
            if (outcome == Outcome::gathered) {
                gathering.write_with(std::make_unique<PlainFormat>(padding), "?after=");
                continue;
            }
            Result result{outcome, {}, {}, gathering.next()};
            if (outcome != Outcome::written) return result;
            for (const std::string& part : gathering.text()->parts) result.text += part;
            CHECK(gathering.text()->bytes() == result.text.size());
            result.tag = gathering.tag();
            return result;
        }
    }
    std::string names() { return gather({}).text; }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    ListingShares shares;
};

ListingSpan page(std::size_t limit, ListingColumn column = ListingColumn::name,
                 ListingOrder order = ListingOrder::ascending) {
    return {.ordering = {column, order}, .extent = ListingSpan::Extent::page, .limit = limit, .after = {}};
}

/// The value of `after` in a query, decoded.
std::string decoded(std::string_view next) {
    std::string text;
    next.remove_prefix(std::string_view("?after=").size());
    for (std::size_t i = 0; i < next.size(); ++i) {
        if (next[i] != '%') {
            text.push_back(next[i]);
            continue;
        }
        text.push_back(static_cast<char>(std::stoi(std::string(next.substr(i + 1, 2)), nullptr, 16)));
        i += 2;
    }
    return text;
}

}  // namespace

TEST_CASE("listing gathering: everything in order", "[content][listing]") {
    Bench bench;
    CHECK(bench.names() == "< 0>");
    bench.tree.write("b10", "xyz");
    bench.tree.write("b9", "x");
    bench.tree.write("A", "");
    bench.tree.make_directory("z");
    CHECK(bench.names() == "< z/ A:0 b9:1 b10:3 4>");
    CHECK(bench.shares.bytes_left() == listings::kListingsBytes);
}

TEST_CASE("listing gathering: the tag changes with every change, and with no look", "[content][listing]") {
    Bench bench;
    bench.tree.write("a", "one");
    bench.tree.write("b", "two");
    bench.tree.set_mtime("a", 1000);
    const std::string before = bench.gather({}).tag;
    CHECK(bench.gather({}).tag == before);
    std::set<std::string> tags = {before};
    bench.tree.set_mtime("a", 1000, 1);
    tags.insert(bench.gather({}).tag);
    bench.tree.set_mtime("a", 1001);
    tags.insert(bench.gather({}).tag);
    bench.tree.write("a", "four");
    bench.tree.set_mtime("a", 1000);
    tags.insert(bench.gather({}).tag);
    bench.tree.write("c", "");
    tags.insert(bench.gather({}).tag);
    bench.tree.remove("b");
    tags.insert(bench.gather({}).tag);
    tags.insert(bench.gather(page(1)).tag);
    tags.insert(bench.gather(page(10, ListingColumn::name, ListingOrder::descending)).tag);
    CHECK(tags.size() == 8);
}

TEST_CASE("listing gathering: pages hold every entry once, in any order and of any size", "[content][listing]") {
    Bench bench;
    for (int i = 0; i < 23; ++i) {
        const std::string name = (i % 3 == 0 ? "File " : "file-") + std::to_string(i) + (i % 2 == 0 ? ".txt" : ".png");
        bench.tree.write(name, std::string(static_cast<std::size_t>(i % 4), 'x'));
        bench.tree.set_mtime(name, 1000 + i % 5, i % 2);
    }
    for (const auto name : {"d1", "d2", "\xFF&?+ %41"}) bench.tree.make_directory(name);
    for (const auto column : {ListingColumn::name, ListingColumn::size, ListingColumn::time, ListingColumn::type}) {
        for (const auto order : {ListingOrder::ascending, ListingOrder::descending}) {
            const std::string whole = bench.gather(page(100, column, order)).text;
            for (const std::size_t limit : {1U, 2U, 7U, 25U, 26U, 27U}) {
                std::string all = "< ";
                ListingSpan span = page(limit, column, order);
                for (int pages = 0;; ++pages) {
                    REQUIRE(pages < 30);
                    const auto part = bench.gather(span);
                    all += part.text.substr(2, part.text.rfind(' ') - 1);
                    if (part.next.empty()) break;
                    span.after = span.ordering.find_place(decoded(part.next), *media::MediaTypes::built_in());
                    REQUIRE(span.after.has_value());
                }
                CHECK(all + "26>" == whole);
            }
        }
    }
}

TEST_CASE("listing gathering: the entry that a page begins behind may be gone", "[content][listing]") {
    Bench bench;
    for (const auto name : {"a", "b", "c", "d"}) bench.tree.write(name, "");
    ListingSpan span = page(2);
    CHECK(decoded(bench.gather(span).next) == "b");
    bench.tree.remove("b");
    span.after = span.ordering.find_place("b", *media::MediaTypes::built_in());
    const auto second = bench.gather(span);
    CHECK(second.text == "< c:0 d:0 2>");
    CHECK(second.next.empty());
}

TEST_CASE("listing gathering: a directory above the limit is no whole listing", "[content][listing]") {
    Bench bench;
    for (const auto name : {"a", "b", "c"}) bench.tree.write(name, "");
    ListingSpan span;
    span.limit = 2;
    CHECK(bench.gather(span).outcome == Outcome::too_large);
    bench.tree.remove("c");
    CHECK(bench.gather(span).outcome == Outcome::written);

    // What was read for nothing is read again.
    bench.tree.write("c", "");
    ListingGathering gathering(bench.reader(), span, bench.shares);
    Outcome outcome = Outcome::more;
    while (outcome == Outcome::more) outcome = gathering.work();
    REQUIRE(outcome == Outcome::too_large);
    listings::ListingSource source(gathering.take_reader(), std::make_unique<PlainFormat>(), bench.shares);
    std::vector<std::byte> room(7);
    std::string text;
    for (;;) {
        const auto pulled = source.pull(room);
        REQUIRE(pulled.outcome != http::BodySource::Outcome::failed);
        text.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
        if (pulled.outcome == http::BodySource::Outcome::finished) break;
    }
    CHECK(text.size() == std::string("< a:0 b:0 c:0 3>").size());
    for (const auto part : {"< ", "a:0 ", "b:0 ", "c:0 ", "3>"}) CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("listing gathering: without memory a page is refused, and a whole listing streamed", "[content][listing]") {
    Bench bench(4000);
    for (int i = 0; i < 50; ++i) bench.tree.write("file" + std::to_string(i), "");
    CHECK(bench.gather({}).outcome == Outcome::too_large);
    CHECK(bench.gather(page(50)).outcome == Outcome::no_memory);
    CHECK(bench.gather(page(5)).outcome == Outcome::written);
    CHECK(bench.shares.bytes_left() == 4000);
}

TEST_CASE("listing gathering: a page whose text grows too long ends early", "[content][listing]") {
    Bench bench;
    for (int i = 0; i < 20; ++i) bench.tree.write("file" + std::to_string(i), "");
    const std::size_t padding = listings::kListingTextBytes / 8;
    CHECK(bench.gather({}, padding).outcome == Outcome::too_large);
    ListingSpan span = page(20);
    std::size_t rows = 0;
    std::size_t pages = 0;
    for (;; ++pages) {
        const auto part = bench.gather(span, padding);
        REQUIRE(part.outcome == Outcome::written);
        CHECK(part.text.size() <= listings::kListingTextBytes + 100);
        rows += std::stoul(part.text.substr(part.text.rfind('.') + 1));
        if (part.next.empty()) break;
        span.after = span.ordering.find_place(decoded(part.next), *media::MediaTypes::built_in());
    }
    CHECK(rows == 20);
    CHECK(pages > 1);
}

TEST_CASE("listing gathering: the work is cut into slices", "[content][listing]") {
    Bench bench;
    for (int i = 0; i < 300; ++i) bench.tree.write("file" + std::to_string(i), "");
    ListingGathering gathering(bench.reader(), {}, bench.shares);
    int calls = 0;
    for (;; ++calls) {
        const Outcome outcome = gathering.work();
        if (outcome == Outcome::gathered) gathering.write_with(std::make_unique<PlainFormat>(), "");
        if (outcome == Outcome::written) break;
    }
    // Each entry is read, sorted, looked at and written.
    constexpr unsigned kUnits = 300 * (1 + 4 + 8 + 8);
    CHECK(calls >= static_cast<int>(kUnits / listings::kListingSlice));
}
