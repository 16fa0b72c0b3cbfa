// Sizes in the largest unit that keeps them whole.
#include "base/byte_size.h"

#include "support/catch.h"

TEST_CASE("byte size: the largest unit that keeps it whole", "[base]") {
    const auto text = [](std::uint64_t bytes) {
        const base::ByteSize size = base::in_largest_unit(bytes);
        return std::to_string(size.count).append(size.prefix);
    };
    CHECK(text(0) == "0");
    CHECK(text(1) == "1");
    CHECK(text(1023) == "1023");
    CHECK(text(1024) == "1K");
    CHECK(text(1536) == "1536");
    CHECK(text(std::uint64_t{3} << 20) == "3M");
    CHECK(text(std::uint64_t{1025} << 20) == "1025M");
    CHECK(text(std::uint64_t{2} << 30) == "2G");
    CHECK(text(std::uint64_t{5} << 40) == "5T");
    CHECK(text(UINT64_MAX) == "18446744073709551615");
}
