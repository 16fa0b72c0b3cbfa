// Resolving, making and removing the directories of a write.
#include "storage/write_place.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "support/catch.h"
#include "support/write_site.h"

using storage::WritePlace;
using support::WriteSite;

TEST_CASE("write place: finds the directory and the name", "[content][write]") {
    WriteSite site;
    site.directory.write("a/b/c", "x");
    const auto place = WritePlace::find(*site.root, site.new_directories, "/a/b/c");
    REQUIRE(place.has_value());
    CHECK(place->name() == "c");
    CHECK_FALSE(place->has_missing_parents());
    REQUIRE(place->status().has_value());
    CHECK(place->status()->has_value());
    const auto top = WritePlace::find(*site.root, site.new_directories, "/new");
    REQUIRE(top.has_value());
    CHECK(top->name() == "new");
    CHECK_FALSE(top->status()->has_value());
    const auto directory = WritePlace::find(*site.root, site.new_directories, "/a/b/");
    REQUIRE(directory.has_value());
    CHECK(directory->name() == "b");
    CHECK(S_ISDIR((*directory->status())->st_mode));
}

TEST_CASE("write place: parents that it made go with it, others stay", "[content][write]") {
    WriteSite site;
    site.directory.make_directory("a");
    {
        auto place = WritePlace::find(*site.root, site.new_directories, "/a/b/c/d");
        REQUIRE(place.has_value());
        CHECK(place->has_missing_parents());
        CHECK(site.directory.list() == std::vector<std::string>{"a"});
        REQUIRE(place->make_parents().has_value());
        CHECK(site.directory.has("a/b/c"));
        CHECK(place->changed_directories().size() == 3);
    }
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
    CHECK(site.new_directories.empty());
    {
        auto place = WritePlace::find(*site.root, site.new_directories, "/a/b/c/d");
        REQUIRE(place->make_parents().has_value());
        place->keep();
    }
    CHECK(site.directory.has("a/b/c"));
    CHECK(site.new_directories.empty());
}

TEST_CASE("write place: a directory that was made and cannot be opened goes again", "[content][write]") {
    WriteSite site;
    auto place = WritePlace::find(*site.root, site.new_directories, "/a/b/c");
    REQUIRE(place.has_value());
    // No further descriptor: mkdir succeeds, and opening what it made does not.
    const int next = ::fcntl(site.root->descriptor(), F_DUPFD_CLOEXEC, 0);
    REQUIRE(next >= 0);
    REQUIRE(::close(next) == 0);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto made = place->make_parents();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().number == EMFILE);
    CHECK(site.directory.list().empty());
}

TEST_CASE("write place: an upload into a directory that another one still makes syncs its name too",
          "[content][write]") {
    WriteSite site;
    auto first = WritePlace::find(*site.root, site.new_directories, "/new/one");
    REQUIRE(first->make_parents().has_value());
    const auto second = WritePlace::find(*site.root, site.new_directories, "/new/two");
    REQUIRE(second.has_value());
    CHECK(second->changed_directories().size() == 2);
    const auto third = WritePlace::find(*site.root, site.new_directories, "/three");
    CHECK(third->changed_directories().size() == 1);
}

TEST_CASE("write place: a directory whose name could not be made durable is new until a write into it is",
          "[content][write]") {
    WriteSite site;
    site.disk.directory_error = EIO;
    REQUIRE_FALSE(site.put("/new/deep/one", "x").has_value());
    const auto changed = [&](std::string_view path) {
        return WritePlace::find(*site.root, site.new_directories, path)->changed_directories().size();
    };
    CHECK(changed("/new/deep/two") == 3);
    CHECK(changed("/two") == 1);
    CHECK_FALSE(site.put("/new/deep/two", "x").has_value());
    site.disk.directory_error = 0;
    CHECK_FALSE(site.put("/new/deep/one", "x", "If-Match: \"other\"\r\n").has_value());
    CHECK(changed("/new/deep/two") == 3);
    CHECK(site.put("/new/deep/two", "x").has_value());
    CHECK(changed("/new/deep/two") == 1);
    CHECK(site.new_directories.empty());
}

TEST_CASE("write place: one path cannot hold thousands of new directories open", "[content][write]") {
    WriteSite site;
    std::string path;
    for (int i = 0; i < 64; ++i) path += "/q";
    CHECK(WritePlace::find(*site.root, site.new_directories, path + "/file").has_value());
    CHECK(WritePlace::find(*site.root, site.new_directories, path + "/q/file").error().number == E2BIG);
    // What is there already counts: a chain does not grow from upload to upload.
    site.directory.make_directory("q");
    CHECK(WritePlace::find(*site.root, site.new_directories, path + "/q/file").error().number == E2BIG);
    // Into a deeper directory that somebody else made files go as into any other.
    site.directory.make_directory((path + "/q").substr(1));
    CHECK(WritePlace::find(*site.root, site.new_directories, path + "/q/file").has_value());
    CHECK(WritePlace::find(*site.root, site.new_directories, path + "/q/more/file").error().number == E2BIG);
}

TEST_CASE("write place: a file among the parents and links that lead out are refused", "[content][write]") {
    WriteSite site;
    const support::TempDir outside;
    site.directory.write("file", "x");
    site.directory.make_directory("real");
    REQUIRE(::symlink(outside.path().c_str(), site.directory.at("out").c_str()) == 0);
    REQUIRE(::symlink("real", site.directory.at("in").c_str()) == 0);
    CHECK(WritePlace::find(*site.root, site.new_directories, "/file/a").error().number == ENOTDIR);
    CHECK(WritePlace::find(*site.root, site.new_directories, "/out/a").error().number == EXDEV);
    CHECK(WritePlace::find(*site.root, site.new_directories, "/out/new/a").error().number == EXDEV);
    CHECK(WritePlace::find(*site.root, site.new_directories, "/in/a").has_value());
    CHECK(WritePlace::find(*site.root, site.new_directories, "/" + std::string(300, 'n') + "/a").error().number ==
          ENAMETOOLONG);
}

TEST_CASE("write place: what is served under a link is what it leads to, as far as that is inside",
          "[content][write]") {
    WriteSite site;
    site.directory.write("file", "12345");
    const auto link = [&](const char* to, const char* name) {
        REQUIRE(::symlink(to, site.directory.at(name).c_str()) == 0);
    };
    link("file", "inside");
    link("nowhere", "nowhere-link");
    link("/etc/passwd", "outside");
    link("circle", "circle");
    link("file/below", "below");
    const auto served = [&](const char* path) {
        const auto place = WritePlace::find(*site.root, site.new_directories, path);
        REQUIRE(place.has_value());
        CHECK(S_ISLNK((*place->status())->st_mode));
        const auto status = place->served_status();
        REQUIRE(status.has_value());
        return *status;
    };
    REQUIRE(served("/inside").has_value());
    CHECK(served("/inside")->st_size == 5);
    for (const char* path : {"/nowhere-link", "/outside", "/circle", "/below"}) CHECK_FALSE(served(path).has_value());
}
