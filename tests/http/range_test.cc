// Ranges and the text of multipart/byteranges.
#include "http/range.h"

#include "http/field_section.h"
#include "support/catch.h"

namespace {

/// "whole", "unsatisfiable" or "0-4,6-9".
std::string read(const http::RangeSet& set) {
    if (set.kind == http::RangeSet::Kind::whole) return "whole";
    if (set.kind == http::RangeSet::Kind::unsatisfiable) return "unsatisfiable";
    std::string text;
    for (const http::ByteRange& range : set.items()) {
        if (!text.empty()) text += ',';
        text += std::to_string(range.first) + '-' + std::to_string(range.last);
    }
    return text;
}

std::string parse(std::string_view value, std::uint64_t size = 10) { return read(http::parse_range(value, size)); }

}  // namespace

TEST_CASE("range: one range, closed, open and suffix", "[http][range]") {
    CHECK(parse("bytes=0-4") == "0-4");
    CHECK(parse("bytes=0-0") == "0-0");
    CHECK(parse("bytes=9-9") == "9-9");
    CHECK(parse("bytes=2-") == "2-9");
    CHECK(parse("bytes=0-") == "0-9");
    CHECK(parse("bytes=-3") == "7-9");
    CHECK(parse("bytes=-10") == "0-9");
    CHECK(parse("BYTES=0-4") == "0-4");
    CHECK(parse("bytes=00000000000000000000000000000000000001-4") == "1-4");
}

TEST_CASE("range: clamped at the end of the representation", "[http][range]") {
    CHECK(parse("bytes=5-20") == "5-9");
    CHECK(parse("bytes=-11") == "0-9");
    CHECK(parse("bytes=0-18446744073709551615") == "0-9");
    CHECK(parse("bytes=0-99999999999999999999999999999999999") == "0-9");
    CHECK(parse("bytes=-99999999999999999999999999999999999") == "0-9");
}

TEST_CASE("range: what lies behind the end is unsatisfiable", "[http][range]") {
    for (const auto* value :
         {"bytes=10-", "bytes=10-12", "bytes=-0", "bytes=18446744073709551615-", "bytes=9223372036854775808-",
          "bytes=99999999999999999999999-99999999999999999999999", "bytes=10-,-0"}) {
        CAPTURE(value);
        CHECK(parse(value) == "unsatisfiable");
    }
    CHECK(parse("bytes=15-,0-5") == "0-5");
}

TEST_CASE("range: what is not understood is ignored", "[http][range]") {
    for (const auto* value : {"",
                              "bytes",
                              "bytes=",
                              "bytes=7",
                              "bytes= 7 ",
                              "bytes=5-4",
                              "bytes=2-5,4-3",
                              "bytes=A-",
                              "bytes= -Z",
                              "bytes=Ran-dom, garbage",
                              "bytes=0x01-0x02",
                              "bytes= , , ,   ",
                              "foo",
                              "foo=0-4",
                              "bytes=--",
                              "bytes=-",
                              "bytes 0-4",
                              "bytes:0-4",
                              "bytes=0-4x",
                              "bytes=0-4;5-6",
                              "bytes=1e3-",
                              "bytes=+1-+4",
                              "bytes=0 - 4",
                              "bytes =0-4",
                              "byte=0-4",
                              "bytess=0-4",
                              "bytes=0-4,x",
                              "bytes=0--4",
                              "bytes=--4",
                              "bytes=0-4-5"}) {
        CAPTURE(value);
        CHECK(parse(value) == "whole");
    }
    CHECK(parse(std::string_view("bytes=0-4\0", 10)) == "whole");
}

TEST_CASE("range: several keep their order, touching ones become one", "[http][range]") {
    CHECK(parse("bytes=0-1,5-6") == "0-1,5-6");
    CHECK(parse("bytes=5-6 ,\t0-1") == "5-6,0-1");
    CHECK(parse("bytes=,0-1,,5-6,") == "0-1,5-6");
    CHECK(parse("bytes=0-1,2-3") == "0-3");
    CHECK(parse("bytes=2-3,0-1") == "0-3");
    CHECK(parse("bytes=0-3,2-5") == "0-5");
    CHECK(parse("bytes=0-1,3-4,2-2") == "0-4");
    CHECK(parse("bytes=8-8,0-1,3-4,2-2") == "8-8,0-4");
    CHECK(parse("bytes=4-5,8-8,0-1,2-3") == "0-5,8-8");
    CHECK(parse("bytes=0-9, -10, 10-19", 1000) == "0-19,990-999");
    CHECK(parse("bytes=30-40,10-20,60-70,15-65", 200) == "10-70");
    CHECK(parse("bytes=10-20,60-70,30-40,5-35", 200) == "5-40,60-70");
}

TEST_CASE("range: never more than the representation itself", "[http][range]") {
    CHECK(parse("bytes=0-,1-,2-,3-,4-") == "whole");
    CHECK(parse("bytes=0-10001, 0-0", 1000) == "whole");
    CHECK(parse("bytes=-605,-9223372036854775203", 1000) == "whole");
    CHECK(parse("bytes=0-4,5-9") == "0-9");
}

namespace {

/// "bytes=0-0,4-4,8-8,": `count` ranges of one byte, three bytes apart.
std::string sorted_ranges(std::size_t count) {
    std::string value = "bytes=";
    for (std::size_t i = 0; i < count; ++i) value += std::to_string(i * 4) + "-" + std::to_string(i * 4) + ",";
    return value;
}

}  // namespace

TEST_CASE("range: gives hundreds of ranges that are in order and apart", "[http][range]") {
    CHECK(http::parse_range(sorted_ranges(20), 1000).ranges.size() == 20);
    CHECK(http::parse_range(sorted_ranges(http::kMaxRanges), 2000).ranges.size() == http::kMaxRanges);
    CHECK(http::kMaxRanges >= 100);
    CHECK(parse(sorted_ranges(http::kMaxRanges + 1), 2000) == "whole");
    CHECK(http::parse_range(sorted_ranges(100) + "500-599,600-699,700-", 1000).ranges.size() == 101);
    CHECK(parse(sorted_ranges(http::kMaxRanges) + "5000-", 2000) == "whole");
}

TEST_CASE("range: gives few ranges that overlap or are out of order", "[http][range]") {
    CHECK(http::parse_range(sorted_ranges(15) + "2-2", 1000).ranges.size() == 16);
    CHECK(parse(sorted_ranges(16) + "2-2", 1000) == "whole");
    CHECK(parse(sorted_ranges(16) + "60-70", 1000) == "whole");
    CHECK(parse("bytes=900-," + sorted_ranges(16).substr(6), 1000) == "whole");
}

TEST_CASE("range: a file without content is sent whole", "[http][range]") {
    for (const auto* value : {"bytes=0-0", "bytes=0-", "bytes=-5", "bytes=7-", "bytes=0-4,6-7"}) {
        CAPTURE(value);
        CHECK(parse(value, 0) == "whole");
    }
}

TEST_CASE("range: sizes at the end of 64 bits", "[http][range]") {
    CHECK(parse("bytes=-1", UINT64_MAX) == "18446744073709551614-18446744073709551614");
    CHECK(parse("bytes=0-", UINT64_MAX) == "0-18446744073709551614");
    CHECK(parse("bytes=0-,0-", UINT64_MAX) == "whole");
    CHECK(parse("bytes=5000000000-5000000009", 6000000000) == "5000000000-5000000009");
}

TEST_CASE("range: for GET, once, and when If-Range allows", "[http][range]") {
    const http::Validators file{"\"v1\"", 1000, 1000, true};
    const auto decide = [&](std::string_view lines, http::Method method) {
        const http_test::FieldSection section(lines);
        return read(http::decide_ranges(section.fields, section.text, method, file, 10, 5000));
    };
    CHECK(decide("Range: bytes=0-4\r\n", http::Method::get) == "0-4");
    CHECK(decide("Range: bytes=0-4\r\n", http::Method::head) == "whole");
    CHECK(decide("Range: bytes=0-4\r\nRange: bytes=6-7\r\n", http::Method::get) == "whole");
    CHECK(decide("Host: a\r\n", http::Method::get) == "whole");
    CHECK(decide("Range: bytes=0-4\r\nIf-Range: \"v1\"\r\n", http::Method::get) == "0-4");
    CHECK(decide("Range: bytes=100-\r\nIf-Range: \"v2\"\r\n", http::Method::get) == "whole");
    CHECK(decide("Range: bytes=100-\r\n", http::Method::get) == "unsatisfiable");
}

TEST_CASE("range: Content-Range and multipart text", "[http][range]") {
    CHECK(http::content_range({0, 4}, 11) == "bytes 0-4/11");
    CHECK(http::unsatisfied_content_range(11) == "bytes */11");

    const http::ByteRangesText text(0x1234abcd, "text/plain", 1000);
    CHECK(text.media_type() == "multipart/byteranges; boundary=godwit-000000001234abcd");
    CHECK(text.part_head({0, 4}, 0) ==
          "--godwit-000000001234abcd\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-4/1000\r\n\r\n");
    CHECK(text.part_head({7, 8}, 1) ==
          "\r\n--godwit-000000001234abcd\r\nContent-Type: text/plain\r\nContent-Range: bytes 7-8/1000\r\n\r\n");
    CHECK(text.tail() == "\r\n--godwit-000000001234abcd--\r\n");
    const http::ByteRangesText untyped(UINT64_MAX, "", 10);
    CHECK(untyped.part_head({0, 4}, 0) == "--godwit-ffffffffffffffff\r\nContent-Range: bytes 0-4/10\r\n\r\n");
}
