// What of a real directory is shown.
#include "listings/listing_reader.h"

#include <fcntl.h>

#include <map>
#include <vector>

#include "support/catch.h"
#include "support/served_tree.h"

using listings::ListingReader;

namespace {

/// Names with a slash behind folders', and whether the reader had to look.
std::map<std::string, bool> read_all(ListingReader& reader) {
    std::map<std::string, bool> found;
    for (;;) {
        const auto step = reader.next();
        if (step == ListingReader::Step::end) return found;
        REQUIRE(step != ListingReader::Step::failed);
        if (step == ListingReader::Step::passed) continue;
        const auto& item = reader.item();
        found[item.name + (item.is_directory() ? "/" : "")] = item.looked == listings::ListingItem::Looked::yes;
    }
}

std::map<std::string, bool> read_all(const ServedTree& tree, const storage::FileRoot& root, std::string_view path) {
    static_cast<void>(tree);
    ListingReader reader(root, *media::MediaTypes::built_in(), *root.open_directory(path), std::string(path));
    return read_all(reader);
}

}  // namespace

TEST_CASE("listing reader: files, folders and the links to them that may be followed", "[content][listing]") {
    const auto fill = [](const ServedTree& tree) {
        tree.make_directory("d");
        tree.write("d/f.txt", "x");
        tree.write("f.txt", "hello");
        tree.write(".hidden", "x");
        tree.make_directory(".git");
        tree.make_fifo("fifo");
        tree.link("fifo", "to-fifo");
        tree.link("f.txt", "to-file");
        tree.link("d", "to-folder");
        tree.link("../f.txt", "d/up");
        tree.link("../outside.txt", "out");
        tree.link("none", "dangling");
        tree.link("loop", "loop");
        tree.link("/dev/zero", "device");
    };
    using Found = std::map<std::string, bool>;
    const ServedTree inside;
    fill(inside);
    CHECK(read_all(inside, inside.open(), "/") ==
          Found{{"d/", false}, {"f.txt", false}, {"to-file", true}, {"to-folder/", true}});
    CHECK(read_all(inside, inside.open(), "/d/") == Found{{"f.txt", false}, {"up", true}});
    const ServedTree none(storage::Symlinks::none);
    fill(none);
    CHECK(read_all(none, none.open(), "/") == Found{{"d/", false}, {"f.txt", false}});
    const ServedTree all(storage::Symlinks::all);
    fill(all);
    CHECK(read_all(all, all.open(), "/") ==
          Found{{"d/", false}, {"f.txt", false}, {"out", true}, {"to-file", true}, {"to-folder/", true}});
}

TEST_CASE("listing reader: a look finds what is there now", "[content][listing]") {
    const ServedTree tree;
    const auto root = tree.open();
    tree.write("f.txt", "hello");
    tree.set_mtime("f.txt", 784'111'777, 5);
    ListingReader reader(root, *media::MediaTypes::built_in(), *root.open_directory("/"), "/");
    listings::ListingItem item;
    item.name = "f.txt";
    REQUIRE(reader.look(item));
    CHECK(item.bytes == 5);
    CHECK(item.modified.tv_sec == 784'111'777);
    CHECK(item.modified.tv_nsec == 5);
    tree.remove("f.txt");
    CHECK_FALSE(reader.look(item));
    tree.make_directory("f.txt");
    REQUIRE(reader.look(item));
    CHECK(item.is_directory());
    CHECK(item.bytes == 0);
}

TEST_CASE("listing reader: rewound, it begins again", "[content][listing]") {
    const ServedTree tree;
    const auto root = tree.open();
    tree.write("a", "");
    ListingReader reader(root, *media::MediaTypes::built_in(), *root.open_directory("/"), "/");
    CHECK(read_all(reader).size() == 1);
    tree.write("b", "");
    reader.rewind();
    CHECK(read_all(reader).size() == 2);
}

TEST_CASE("listing reader: what cannot be read is an error", "[content][listing]") {
    const ServedTree tree;
    tree.write("f", "x");
    const auto root = tree.open();
    ListingReader reader(root, *media::MediaTypes::built_in(), *root.open_for_reading("/f"), "/f/");
    CHECK(reader.next() == ListingReader::Step::failed);
    CHECK(reader.error() == ENOTDIR);
}

TEST_CASE("listing reader: an entry that cannot be looked at is shown as unknown, and the log hears why",
          "[content][listing]") {
    const ServedTree tree;
    tree.write("f.txt", "hello");
    tree.link("f.txt", "link");
    const auto root = tree.open();
    ListingReader reader(root, *media::MediaTypes::built_in(), *root.open_directory("/"), "/");
    std::vector<base::Fd> taken;
    do taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    while (taken.back());
    bool is_unknown = false;
    for (auto step = reader.next(); step != ListingReader::Step::end; step = reader.next()) {
        if (step != ListingReader::Step::item || reader.item().name != "link") continue;
        is_unknown = reader.item().access == listings::ListingEntry::Access::unknown;
    }
    taken.clear();
    CHECK(is_unknown);
    CHECK(reader.lack() ==
          "entries of a directory could not be looked at (Too many open files); its listing shows them as unknown");
}
