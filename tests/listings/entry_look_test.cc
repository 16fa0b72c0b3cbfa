// What a name is.
#include "listings/entry_look.h"

#include "support/catch.h"
#include "support/served_tree.h"

using listings::EntryLook;
using listings::ListingItem;

TEST_CASE("entry look: a link is what it leads to inside, and nothing when it leads nowhere or outside", "[listing]") {
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
    EntryLook look(root);
    const auto found = [&](const char* name) -> std::optional<ListingItem> {
        ListingItem item;
        const std::string path = "/d/" + std::string(name);
        if (!look.look(item, {.directory = directory.get(), .name = name, .path = path})) return std::nullopt;
        CHECK(item.looked == ListingItem::Looked::yes);
        return item;
    };
    CHECK(found("f")->bytes == 4);
    CHECK(found("to-file")->bytes == 4);
    CHECK_FALSE(found("to-file")->is_directory());
    CHECK(found("to-folder")->is_directory());
    for (const char* name : {"dangling", "out", "fifo", "gone"}) {
        CAPTURE(name);
        CHECK_FALSE(found(name).has_value());
    }
    CHECK(look.lack().empty());
}
