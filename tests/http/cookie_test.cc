// Finding one cookie among those that a browser sends.
#include "http/cookie.h"

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"

using Kind = http::FoundCookie::Kind;

TEST_CASE("cookie: is found by its whole name, with regard to case", "[http][cookie]") {
    CHECK(http::find_cookie("a=1; godwit=x.y; b=2", "godwit").value == "x.y");
    CHECK(http::find_cookie("godwit=x", "godwit").value == "x");
    CHECK(http::find_cookie("godwit = x ;a=1", "godwit").value == "x");
    CHECK(http::find_cookie("godwit=", "godwit").kind == Kind::one);
    for (const char* other : {"", ";", "godwit", "Godwit=x", "godwit-2=x", "xgodwit=x", "a=godwit=x", "=x; ;;"}) {
        CHECK(http::find_cookie(other, "godwit").kind == Kind::none);
    }
}

TEST_CASE("cookie: two of one name are none, wherever they stand", "[http][cookie]") {
    CHECK(http::find_cookie("godwit=x; godwit=y", "godwit").kind == Kind::several);
    CHECK(http::find_cookie("godwit=x; a=1; godwit=x", "godwit").kind == Kind::several);
    CHECK(http::find_cookie("godwit=x; godwit=y", "godwit").value.empty());
}

TEST_CASE("cookie: all of one name are found, up to a bound", "[http][cookie]") {
    using Values = std::vector<std::string_view>;
    CHECK(http::find_cookies("godwit=x; a=1; godwit=y;godwit", "godwit", 8) == Values{"x", "y"});
    CHECK(http::find_cookies("godwit=x; godwit=y; godwit=z", "godwit", 2) == Values{"x", "y"});
    CHECK(http::find_cookies("a=1", "godwit", 8).empty());
}

TEST_CASE("cookie: a field of many pairs is looked through once", "[http][cookie]") {
    std::string field;
    for (int i = 0; i < 2'000; ++i) field += "n=v;";
    CHECK(http::find_cookie(field + "godwit=x", "godwit").value == "x");
}
