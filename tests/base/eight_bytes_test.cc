// Eight bytes at once give what a loop over them gives.
#include "base/eight_bytes.h"

#include <bit>
#include <string>

#include "support/catch.h"

namespace {

/// The number of the first marked byte; 8: none.
int first_of(base::EightBytes::Marks marks) { return std::countr_zero(marks) / 8; }

}  // namespace

TEST_CASE("eight bytes: the first byte that is asked for is found, whatever the others are", "[base]") {
    for (int value = 0; value < 256; ++value) {
        for (std::size_t place = 0; place < 8; ++place) {
            std::string text(8, 'z');
            text[place] = static_cast<char>(value);
            const base::EightBytes eight(text.data());
            CHECK(first_of(eight.equal_to('/')) == (value == '/' ? static_cast<int>(place) : 8));
            CHECK(first_of(eight.below(0x20)) == (value < 0x20 ? static_cast<int>(place) : 8));
        }
    }
    CHECK(first_of(base::EightBytes("\xFF\x80//....").equal_to('/')) == 2);
}

TEST_CASE("eight bytes: a pair is never overlooked, at whatever place and in whatever length", "[base]") {
    for (std::size_t length = 2; length < 40; ++length) {
        for (std::size_t place = 0; place + 1 < length; ++place) {
            std::string text(length, 'a');
            text[place] = '/';
            text[place + 1] = '.';
            CHECK(base::may_have_pair(text, '/', '.'));
            text[place + 1] = 'b';
            CHECK_FALSE(base::may_have_pair(text, '/', '.'));
        }
    }
    CHECK_FALSE(base::may_have_pair("/name.of.a.file/x./y.txt", '/', '.'));
    CHECK_FALSE(base::may_have_pair("", '/', '.'));
}
