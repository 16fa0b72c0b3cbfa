// What a name is.
#include "trees/entry_status.h"

#include <unistd.h>

#include "support/catch.h"
#include "support/served_tree.h"

using Kind = trees::EntryStatus::Kind;

TEST_CASE("entry status: a link is what it leads to inside, and nothing when it leads nowhere or outside", "[trees]") {
    const ServedTree tree;
    tree.make_directory("d");
    tree.write("d/f", "four");
    tree.link("f", "d/to-file");
    tree.link(".", "d/to-folder");
    tree.link("none", "d/dangling");
    tree.link("../../outside.txt", "d/out");
    tree.make_fifo("d/fifo");
    const auto root = tree.open();
    const auto directory = *root.open_directory("/d/");
    const auto look = [&](const char* name) {
        const std::string path = "/d/" + std::string(name);
        return trees::look_at_entry(root, {.directory = directory.get(), .name = name, .path = path});
    };
    CHECK(look("f").kind == Kind::file);
    CHECK(look("f").status.st_size == 4);
    CHECK_FALSE(look("f").is_link);
    CHECK(look("to-file").kind == Kind::file);
    CHECK(look("to-file").is_link);
    CHECK(look("to-folder").kind == Kind::directory);
    for (const char* name : {"dangling", "out", "fifo", "gone"}) {
        CAPTURE(name);
        CHECK(look(name).kind == Kind::nothing);
    }
}

TEST_CASE("entry status: what the server may not read is there all the same", "[trees]") {
    if (::geteuid() == 0) return;  // root may read everything
    const ServedTree tree;
    tree.write("f", "four");
    tree.set_mode("f", 0);
    const auto root = tree.open();
    const std::string path = "/f";
    const auto found = trees::look_at_entry(root, {.directory = root.descriptor(), .name = "f", .path = path});
    CHECK(found.kind == Kind::file);
    CHECK_FALSE(found.is_readable);
}
