// What counts as text by its first bytes.
#include "media/text_beginning.h"

#include <string>

#include "support/catch.h"

namespace {

bool is_text(const std::string& beginning) { return media::is_text(std::as_bytes(std::span(beginning))); }

}  // namespace

TEST_CASE("text beginning: lines of UTF-8 are text", "[media]") {
    CHECK(is_text("all:\n\tcc -o a a.c\r\n"));
    CHECK(is_text("\xEF\xBB\xBFna\xC3\xAFve"));
    CHECK(is_text("\x1b[1mbold\x1b[0m\f"));
}

TEST_CASE("text beginning: other control bytes, other encodings and nothing at all are not", "[media]") {
    CHECK_FALSE(is_text(""));
    CHECK_FALSE(is_text(std::string("a\0b", 3)));
    CHECK_FALSE(
        is_text("\x7F"
                "ELF"));
    CHECK_FALSE(is_text("G@\x01\x10"));
    CHECK_FALSE(is_text("caf\xE9 au lait"));
    CHECK_FALSE(is_text("ends in the middle \xC3"));
}

TEST_CASE("text beginning: a character that the end of what was read cuts in two may stand there", "[media]") {
    const std::string full(media::kBeginningBytes - 1, 'a');
    CHECK(is_text(full + "\xE2"));
    CHECK_FALSE(is_text(full + "\x82"));
    CHECK(is_text(full.substr(2) + "\xF0\x9F\x92"));
}
