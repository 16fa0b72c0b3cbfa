// The text of a badge: what was written is read, and nothing else is.
#include "access_control/badge.h"

#include <string>

#include "access_control/tokens.h"
#include "access_control/users_file.h"
#include "support/catch.h"

using access_control::Badge;
using access_control::DigestKey;
using access_control::print_badge;
using access_control::read_badge;

namespace {

constexpr DigestKey kKey{std::byte{1}, std::byte{2}};

Badge badge_of(std::string name) {
    return {.name = std::move(name),
            .stamp = "00112233445566778899aabbccddeeff",
            .ends_s = 784'111'777,
            .number = access_control::make_badge_number()};
}

}  // namespace

TEST_CASE("badge: is read as it was written, whatever the name", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    const std::string longest(access_control::kMaxNameBytes, 'x');
    for (const std::string& name :
         {std::string("alice"), std::string("a.b_c-d@e"), std::string("\xc3\xa4rzte"), longest}) {
        const Badge badge = badge_of(name);
        const std::string text = print_badge(badge, kKey);
        CHECK(text.size() <= access_control::kMostBadgeBytes);
        CHECK(text.find_first_not_of("0123456789abcdef.") == std::string::npos);
        CHECK(read_badge(text, kKey) == badge);
    }
}

TEST_CASE("badge: no other byte, no less and no more is the same badge", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    const std::string text = print_badge(badge_of("alice"), kKey);
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string forged = text;
        forged[at] = forged[at] == '0' ? '1' : '0';
        CHECK_FALSE(read_badge(forged, kKey).has_value());
        CHECK_FALSE(read_badge(text.substr(0, at), kKey).has_value());
        CHECK_FALSE(read_badge(text.substr(at + 1), kKey).has_value());
    }
    for (const std::string& extended : {text + "0", text + ".", "1" + text, text + "." + text, text + " "}) {
        CHECK_FALSE(read_badge(extended, kKey).has_value());
    }
    CHECK_FALSE(read_badge(std::string(100'000, '.'), kKey).has_value());
}

TEST_CASE("badge: upper case digits of a seal are another text", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    std::string text = print_badge(badge_of("alice"), kKey);
    const std::size_t letter = text.find_first_of("abcdef", text.rfind('.'));
    if (letter == std::string::npos) return;
    text[letter] = static_cast<char>(text[letter] - 'a' + 'A');
    CHECK_FALSE(read_badge(text, kKey).has_value());
}

TEST_CASE("badge: another key's seal and another user's seal are none", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    const std::string alice = print_badge(badge_of("alice"), kKey);
    const std::string bob = print_badge(badge_of("bob"), kKey);
    CHECK_FALSE(read_badge(alice, DigestKey{}).has_value());
    CHECK_FALSE(read_badge(bob.substr(0, bob.rfind('.')) + alice.substr(alice.rfind('.')), kKey).has_value());
}

TEST_CASE("badge: each has a number of its own", "[access_control][badge]") {
    CHECK(access_control::make_badge_number().size() == 32);
    CHECK(access_control::make_badge_number() != access_control::make_badge_number());
}
