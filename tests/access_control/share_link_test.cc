// The text of a share link, and what its token is worth.
#include "access_control/share_link.h"

#include <string>

#include "access_control/tokens.h"
#include "support/catch.h"

using access_control::DigestKey;
using access_control::parse_share;
using access_control::print_share;
using access_control::share_token;
using access_control::ShareLink;

namespace {

ShareLink some_link() {
    return {.id = "00112233445566ff",
            .maker = "alice",
            .path = "/private/a b\n.txt",
            .made_s = 1'700'000'000,
            .ends_s = 1'700'086'400,
            .limit = 3,
            .stamp = "5747"};
}

}  // namespace

TEST_CASE("share link: its text is read as it was printed, whatever bytes its path has", "[access_control][share]") {
    ShareLink link = some_link();
    CHECK(parse_share(print_share(link)) == link);
    link.path = "/100%25/";
    link.limit = 0;
    link.gives = http::LinkGives::dropping;
    link.stamp = {};
    CHECK(parse_share(print_share(link)) == link);
    link.uses = 1'234'567;
    link.used_s = 1'700'000'500;
    CHECK(parse_share(print_share(link)) == link);
}

TEST_CASE("share link: without a limit one line has the number of uses, in place of the one before",
          "[access_control][share]") {
    ShareLink link = some_link();
    link.limit = 0;
    const std::string text = access_control::print_unused_share(link);
    const std::string line = access_control::total_line(7, 1'700'000'500);
    CHECK(line.size() == access_control::total_line(UINT32_MAX, 1).size());
    CHECK(parse_share(text + line)->uses == 7);
    CHECK(parse_share(text + line)->used_s == 1'700'000'500);
    CHECK(parse_share(text + line.substr(0, 9))->uses == 0);
    CHECK(parse_share(text + "something else, as long as the line of a total is\n")->uses == 0);
}

TEST_CASE("share link: each line behind counts as a use, also one that is cut off", "[access_control][share]") {
    ShareLink link = some_link();
    std::string text = print_share(link);
    text += access_control::use_line(1'700'000'500);
    link.uses = 1;
    link.used_s = 1'700'000'500;
    CHECK(parse_share(text) == link);
    CHECK_FALSE(link.is_used_up());
    text += access_control::use_line(1'700'000'900) + "us";
    const auto read = parse_share(text);
    REQUIRE(read.has_value());
    CHECK(read->uses == 3);
    CHECK(read->used_s == 1'700'000'900);
    CHECK(read->is_used_up());
}

TEST_CASE("share link: a text that is cut off before its uses is none", "[access_control][share]") {
    const std::string text = print_share(some_link());
    for (std::size_t length = 0; length < text.size(); ++length) {
        INFO(length);
        CHECK_FALSE(parse_share(text.substr(0, length)).has_value());
    }
}

TEST_CASE("share link: other texts are none", "[access_control][share]") {
    const std::string text = print_share(some_link());
    const auto with = [&](std::string_view old, std::string_view replacement) {
        std::string changed = text;
        return changed.replace(changed.find(old), old.size(), replacement);
    };
    CHECK(parse_share(with("alice", "bob")).has_value());
    CHECK_FALSE(parse_share(with("share 2", "share 1")).has_value());
    CHECK_FALSE(parse_share(with("alice", "@alice")).has_value());
    CHECK_FALSE(parse_share(with("gives reading", "gives writing")).has_value());
    CHECK_FALSE(parse_share(with("00112233445566ff", "00112233445566FF")).has_value());
    CHECK_FALSE(parse_share(with("limit 3", "limit 1001")).has_value());
    CHECK_FALSE(parse_share(with("ends 1", "ends -1")).has_value());
    CHECK_FALSE(parse_share(with("path /", "path ")).has_value());
}

TEST_CASE("share link: a token is of one key and of everything that the link says", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const DigestKey key = access_control::make_digest_key();
    const ShareLink link = some_link();
    const std::string token = share_token(link, key);
    CHECK(access_control::is_share_token(token));
    CHECK(token.starts_with(link.id));
    CHECK(share_token(link, key) == token);
    CHECK(share_token(link, access_control::make_digest_key()) != token);
    const auto differs = [&](auto change) {
        ShareLink other = some_link();
        change(other);
        return share_token(other, key).substr(link.id.size()) != token.substr(link.id.size());
    };
    CHECK(differs([](ShareLink& other) { other.id = "00112233445566fe"; }));
    CHECK(differs([](ShareLink& other) { other.maker = "bob"; }));
    CHECK(differs([](ShareLink& other) { other.path = "/private/"; }));
    CHECK(differs([](ShareLink& other) { ++other.made_s; }));
    CHECK(differs([](ShareLink& other) { ++other.ends_s; }));
    CHECK(differs([](ShareLink& other) { other.limit = 0; }));
    // Uses change nothing: the link is the same one.
    CHECK_FALSE(differs([](ShareLink& other) { other.uses = 2; }));
}

TEST_CASE("share link: only digits in lower case, and as many as there are, have the form of a token",
          "[access_control][share]") {
    const std::string token(access_control::kShareTokenDigits, 'a');
    CHECK(access_control::is_share_token(token));
    CHECK_FALSE(access_control::is_share_token(token + "a"));
    CHECK_FALSE(access_control::is_share_token(token.substr(1)));
    CHECK_FALSE(access_control::is_share_token(std::string(access_control::kShareTokenDigits, 'A')));
    CHECK_FALSE(access_control::is_share_token(""));
    CHECK(access_control::is_share_id(access_control::make_share_id()));
    CHECK(access_control::make_share_id() != access_control::make_share_id());
}
