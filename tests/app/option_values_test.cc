// Numbers, sizes and seconds as options take them.
#include "app/option_values.h"

#include <array>

#include "support/catch.h"

using app::parse_number;
using app::parse_seconds;
using app::parse_size;

TEST_CASE("option values: a number is digits within its bounds and nothing else", "[app][options]") {
    CHECK(parse_number("0", 0, 9) == 0U);
    CHECK(parse_number("9", 0, 9) == 9U);
    CHECK_FALSE(parse_number("10", 0, 9));
    CHECK_FALSE(parse_number("0", 1, 9));
    for (const char* text : {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "99999999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_number(text, 0, UINT64_MAX));
    }
}

TEST_CASE("option values: a size has at most one suffix, in powers of 1024", "[app][options]") {
    CHECK(parse_size("0") == 0U);
    CHECK(parse_size("1500") == 1500U);
    CHECK(parse_size("512K") == 512U * 1024);
    CHECK(parse_size("10m") == 10U * 1024 * 1024);
    CHECK(parse_size("2G") == 2ULL << 30);
    CHECK(parse_size("1T") == 1ULL << 40);
    CHECK(parse_size("9223372036854775807") == 9223372036854775807ULL);
    CHECK(parse_size("10MB") == 10'000'000U);
    CHECK(parse_size("10MiB") == 10U << 20);
    CHECK(parse_size("10mb") == 10'000'000U);
    CHECK(parse_size("2kb") == 2000U);
    CHECK(parse_size("7B") == 7U);
    for (const char* text : {"", "K", "1KK", "1KBB", "1 K", "1Ki", "MB", "1.5MB", "-1", "1.5M", "9223372036854775808",
                             "8388608T", "99999999999G"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_size(text));
    }
    CHECK(parse_size("8388607T") == 8388607ULL << 40);
}

TEST_CASE("option values: seconds have at most three decimals", "[app][options]") {
    CHECK(parse_seconds("0", 0, 1000) == 0);
    CHECK(parse_seconds("75", 0, 86'400'000) == 75'000);
    CHECK(parse_seconds("0.5", 0, 86'400'000) == 500);
    CHECK(parse_seconds("1.25", 0, 86'400'000) == 1250);
    CHECK(parse_seconds("0.001", 0, 86'400'000) == 1);
    CHECK(parse_seconds("86400", 0, 86'400'000) == 86'400'000);
    CHECK(parse_seconds("30s", 0, 86'400'000) == 30'000);
    CHECK(parse_seconds("1m", 0, 86'400'000) == 60'000);
    CHECK(parse_seconds("1.5h", 0, 86'400'000) == 5'400'000);
    CHECK(parse_seconds("1D", 0, 86'400'000) == 86'400'000);
    CHECK(parse_seconds("250ms", 0, 86'400'000) == 250);
    CHECK_FALSE(parse_seconds("86400.001", 0, 86'400'000));
    CHECK_FALSE(parse_seconds("0.099", 100, 86'400'000));
    for (const char* text : {"", ".", ".5", "1.", "1.2345", "1e3", "-1", "1,5", "1x", "s", "1 s", "1.5.1", "1hm",
                             "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_seconds(text, 0, INT64_MAX));
    }
}

TEST_CASE("option values: sizes and seconds are shown as they can be typed", "[app][options]") {
    for (const std::uint64_t bytes : {0ULL, 1ULL, 1000ULL, 1024ULL, 1536ULL, 3ULL << 20, 5ULL << 30, 7ULL << 40}) {
        CAPTURE(bytes);
        CHECK(parse_size(app::size_text(bytes)) == bytes);
    }
    CHECK(app::size_text(64ULL << 20) == "64M");
    CHECK(app::size_text(1536) == "1536");
    CHECK(app::seconds_text(75'000) == "75");
    CHECK(app::seconds_text(500) == "0.5");
    CHECK(app::seconds_text(1050) == "1.05");
}

TEST_CASE("option values: a near miss finds its word, another word finds none", "[app][options]") {
    constexpr std::array<std::string_view, 3> kWords = {"port", "allow-upload", "allow-delete"};
    CHECK(app::nearest_word("prot", kWords) == "port");  // neighbours swapped are one mistake
    CHECK(app::nearest_word("pxxt", kWords).empty());    // two of four letters
    CHECK(app::nearest_word("pot", kWords) == "port");
    CHECK(app::nearest_word("alow-upload", kWords) == "allow-upload");
    CHECK(app::nearest_word("allow-uploads", kWords) == "allow-upload");
    CHECK(app::nearest_word("verbose", kWords).empty());
    CHECK(app::nearest_word("", kWords).empty());
    CHECK(app::nearest_word(std::string(1000, 'p'), kWords).empty());
}

TEST_CASE("option values: what goes to a terminal has no control bytes and an end", "[app][options]") {
    CHECK(app::printable("a\x1b[31mb\n\x7f") == "a?[31mb??");
    CHECK(app::printable("caf\xc3\xa9") == "caf\xc3\xa9");
    CHECK(app::printable(std::string(61, 'x')) == std::string(60, 'x') + "...");
    CHECK(app::printable(std::string(61, 'x'), app::kWholeText) == std::string(61, 'x'));
}
