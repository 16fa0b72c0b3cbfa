// The names that clients may give.
#include "uploads/upload_name.h"

#include <string>

#include "support/catch.h"

namespace {

int fault(std::string_view name) {
    const auto refusal = uploads::find_name_fault(name);
    return refusal ? http::code(refusal->status) : 0;
}

/// The name, or the status of the refusal.
std::string chosen(std::string_view filename) {
    const auto name = uploads::choose_file_name(filename);
    return name ? *name : std::to_string(http::code(name.error().status));
}

}  // namespace

TEST_CASE("upload name: is one segment of a path that everybody can see", "[uploads]") {
    for (const std::string& name :
         {std::string("a"), std::string("a b.txt"), std::string("\xc3\xa9"), std::string("\u3000a"),
          std::string("a..b"), std::string("a\\b"), std::string(255, 'x')}) {
        INFO(name);
        CHECK(fault(name) == 0);
    }
    for (const std::string& name :
         {std::string(), std::string(" \t"), std::string("\u00A0"), std::string(" \u3000\u200B"), std::string("a/b"),
          std::string("/"), std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f"), std::string(256, 'x')}) {
        INFO(name);
        CHECK(fault(name) == 422);
    }
    for (const std::string_view name : {".", "..", ".htaccess", "..."}) {
        INFO(name);
        CHECK(fault(name) == 403);
    }
}

TEST_CASE("upload name: with a dot in front where that is allowed, but none of the server's own", "[uploads]") {
    using storage::DotFiles;
    for (const auto which : {DotFiles::write, DotFiles::serve}) {
        CHECK_FALSE(uploads::find_name_fault(".DS_Store", which).has_value());
        CHECK(uploads::choose_file_name("me/._a", which) == "._a");
        for (const std::string_view name : {".", "..", ".godwit", ".godwit-0000000000000001.part"}) {
            INFO(name);
            CHECK(uploads::find_name_fault(name, which)->status == http::Status::forbidden);
        }
    }
}

TEST_CASE("upload name: the path that some clients send is left out", "[uploads]") {
    CHECK(chosen("a.txt") == "a.txt");
    CHECK(chosen("/home/me/a.txt") == "a.txt");
    CHECK(chosen("C:\\me\\a.txt") == "a.txt");
    CHECK(chosen("../../etc/passwd") == "passwd");
    CHECK(chosen("me/.profile") == "403");
    CHECK(chosen("me/..") == "403");
    CHECK(chosen("me/") == "422");
    CHECK(chosen("") == "422");
}
