// Text between its making and its sending.
#include "http/made_text.h"

#include <array>
#include <string>

#include "support/catch.h"

namespace {

std::string take(http::MadeText& text, std::size_t most) {
    std::array<std::byte, 8> room{};
    const std::size_t count = text.take(std::span(room).first(most));
    return {reinterpret_cast<const char*>(room.data()), count};
}

}  // namespace

TEST_CASE("made text: is taken in order, in blocks of any size", "[http]") {
    http::MadeText text("abcde");
    CHECK(take(text, 2) == "ab");
    CHECK(take(text, 0).empty());
    CHECK(take(text, 1) == "c");
    CHECK_FALSE(text.empty());
    CHECK(take(text, 8) == "de");
    CHECK(text.empty());
    CHECK(take(text, 8).empty());
}

TEST_CASE("made text: once it is empty more is made from its beginning", "[http]") {
    http::MadeText text;
    CHECK(text.empty());
    text.out().append("first");
    CHECK(take(text, 8) == "first");
    text.out().append("second");
    CHECK(text.out().size() == 6);
    CHECK(take(text, 8) == "second");
}
