// The vectors of RFC 4231 whose keys fit.
#include "access_control/keyed_digest.h"

#include <algorithm>
#include <cstring>

#include "access_control/tokens.h"
#include "support/catch.h"

using access_control::DigestKey;
using access_control::keyed_digest;

TEST_CASE("keyed digest: the first two vectors of RFC 4231", "[access_control]") {
    if (!access_control::has_tokens()) return;
    DigestKey first{};
    std::fill_n(first.begin(), 20, std::byte{0x0b});
    CHECK(keyed_digest(first, "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    DigestKey second{};
    std::memcpy(second.data(), "Jefe", 4);
    CHECK(keyed_digest(second, "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("keyed digest: each key has digests of its own", "[access_control]") {
    if (!access_control::has_tokens()) return;
    CHECK(keyed_digest(access_control::make_digest_key(), "x") != keyed_digest(access_control::make_digest_key(), "x"));
}

TEST_CASE("keyed digest: only equal texts are the same", "[access_control]") {
    CHECK(access_control::is_same_digest("abc", "abc"));
    for (const char* other : {"", "ab", "abcd", "xbc", "abx"})
        CHECK_FALSE(access_control::is_same_digest("abc", other));
}
