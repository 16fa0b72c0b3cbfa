// What a path names.
#include "dav/found_path.h"

#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/served_tree.h"

TEST_CASE("found path: a folder is found with a slash and without, a file without alone", "[dav]") {
    const ServedTree tree;
    tree.make_directory("d");
    tree.write("d/f", "x");
    tree.link("d", "l");
    tree.make_fifo("p");
    const auto root = tree.open();
    CHECK(dav::find_path(root, "/d")->path == "/d/");
    CHECK(dav::find_path(root, "/d/")->path == "/d/");
    CHECK(dav::find_path(root, "/")->is_directory());
    CHECK_FALSE(dav::find_path(root, "/d/f")->is_directory());
    CHECK_FALSE(dav::find_path(root, "/d/f")->passes_link);
    CHECK(dav::find_path(root, "/l/f")->passes_link);
    for (const char* path : {"/d/f/", "/none", "/p", "/d/f/x"}) {
        CAPTURE(path);
        CHECK(dav::find_path(root, path).error().status == http::Status::not_found);
    }
}

TEST_CASE("found path: the address has the prefix, and a folder's ends in a slash", "[dav]") {
    const auto href_of = [](const char* target, bool is_directory) {
        return dav::href_of(ParsedRequest("PROPFIND", target).get(), is_directory);
    };
    CHECK(href_of("/d", true) == "/d/");
    CHECK(href_of("/", true) == "/");
    const ParsedRequest parsed("PROPFIND", "/f%25");
    http::Request below = parsed.get();
    below.path_prefix = std::make_shared<const std::string>("/a b");
    CHECK(dav::href_of(below, false) == "/a%20b/f%25");
}
