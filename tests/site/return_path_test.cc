// Where a browser goes after signing in: nowhere but on this server.
#include "site/return_path.h"

#include <string>

#include "support/catch.h"
#include "support/parsed_request.h"

using site::return_path;

TEST_CASE("return path: a path of this server, with its query", "[site][badge]") {
    CHECK(return_path("/") == "/");
    CHECK(return_path("/a/b.txt") == "/a/b.txt");
    CHECK(return_path("/a/?sort=size&order=asc") == "/a/?sort=size&order=asc");
    CHECK(return_path("/a%20b/%C3%A4") == "/a%20b/%C3%A4");
    CHECK(return_path("/a/./b/../c") == "/a/c");
}

TEST_CASE("return path: whatever a browser could take for another host is /", "[site][badge]") {
    for (const std::string& wanted : {std::string("//evil"),
                                      std::string("///evil"),
                                      std::string("/\\evil"),
                                      std::string("\\\\evil"),
                                      std::string("\\/evil"),
                                      std::string("/a\\..\\\\evil"),
                                      std::string("http://evil/"),
                                      std::string("https:/evil"),
                                      std::string("https:evil"),
                                      std::string("javascript:alert(1)"),
                                      std::string("evil"),
                                      std::string(),
                                      std::string(" //evil"),
                                      std::string("*"),
                                      std::string("?x"),
                                      std::string("@evil"),
                                      std::string("/../..//evil"),
                                      std::string("/a\0b", 4),
                                      std::string("/a\r\nSet-Cookie: x=y"),
                                      std::string("/\t/evil"),
                                      std::string("/\n/evil"),
                                      std::string("/a b"),
                                      std::string("/a?b\r\nX: y"),
                                      std::string("/?\x7f"),
                                      std::string("/%00"),
                                      std::string("/%zz"),
                                      std::string("/#a"),
                                      std::string("/%2F/evil"),
                                      std::string("/") + std::string(5'000, 'a')}) {
        INFO(wanted);
        CHECK(return_path(wanted) == "/");
    }
}

TEST_CASE("return path: encoded forms stay encoded, and slashes are folded", "[site][badge]") {
    for (const std::string& wanted :
         {std::string("/%5Cevil"), std::string("/%0d%0aSet-Cookie:x"), std::string("/./%09/evil"),
          std::string("/.//evil"), std::string("/a/..//evil"), std::string("/%2e//evil")}) {
        INFO(wanted);
        const std::string path = return_path(wanted);
        CHECK(path.starts_with('/'));
        CHECK_FALSE(path.starts_with("//"));
        for (const char c : path) CHECK((c > ' ' && c < 0x7f && c != '\\'));
    }
    CHECK(return_path("/.//evil") == "/evil");
    CHECK(return_path("/%5Cevil") == "/%5Cevil");
}

TEST_CASE("return path: the pages of signing in lead nowhere themselves", "[site][badge]") {
    CHECK(return_path("/.godwit/sign-out") == "/");
    CHECK(return_path("/.godwit/./sign-in?to=/x") == "/");
}

TEST_CASE("return path: of a request, without the query where a form was sent", "[site][badge]") {
    CHECK(site::return_path_of(ParsedRequest("GET", "/a%20b/?sort=size").get()) == "/a%20b/?sort=size");
    CHECK(site::return_path_of(ParsedRequest("POST", "/a/?delete").get()) == "/a/");
    CHECK(site::return_path_of(ParsedRequest("GET", "/a%2Fb").get()) == "/");
    CHECK(site::return_path_of(ParsedRequest("GET", "http://other/a").get()) == "/a");
    CHECK(site::return_path_of(ParsedRequest("OPTIONS", "*").get()) == "/");
    // The form would be refused for a longer one.
    CHECK(site::return_path_of(ParsedRequest("GET", "/?" + std::string(4'094, 'q')).get()).size() == 4'096);
    CHECK(site::return_path_of(ParsedRequest("GET", "/?" + std::string(4'095, 'q')).get()) == "/");
}
