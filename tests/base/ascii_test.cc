// Byte classes over all 256 octets, and conversions at their bounds.
#include "base/ascii.h"

#include <string>

#include "support/catch.h"

namespace {

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

template <typename Check>
void for_every_octet(Check check) {
    for (int octet = 0; octet < 256; ++octet) {
        INFO("octet " << octet);
        check(static_cast<char>(octet));
    }
}

}  // namespace

TEST_CASE("ascii: every octet is in the classes that RFC 5234 and RFC 9110 give it", "[base][ascii]") {
    constexpr std::string_view kDigits = "0123456789";
    constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
    constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
    for_every_octet([&](char c) {
        const bool alpha = is_one_of(c, kUpper) || is_one_of(c, kLower);
        CHECK(base::is_digit(c) == is_one_of(c, kDigits));
        CHECK(base::is_upper(c) == is_one_of(c, kUpper));
        CHECK(base::is_alpha(c) == alpha);
        CHECK(base::is_blank(c) == (c == ' ' || c == '\t'));
        CHECK(base::is_token_char(c) == (alpha || is_one_of(c, kDigits) || is_one_of(c, kTokenMarks)));
    });
}

TEST_CASE("ascii: lower case changes the 26 letters and nothing else", "[base][ascii]") {
    for_every_octet([](char c) {
        const char expected = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        CHECK(base::to_lower(c) == expected);
    });
}

TEST_CASE("ascii: hexadecimal digits have values, others have none", "[base][ascii]") {
    constexpr std::string_view kLowerHex = "0123456789abcdef";
    constexpr std::string_view kUpperHex = "0123456789ABCDEF";
    for_every_octet([&](char c) {
        int expected = -1;
        if (const auto at = kLowerHex.find(c); at != std::string_view::npos) expected = static_cast<int>(at);
        if (const auto at = kUpperHex.find(c); at != std::string_view::npos) expected = static_cast<int>(at);
        CHECK(base::hex_value(c) == expected);
    });
}

TEST_CASE("ascii: comparing without case needs the same length and the same letters", "[base][ascii]") {
    CHECK(base::equals_ignoring_case("", ""));
    CHECK(base::equals_ignoring_case("Content-Length", "cONTENT-lENGTH"));
    CHECK_FALSE(base::equals_ignoring_case("close", "closed"));
    CHECK_FALSE(base::equals_ignoring_case("closed", "close"));
    CHECK_FALSE(base::equals_ignoring_case("close", "clone"));
    // 32 apart, but no letters.
    CHECK_FALSE(base::equals_ignoring_case("@", "`"));
    CHECK_FALSE(base::equals_ignoring_case("[", "{"));
    CHECK_FALSE(base::equals_ignoring_case("\xc4", "\xe4"));
}

TEST_CASE("ascii: trimming takes spaces and tabs from both ends only", "[base][ascii]") {
    CHECK(base::trim_blanks("") == "");
    CHECK(base::trim_blanks(" \t ") == "");
    CHECK(base::trim_blanks("\t a \t b  ") == "a \t b");
    CHECK(base::trim_blanks("a") == "a");
    CHECK(base::trim_blanks("\va\r\n") == "\va\r\n");
}

TEST_CASE("ascii: decimal numbers up to the largest, and nothing else", "[base][ascii]") {
    CHECK(base::parse_decimal("0") == 0U);
    CHECK(base::parse_decimal("000042") == 42U);
    CHECK(base::parse_decimal("18446744073709551615") == UINT64_MAX);
    CHECK(base::parse_decimal("018446744073709551615") == UINT64_MAX);
    for (const char* text :
         {"", "18446744073709551616", "18446744073709551620", "28446744073709551615", "99999999999999999999",
          "184467440737095516150", "+1", "-1", " 1", "1 ", "0x1", "1.0", "1,1", "a"}) {
        INFO(text);
        CHECK_FALSE(base::parse_decimal(text));
    }
    CHECK_FALSE(base::parse_decimal(std::string_view("1\0", 2)));
}

TEST_CASE("ascii: lines are taken off one after the other, the last one with or without its end", "[base]") {
    for (const std::string_view text : {"a\n\nb", "a\n\nb\n"}) {
        std::string_view rest = text;
        CHECK(base::take_line(rest) == "a");
        CHECK(base::take_line(rest).empty());
        CHECK(base::take_line(rest) == "b");
        CHECK(rest.empty());
        CHECK(base::take_line(rest).empty());
    }
}
