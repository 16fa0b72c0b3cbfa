// What a token looks like, and what is kept of it.
#include "access_control/tokens.h"

#include <string>

#include "support/catch.h"

using namespace access_control;

TEST_CASE("tokens: are random, and known by their SHA-256", "[access_control]") {
    if (!has_tokens()) return;
    const std::string token = make_token();
    CHECK(token.starts_with("godwit_"));
    CHECK(token.size() == 7 + 43);
    CHECK(token != make_token());
    CHECK(token_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
