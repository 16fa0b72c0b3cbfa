// Names in order, whatever the room; a call does a slice of the work.
#include "trees/ordered_names.h"

#include <fcntl.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/served_tree.h"

using trees::OrderedNames;
using trees::WalkSlice;
using Step = OrderedNames::Step;

namespace {

base::Fd open_directory(const ServedTree& tree) {
    return base::Fd(::open(tree.at("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

struct Read {
    std::vector<std::string> names;
    std::size_t most_held = 0;
    int slices = 0;
};

Read read_all(OrderedNames& names, std::size_t room_bytes) {
    Read read;
    for (;;) {
        WalkSlice slice;
        const auto step = names.next(slice, room_bytes);
        REQUIRE(step != Step::failed);
        read.most_held = std::max(read.most_held, names.held_bytes());
        if (step == Step::end) return read;
        if (step == Step::name) read.names.push_back(names.name());
        if (step == Step::more) ++read.slices;
    }
}

}  // namespace

TEST_CASE("ordered names: in the order of their bytes, however little room there is", "[trees]") {
    const ServedTree tree;
    std::vector<std::string> wanted;
    // A short name fits where a long one before it did not; it has to wait all the same.
    for (int i = 100; i < 400; ++i) wanted.push_back("f" + std::to_string(i) + std::string(i % 2 == 0 ? 200 : 0, 'x'));
    for (const std::string& name : wanted) tree.write(name, "");
    tree.write(".hidden", "");
    for (const std::size_t room : {std::size_t{1}, std::size_t{1000}, std::size_t{1'000'000}}) {
        CAPTURE(room);
        OrderedNames names(open_directory(tree));
        const Read read = read_all(names, room);
        CHECK((read.names == wanted));
        CHECK(read.most_held <= std::max(room, std::size_t{400}));
        CHECK(read.slices > 0);
    }
}

TEST_CASE("ordered names: each comes once, also when others come meanwhile", "[trees]") {
    const ServedTree tree;
    for (const auto* name : {"b", "d", "f"}) tree.write(name, "");
    OrderedNames names(open_directory(tree));
    WalkSlice slice;
    REQUIRE(names.next(slice, 1) == Step::name);
    CHECK(names.name() == "b");
    tree.write("a", "");
    tree.write("e", "");
    tree.remove("d");
    CHECK((read_all(names, 1).names == std::vector<std::string>{"e", "f"}));
}

TEST_CASE("ordered names: what is no directory fails", "[trees]") {
    const ServedTree tree;
    tree.write("file", "x");
    OrderedNames names(base::Fd(::open(tree.at("file").c_str(), O_RDONLY | O_CLOEXEC)));
    WalkSlice slice;
    CHECK(names.next(slice, 1000) == Step::failed);
    CHECK(names.error() == ENOTDIR);
}

TEST_CASE("ordered names: a filter leaves out files, and never folders or links", "[trees]") {
    struct OnlyLong : trees::FileFilter {
        [[nodiscard]] bool wants(std::string_view name, WalkSlice& slice) const override {
            slice.add(1);
            return name.size() > 3;
        }
    };
    const ServedTree tree;
    for (const auto* name : {"long", "abc", "longer"}) tree.write(name, "");
    tree.make_directory("dir");
    tree.link("abc", "lnk");
    const OnlyLong filter;
    OrderedNames names(open_directory(tree), &filter);
    CHECK((read_all(names, 1000).names == std::vector<std::string>{"dir", "lnk", "long", "longer"}));
}
