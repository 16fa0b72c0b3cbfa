// Records of zip, byte by byte.
#include "archives/zip_record.h"

#include <string>

#include "support/catch.h"

using archives::ArchiveEntry;

namespace {

std::uint64_t number(const std::string& text, std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes; i > 0; --i) value = (value << 8U) | static_cast<unsigned char>(text.at(at + i - 1));
    return value;
}

constexpr std::uint64_t kHuge = std::uint64_t{5} << 30U;

}  // namespace

TEST_CASE("zip record: the local header of a stored file", "[archives]") {
    // Sun, 06 Nov 1994 08:49:37 UTC
    const std::string header = archives::zip_local_header({.path = "a", .size_bytes = 5, .modified_s = 784'111'777});
    REQUIRE(header.size() == 30 + 1 + 9);
    CHECK(header.starts_with("PK\3\4"));
    CHECK(number(header, 4, 2) == 20);
    CHECK(number(header, 6, 2) == 0x0808);  // a descriptor follows, the name is UTF-8
    CHECK(number(header, 8, 2) == 0);
    CHECK(number(header, 10, 2) == (8U << 11U | 49U << 5U | 37U / 2));
    CHECK(number(header, 12, 2) == (14U << 9U | 11U << 5U | 6U));
    CHECK(number(header, 18, 4) == 5);
    CHECK(number(header, 22, 4) == 5);
    CHECK(header.substr(30, 1) == "a");
    CHECK(header.substr(31) == std::string("UT\5\0\1\xa1\x98\xbc\x2e", 9));
}

TEST_CASE("zip record: names that are no UTF-8 do not say that they are", "[archives]") {
    CHECK(number(archives::zip_local_header({.path = "\xFF"}), 6, 2) == 0x0008);
    CHECK(number(archives::zip_local_header({.path = "d/"}), 6, 2) == 0x0800);
}

TEST_CASE("zip record: a descriptor repeats size and sum, in 64 bits where the header has them", "[archives]") {
    CHECK(archives::zip_descriptor({.path = "a", .size_bytes = 5}, 0x01020304) ==
          std::string("PK\7\10\4\3\2\1\5\0\0\0\5\0\0\0", 16));
    CHECK(archives::zip_descriptor({.path = "a", .size_bytes = kHuge}, 0).size() == 24);
    CHECK(archives::zip_descriptor({.path = "d/"}, 0).empty());
    const std::string header = archives::zip_local_header({.path = "a", .size_bytes = kHuge});
    CHECK(number(header, 18, 4) == 0xFFFFFFFF);
    CHECK(number(header, 40, 2) == 1);
    CHECK(number(header, 44, 8) == kHuge);
}

TEST_CASE("zip record: the central directory has modes, and offsets of any size", "[archives]") {
    const std::string near = archives::zip_directory_record({.path = "a", .size_bytes = 5}, 7, 9);
    CHECK(near.starts_with("PK\1\2"));
    CHECK(number(near, 4, 2) == (3U << 8U | 20U));
    CHECK(number(near, 16, 4) == 7);
    CHECK(number(near, 38, 4) == std::uint64_t{0100644} << 16U);
    CHECK(number(near, 42, 4) == 9);
    const std::string far = archives::zip_directory_record({.path = "a", .is_program = true}, 0, kHuge);
    CHECK(number(far, 38, 4) == std::uint64_t{0100755} << 16U);
    CHECK(number(far, 42, 4) == 0xFFFFFFFF);
    CHECK(number(far, far.size() - 8, 8) == kHuge);
    const std::string folder = archives::zip_directory_record({.path = "d/"}, 0, 0);
    CHECK(number(folder, 38, 4) == ((std::uint64_t{0040755} << 16U) | 0x10U));
}

TEST_CASE("zip record: the end is in 64 bits only where it has to be", "[archives]") {
    const std::string plain =
        archives::zip_end({.entries = 2, .directory_bytes = 100, .offset_bytes = 50, .comment = "c"});
    CHECK(plain == std::string("PK\5\6\0\0\0\0\2\0\2\0\x64\0\0\0\x32\0\0\0\1\0c", 23));
    const std::string large = archives::zip_end({.entries = 70'000, .directory_bytes = 100, .offset_bytes = kHuge});
    CHECK(large.starts_with("PK\6\6"));
    CHECK(number(large, 24, 8) == 70'000);
    CHECK(number(large, 48, 8) == kHuge);
    CHECK(number(large, 56 + 8, 8) == kHuge + 100);
    CHECK(number(large, 76 + 8, 2) == 0xFFFF);
}
