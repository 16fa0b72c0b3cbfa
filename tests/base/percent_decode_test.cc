// Lenient percent-decoding.
#include "base/percent_decode.h"

#include "support/catch.h"

TEST_CASE("percent decode: escapes become bytes, whatever the case of their digits", "[base]") {
    CHECK(base::percent_decoded("a%20b%2fc%2F%0a") == "a b/c/\n");
    CHECK(base::percent_decoded("%00") == std::string(1, '\0'));
    CHECK(base::percent_decoded("").empty());
}

TEST_CASE("percent decode: what is no escape stays", "[base]") {
    CHECK(base::percent_decoded("100%") == "100%");
    CHECK(base::percent_decoded("%4") == "%4");
    CHECK(base::percent_decoded("%zz%4z%%41") == "%zz%4z%A");
}
