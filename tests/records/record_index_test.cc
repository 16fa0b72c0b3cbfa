// Which line an id leads to, however many lines there are and whatever was changed before.
#include "records/record_index.h"

#include <string>
#include <vector>

#include "support/catch.h"

using records::RecordIndex;
using records::RecordPlace;

namespace {

constexpr std::uint32_t kLineBytes = 9;

RecordPlace place_of(std::uint64_t number) { return {.offset = number * (kLineBytes + 1), .length = kLineBytes}; }

/// `count` lines of the same length, one behind the other.
RecordIndex index_of(std::uint64_t count) {
    RecordIndex index;
    for (std::uint64_t i = 0; i < count; ++i) index.add(index.hash(std::to_string(i)), place_of(i));
    return index;
}

}  // namespace

TEST_CASE("record index: finds every line, and nothing else", "[records]") {
    constexpr std::uint64_t kCount = 20'000;
    const RecordIndex index = index_of(kCount);
    CHECK(index.size() == kCount);
    bool all_found = true;
    for (std::uint64_t i = 0; i < kCount; ++i) {
        all_found = all_found && index.find(index.hash(std::to_string(i))) == place_of(i);
    }
    CHECK(all_found);
    CHECK_FALSE(index.find(index.hash("20000")));
    CHECK_FALSE(index.find(index.hash("")));
    CHECK_FALSE(RecordIndex().find(0));
}

TEST_CASE("record index: the largest place that it is promised comes back", "[records]") {
    RecordIndex index;
    const RecordPlace last{.offset = (std::uint64_t{1} << 44) - 1, .length = (std::uint32_t{1} << 20) - 1};
    index.add(7, last);
    CHECK(index.find(7) == last);
}

TEST_CASE("record index: a line of another length moves what is behind it", "[records]") {
    RecordIndex index = index_of(100);
    index.change(index.hash("50"), place_of(50), kLineBytes + 4, 4);
    CHECK(index.find(index.hash("49")) == place_of(49));
    CHECK(index.find(index.hash("50")) == RecordPlace{.offset = place_of(50).offset, .length = kLineBytes + 4});
    CHECK(index.find(index.hash("51")) == RecordPlace{.offset = place_of(51).offset + 4, .length = kLineBytes});
    CHECK(index.size() == 100);
}

TEST_CASE("record index: a line that is gone is not found, and what is behind it moves forward", "[records]") {
    RecordIndex index = index_of(100);
    index.change(index.hash("0"), place_of(0), std::nullopt, -std::int64_t{kLineBytes + 1});
    CHECK_FALSE(index.find(index.hash("0")));
    CHECK(index.size() == 99);
    bool all_moved = true;
    for (std::uint64_t i = 1; i < 100; ++i) {
        all_moved = all_moved && index.find(index.hash(std::to_string(i))) == place_of(i - 1);
    }
    CHECK(all_moved);
    index.add(index.hash("0"), place_of(99));
    CHECK(index.find(index.hash("0")) == place_of(99));
}

TEST_CASE("record index: lines that come and go do not make it grow", "[records]") {
    RecordIndex index;
    const std::size_t before = [&] {
        index.add(1, place_of(0));
        return index.memory_bytes();
    }();
    for (std::uint64_t i = 2; i < 10'000; ++i) {
        index.add(i, place_of(1));
        index.change(i, place_of(1), std::nullopt, 0);
    }
    CHECK(index.size() == 1);
    CHECK(index.find(1) == place_of(0));
    CHECK(index.memory_bytes() == before);
    index.clear();
    CHECK(index.size() == 0);
    CHECK_FALSE(index.find(1));
}

TEST_CASE("record index: two of them hash an id differently", "[records]") {
    CHECK(RecordIndex().hash("1") != RecordIndex().hash("1"));
    const RecordIndex index;
    CHECK(index.hash("1") == index.hash("1"));
    CHECK(index.hash("a") != index.hash(std::string("a\0", 2)));
}
