// Escaping, base64, decimal numbers and UTF-8.
#include "base/escape.h"

#include <array>
#include <vector>

#include "base/ascii.h"
#include "support/catch.h"

namespace {

std::string html(std::string_view text) {
    std::string out = ">";
    base::append_html_escaped(out, text);
    return out.substr(1);
}
std::string log(std::string_view text, std::size_t limit = 1000) {
    std::string out = ">";
    base::append_log_escaped(out, text, limit);
    return out.substr(1);
}
std::string json(std::string_view text) {
    std::string out = ">";
    base::append_json_escaped(out, text);
    return out.substr(1);
}
std::string base64(std::string_view text) {
    std::string out;
    base::append_base64(out, std::as_bytes(std::span(text)));
    return out;
}
std::string decoded(std::string_view text) {
    std::array<std::byte, 64> into;
    const auto length = base::decode_base64(text, into);
    return length ? std::string(reinterpret_cast<const char*>(into.data()), *length) : "refused";
}

}  // namespace

TEST_CASE("escape: HTML", "[base][escape]") {
    CHECK(html("") == "");
    CHECK(html("plain \xff text") == "plain \xff text");
    CHECK(html("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    CHECK(html("&amp;") == "&amp;amp;");
}

TEST_CASE("escape: log lines hold one line of plain bytes", "[base][escape]") {
    CHECK(log("GET / \"x\" \\ \x1b[0m\r\n\x7f\x80\xff") == "GET / \\x22x\\x22 \\x5c \\x1b[0m\\x0d\\x0a\\x7f\\x80\\xff");
    CHECK(log(std::string_view("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("escape: log text is bounded and never ends inside an escape", "[base][escape]") {
    CHECK(log("abcdef", 6) == "abcdef");
    CHECK(log("abcdefg", 6) == "abc...");
    CHECK(log("ab\n\n", 8) == "ab...");
    CHECK(log("ab\n", 6) == "ab\\x0a");
    CHECK(log("abc", 2) == "");
    CHECK(log("", 0) == "");
    const std::string nasty(50, '\n');
    for (std::size_t limit = 0; limit < 220; ++limit) {
        const std::string out = log(nasty, limit);
        CHECK(out.size() <= limit);
        CHECK((out.size() % 4 == 0 || (out.size() % 4 == 3 && out.ends_with("..."))));
    }
}

TEST_CASE("escape: JSON strings", "[base][escape]") {
    CHECK(json("a\"b\\c/") == "a\\\"b\\\\c/");
    CHECK(json("\n\r\t\b\x01\x1f\x7f") == "\\n\\r\\t\\u0008\\u0001\\u001f\\u007f");
    CHECK(json("\xc2\x80\xc2\x9b\xc2\xa0") == "\\u0080\\u009b\xc2\xa0");
    CHECK(json("gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa6") == "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa6");
    CHECK(json("a\xff\xfe"
               "b") == "a\\ufffd\\ufffdb");
    CHECK(json("a\xc3") == "a\\ufffd");
    CHECK(json("\xc3\"") == "\\ufffd\\\"");
}

TEST_CASE("escape: UTF-8 of RFC 3629 and nothing else", "[base][escape]") {
    for (const auto* text : {"", "plain ascii, long enough for two words", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
                             "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
                             "12345678\xc3\xbc"
                             "12345678"}) {
        CHECK(base::is_valid_utf8(text));
    }
    for (const auto* text : {"\x80",
                             "\xbf",
                             "\xc0\xaf",
                             "\xc1\xbf",
                             "\xc2",
                             "\xc2 ",
                             "\xe0\x80\xaf",
                             "\xe0\x9f\xbf",
                             "\xed\xa0\x80",
                             "\xed\xbf\xbf",
                             "\xf0\x80\x80\xaf",
                             "\xf0\x8f\xbf\xbf",
                             "\xf4\x90\x80\x80",
                             "\xf5\x80\x80\x80",
                             "\xff",
                             "\xfe",
                             "\xe2\x82",
                             "\xf0\x9f\x90",
                             "12345678\xff",
                             "1234567\xc3"
                             "8"}) {
        CHECK_FALSE(base::is_valid_utf8(text));
    }
}

TEST_CASE("base64: the vectors of RFC 4648, both ways", "[base][escape]") {
    const std::vector<std::array<std::string, 2>> vectors{{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"},
                                                          {"\xfb\xff\xfe", "+//+"}};
    for (const auto& [plain, text] : vectors) {
        CHECK(base64(plain) == text);
        CHECK(decoded(text) == plain);
        CHECK(base::base64_length(plain.size()) == text.size());
    }
}

TEST_CASE("base64: strict decoding", "[base][escape]") {
    for (const auto* text : {"Z", "Zg", "Zg=", "Zm8", "====", "=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm 8=",
                             "Zm9v\n", "Zm-_", "=m9v", "Z=9v", "Zm=v", "Zm9v====", "\xff\xff\xff\xff"}) {
        CAPTURE(text);
        CHECK(decoded(text) == "refused");
    }
    std::array<std::byte, 3> small;
    CHECK(base::decode_base64("Zm9v", small) == 3U);
    CHECK_FALSE(base::decode_base64("Zm9vYg==", small).has_value());
}

TEST_CASE("decimal: digits and their number", "[base][escape]") {
    for (const auto& [number, text] : std::vector<std::pair<std::uint64_t, std::string>>{
             {0, "0"}, {9, "9"}, {10, "10"}, {12345, "12345"}, {UINT64_MAX, "18446744073709551615"}}) {
        std::string out;
        base::append_decimal(out, number);
        CHECK(out == text);
        CHECK(base::count_decimal_digits(number) == text.size());
    }
}

TEST_CASE("percent and hexadecimal: two digits in upper case, sixteen in lower case", "[base][escape]") {
    std::string out;
    base::append_percent_encoded(out, '\xaf');
    base::append_percent_encoded(out, '\n');
    CHECK(out == "%AF%0A");
    out.clear();
    base::append_hex_number(out, 0xab'cdef);
    CHECK(out == "0000000000abcdef");
    out.clear();
    base::append_hex(out, std::string_view("\x00\x7f\xaf", 3));
    CHECK(out == "007faf");
}

TEST_CASE("controls: C0, DEL and the UTF-8 forms of C1, nothing beside them", "[base][escape]") {
    CHECK((base::is_control('\0') && base::is_control('\x1f') && base::is_control('\x7f')));
    CHECK_FALSE((base::is_control(' ') || base::is_control('~') || base::is_control('\x80')));
    CHECK((base::is_c1_control("\xc2\x80") && base::is_c1_control("\xc2\x9f")));
    CHECK_FALSE((base::is_c1_control("\xc2\xa0") || base::is_c1_control("\xc3\x80") || base::is_c1_control("\xc2")));
}
