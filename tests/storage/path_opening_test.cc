// Both ways of opening a path: what the kernel refuses, the walk refuses with the same error.
#include "storage/path_opening.h"

#include <fcntl.h>

#include <cerrno>
#include <string>

#include "support/catch.h"
#include "support/served_tree.h"

using storage::Resolver;
using storage::Symlinks;

namespace {

int error_of(Resolver resolver, const ServedTree& tree, std::string_view path, int flags) {
    const base::Fd directory(::open(tree.at("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto opened = storage::open_below(resolver, directory.get(), path, flags, Symlinks::none);
    return opened ? 0 : opened.error().number;
}

}  // namespace

TEST_CASE("path opening: by name it opens what the kernel opens, and refuses the rest alike", "[storage]") {
    const ServedTree tree;
    tree.write("a.txt", "a");
    tree.write("d/b.txt", "b");
    tree.write("d/e/c.txt", "c");
    tree.make_fifo("pipe");
    tree.link("a.txt", "link");
    tree.link("d", "linked");
    tree.link("/etc", "outside");
    tree.link("nothing", "dangling");
    tree.link("loop", "loop");
    const std::string deep = "/" + std::string(5000, 'x');
    const std::string long_name = "/" + std::string(300, 'x');
    for (const std::string& path : {std::string("/"),
                                    std::string("/a.txt"),
                                    std::string("/a.txt/"),
                                    std::string("/a.txt/b"),
                                    std::string("/d"),
                                    std::string("/d/"),
                                    std::string("/d/b.txt"),
                                    std::string("/d/e/c.txt"),
                                    std::string("/d/none"),
                                    std::string("/none/b"),
                                    std::string("/pipe"),
                                    std::string("/link"),
                                    std::string("/linked"),
                                    std::string("/linked/"),
                                    std::string("/linked/b.txt"),
                                    std::string("/outside/passwd"),
                                    std::string("/dangling"),
                                    std::string("/loop"),
                                    std::string("/../outside.txt"),
                                    deep,
                                    long_name}) {
        CAPTURE(path);
        for (const int flags : {O_RDONLY, O_PATH, O_RDONLY | O_DIRECTORY, O_PATH | O_DIRECTORY}) {
            CHECK(error_of(Resolver::by_name, tree, path, flags) == error_of(Resolver::kernel, tree, path, flags));
        }
    }
    CHECK(error_of(Resolver::by_name, tree, "/d/e/c.txt", O_RDONLY) == 0);
    CHECK(error_of(Resolver::by_name, tree, "/linked/b.txt", O_RDONLY) == ELOOP);
    CHECK(error_of(Resolver::by_name, tree, "/link", O_PATH) == ELOOP);
    CHECK(error_of(Resolver::by_name, tree, "/../outside.txt", O_RDONLY) == EXDEV);
}

TEST_CASE("path opening: the kernel is asked where it can be", "[storage]") {
    const ServedTree tree;
    const base::Fd directory(::open(tree.at("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    CHECK(storage::find_resolver(directory.get()) == Resolver::kernel);
}

TEST_CASE("path opening: a root without the kernel's way follows no link, whatever the policy", "[storage]") {
    const ServedTree tree(Symlinks::all, Resolver::by_name);
    tree.write("d/a.txt", "a");
    tree.link("d/a.txt", "link");
    tree.link(tree.at("d/a.txt"), "absolute");
    tree.link("d", "linked");
    const auto root = tree.open();
    CHECK(root.resolver() == Resolver::by_name);
    CHECK(root.open_for_reading("/d/a.txt").has_value());
    CHECK(root.find("/d/a.txt").has_value());
    CHECK(root.find_real_path("/d/new.txt") == "/d/new.txt");
    for (const std::string_view path : {"/link", "/absolute", "/linked/a.txt"}) {
        CAPTURE(path);
        CHECK(root.open_for_reading(path).error().number == ELOOP);
        CHECK(root.find(path).error().number == ELOOP);
        CHECK(root.find_real_path(path).error().number == ELOOP);
    }
}

TEST_CASE("path opening: only what leads nowhere proves that nothing is there", "[storage]") {
    for (const int error : {ENOENT, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, EINVAL}) {
        CHECK(storage::FileError{error}.is_absence());
    }
    for (const int error : {0, EACCES, EPERM, EIO, EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN, ESTALE, ENXIO}) {
        CHECK_FALSE(storage::FileError{error}.is_absence());
    }
}
