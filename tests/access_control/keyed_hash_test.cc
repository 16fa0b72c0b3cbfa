// SipHash-2-4 against the vectors of its authors.
#include "access_control/keyed_hash.h"

#include <string>

#include "support/catch.h"

using access_control::HashKey;
using access_control::keyed_hash;

TEST_CASE("keyed hash: is SipHash-2-4", "[access_control]") {
    const HashKey key{0x0706'0504'0302'0100, 0x0f0e'0d0c'0b0a'0908};
    std::string text;
    CHECK(keyed_hash(key, text) == 0x726f'db47'dd0e'0e31);
    for (char c = 0; c < 15; ++c) text += c;
    CHECK(keyed_hash(key, text) == 0xa129'ca61'49be'45e5);
}

TEST_CASE("keyed hash: another key gives another hash", "[access_control]") {
    CHECK(keyed_hash(access_control::make_hash_key(), "alice") != keyed_hash(access_control::make_hash_key(), "alice"));
}
