// Method names.
#include "http/method.h"

#include <string>

#include "support/catch.h"

using http::Method;

TEST_CASE("method: every name is found again", "[http][method]") {
    for (int i = 0; i < static_cast<int>(Method::unknown); ++i) {
        const auto method = static_cast<Method>(i);
        CHECK(http::parse_method(http::method_name(method)) == method);
    }
    CHECK(http::method_name(Method::del) == "DELETE");
    CHECK(http::method_name(Method::unknown) == "?");
}

TEST_CASE("method: names are case-sensitive and whole", "[http][method]") {
    for (const char* name : {"", "get", "Get", "GETS", "GE", "PAST", "PUTT", "XUT", "?", "DELETED", "OPTION", "TRACK",
                             "MOVED", "HOVE", "LOCKS", "XOCK", "UNLOCX"}) {
        CAPTURE(name);
        CHECK(http::parse_method(name) == Method::unknown);
    }
}

TEST_CASE("http: safe methods are those that ask for no change", "[http][method]") {
    for (const Method safe : {Method::get, Method::head, Method::options, Method::trace, Method::propfind})
        CHECK(http::is_safe(safe));
    for (const Method unsafe :
         {Method::post, Method::put, Method::del, Method::patch, Method::mkcol, Method::copy, Method::move,
          Method::proppatch, Method::lock, Method::unlock, Method::connect, Method::unknown}) {
        CAPTURE(http::method_name(unsafe));
        CHECK_FALSE(http::is_safe(unsafe));
    }
}

TEST_CASE("method: a set holds what was put in", "[http][method]") {
    http::MethodSet set(Method::get, Method::head);
    set.add(Method::put);
    CHECK(set.has(Method::get));
    CHECK(set.has(Method::put));
    CHECK_FALSE(set.has(Method::del));
}
