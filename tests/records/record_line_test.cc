// Records as lines, and back.
#include "records/record_line.h"

#include "records/record_index.h"
#include "support/catch.h"

using records::Record;

TEST_CASE("record line: is in form encoding, the id first", "[content][records]") {
    CHECK(records::encode_record("7", {{"name", "Ada"}, {"email", "ada@example.org"}}) ==
          "id=7&name=Ada&email=ada%40example.org");
    CHECK(records::encode_record("a~b", {{"x", "1 + 1\n&=%"}}) == "id=a%7Eb&x=1+%2B+1%0A%26%3D%25");
}

TEST_CASE("record line: comes back as it went in", "[content][records]") {
    const Record record{{"a", "\xc3\xa4 b"}, {"", "x"}, {"c", ""}};
    const Record read = records::decode_record(records::encode_record("1", {record[0], record[2]}));
    CHECK(read == Record{{"id", "1"}, record[0], record[2]});
    CHECK(records::decode_record("id=1&name=Ada\r") == Record{{"id", "1"}, {"name", "Ada"}});
    CHECK(records::decode_record("&&id=1&x") == Record{{"id", "1"}, {"x", ""}});
}

TEST_CASE("record line: its id is found wherever people write it", "[content][records]") {
    std::string storage;
    CHECK(records::find_record_id("id=7&name=Ada", storage) == "7");
    CHECK(records::find_record_id("name=Ada&id=x-1\r", storage) == "x-1");
    CHECK(records::find_record_id("name=A&%69d=%37", storage) == "7");
    for (const std::string_view line :
         {"", "\r", "# id=7", "name=Ada", "id=", "id=a/b", "id=..", "id=%00", "idx=7", "id", "just some words"}) {
        CHECK(records::find_record_id(line, storage).empty());
    }
}

TEST_CASE("record line: ids are words that a path can hold", "[content][records]") {
    CHECK(records::is_record_id(std::string(64, 'a')));
    CHECK_FALSE(records::is_record_id(std::string(65, 'a')));
    CHECK_FALSE(records::is_record_id(".hidden"));
    CHECK(records::find_record_number("12") == 12);
    CHECK(records::find_record_number("0") == 0);
    CHECK_FALSE(records::find_record_number("012").has_value());
    CHECK_FALSE(records::find_record_number("1x").has_value());
    CHECK(records::find_record_number("999999999999999") == records::kMaxRecordNumber);
    CHECK_FALSE(records::find_record_number("1000000000000000").has_value());
}

TEST_CASE("record line: says which field cannot be stored", "[content][records]") {
    const records::RecordLimits limits{.max_fields = 2, .max_name_bytes = 4, .max_value_bytes = 5};
    CHECK_FALSE(records::find_record_fault({{"name", "value"}}, limits).has_value());
    const std::vector<Record> bad = {{},
                                     {{"", "x"}},
                                     {{"names", "x"}},
                                     {{"name", "values"}},
                                     {{"a", "1"}, {"b", "2"}, {"c", "3"}},
                                     {{"a", "1"}, {"a", "2"}},
                                     {{"a\n", "1"}},
                                     {{"\xff", "1"}},
                                     {{"a", "\xff"}},
                                     {{"a", std::string("\0", 1)}}};
    for (const Record& record : bad) {
        const auto fault = records::find_record_fault(record, limits);
        REQUIRE(fault.has_value());
        CHECK(fault->status == http::Status::unprocessable_content);
        CHECK_FALSE(fault->reason.empty());
    }
}

TEST_CASE("record line: its tag follows its bytes and its form", "[content][records]") {
    CHECK(records::make_record_tag("id=1&a=b", "") == records::make_record_tag("id=1&a=b", ""));
    CHECK(records::make_record_tag("id=1&a=b", "") != records::make_record_tag("id=1&a=c", ""));
    CHECK(records::make_record_tag("id=1&a=b", "") != records::make_record_tag("id=1&a=b", "-json"));
}

TEST_CASE("record index: finds, moves and forgets among many", "[content][records]") {
    records::RecordIndex index;
    constexpr std::uint64_t kCount = 20'000;
    for (std::uint64_t i = 0; i < kCount; ++i) {
        index.add(index.hash(std::to_string(i)), {.offset = i * 10, .length = 9});
    }
    CHECK(index.size() == kCount);
    CHECK(index.memory_bytes() < kCount * 44);
    CHECK_FALSE(index.find(index.hash("x")).has_value());
    index.change(index.hash("100"), {.offset = 1000, .length = 9}, 12, 3);
    index.change(index.hash("200"), {.offset = 2003, .length = 9}, std::nullopt, -10);
    CHECK(index.find(index.hash("99")) == records::RecordPlace{990, 9});
    CHECK(index.find(index.hash("100")) == records::RecordPlace{1000, 12});
    CHECK(index.find(index.hash("101")) == records::RecordPlace{1013, 9});
    CHECK_FALSE(index.find(index.hash("200")).has_value());
    CHECK(index.find(index.hash("201")) == records::RecordPlace{2003, 9});
    CHECK(index.find(index.hash("19999")) == records::RecordPlace{199'983, 9});
    CHECK(index.size() == kCount - 1);
}

TEST_CASE("record index: stays small while records come and go", "[content][records]") {
    records::RecordIndex index;
    for (std::uint64_t i = 0; i < 50'000; ++i) {
        const std::uint64_t hash = index.hash(std::to_string(i));
        index.add(hash, {.offset = 0, .length = 9});
        index.change(hash, {.offset = 0, .length = 9}, std::nullopt, 0);
    }
    CHECK(index.size() == 0);
    CHECK(index.memory_bytes() < 64 * 1024);
}
