// The words of a listing's page.
#include "listings/page_text.h"

#include "base/escape.h"
#include "support/catch.h"

namespace {

template <class Value>
std::string text_of(void (*append)(std::string&, Value), Value value) {
    std::string text;
    append(text, value);
    return text;
}
std::string shown(std::string_view name) { return text_of<std::string_view>(listings::append_shown_name, name); }
std::string encoded(std::string_view name) { return text_of<std::string_view>(listings::append_encoded_segment, name); }
std::string size(std::uint64_t bytes) { return text_of<std::uint64_t>(listings::append_size, bytes); }
std::string exact(std::uint64_t bytes) { return text_of<std::uint64_t>(listings::append_exact_size, bytes); }
std::string moment(std::int64_t seconds) { return text_of<std::int64_t>(listings::append_time_element, seconds); }

}  // namespace

TEST_CASE("page text: a shown name is escaped, valid UTF-8, and without control characters", "[handlers][page]") {
    CHECK(shown("plain.txt") == "plain.txt");
    CHECK(shown("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    CHECK(shown("Жизнь 日本.txt") == "Жизнь 日本.txt");
    CHECK(shown("a\nb\tc\x7f") == "a␊b␉c␡");
    CHECK(shown("\xff\xfe") == "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(shown("\xe2\x82<") == "\xef\xbf\xbd\xef\xbf\xbd&lt;");
    CHECK(shown("\xc2\x85 \xc2\xa0") == "\xef\xbf\xbd \xc2\xa0");
}

TEST_CASE("page text: an encoded segment holds unreserved bytes and escapes alone", "[handlers][page]") {
    CHECK(encoded("aZ09-._~") == "aZ09-._~");
    CHECK(encoded("a b%?#&'\":/") == "a%20b%25%3F%23%26%27%22%3A%2F");
    CHECK(encoded("\xff\n") == "%FF%0A");
    CHECK(text_of<std::string_view>(listings::append_encoded_path, "a b/c:d") == "a%20b/c%3Ad");
    for (unsigned byte = 1; byte < 256; ++byte) {
        const std::string text = encoded(std::string(1, static_cast<char>(byte)));
        CHECK((text.size() == 1 || text.size() == 3));
        CHECK(text.find_first_of("<>&\"' ") == std::string::npos);
    }
}

TEST_CASE("page text: sizes are rounded down, and exact ones have groups of three", "[handlers][page]") {
    CHECK(size(0) == "0 B");
    CHECK(size(1023) == "1023 B");
    CHECK(size(1024) == "1.0 KiB");
    CHECK(size(1536) == "1.5 KiB");
    CHECK(size(1024 * 1024 - 1) == "1023.9 KiB");
    CHECK(size(std::uint64_t{5} << 30) == "5.0 GiB");
    CHECK(size(~std::uint64_t{0}) == "15.9 EiB");
    CHECK(exact(0) == "0 bytes");
    CHECK(exact(1) == "1 byte");
    CHECK(exact(999) == "999 bytes");
    CHECK(exact(1000) == "1,000 bytes");
    CHECK(exact(12'034'007) == "12,034,007 bytes");
    CHECK(exact(~std::uint64_t{0}) == "18,446,744,073,709,551,615 bytes");
}

TEST_CASE("page text: times are in UTC, and absurd ones are clamped", "[handlers][page]") {
    CHECK(moment(784'111'777) == "<time datetime=\"1994-11-06T08:49:37Z\">1994-11-06 08:49</time>");
    CHECK(moment(0) == "<time datetime=\"1970-01-01T00:00:00Z\">1970-01-01 00:00</time>");
    CHECK(moment(-1) == "<time datetime=\"1969-12-31T23:59:59Z\">1969-12-31 23:59</time>");
    CHECK(moment(INT64_MAX) == "<time datetime=\"9999-12-31T23:59:59Z\">9999-12-31 23:59</time>");
    CHECK(moment(INT64_MIN) == "<time datetime=\"0000-01-01T00:00:00Z\">0000-01-01 00:00</time>");
}

TEST_CASE("page text: an icon for each kind of file", "[handlers][page]") {
    CHECK(listings::icon_of("image/png") == "image");
    CHECK(listings::icon_of("video/mp4") == "video");
    CHECK(listings::icon_of("audio/wav") == "audio");
    CHECK(listings::icon_of("text/plain; charset=utf-8") == "text");
    CHECK(listings::icon_of("application/json") == "text");
    CHECK(listings::icon_of("application/gzip") == "archive");
    CHECK(listings::icon_of("application/octet-stream").empty());
}
