// Which names a new file may have, by what is there and what is beside it.
#include "storage/taken_name.h"

#include <unistd.h>

#include "storage/write_place.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using storage::OnConflict;
using support::WriteSite;

storage::WritePlace place_of(WriteSite& site, const std::string& path) {
    auto place = storage::WritePlace::find(*site.root, site.new_directories, path);
    REQUIRE(place.has_value());
    return std::move(*place);
}

/// 0, or the status of the refusal.
int refused(WriteSite& site, const std::string& path, OnConflict on_conflict) {
    const storage::WritePlace place = place_of(site, path);
    const auto found = place.status();
    REQUIRE(found.has_value());
    const auto refusal = storage::find_taken_name(place, *found, on_conflict);
    return refusal ? http::code(refusal->status) : 0;
}

}  // namespace

TEST_CASE("taken name: what has the name decides, each policy in its way", "[storage][conflict]") {
    WriteSite site;
    site.directory.write("full", "content");
    site.directory.write("empty", "");
    site.directory.make_directory("folder");
    REQUIRE(::symlink("nowhere", site.directory.at("link").c_str()) == 0);
    struct Row {
        const char* path;
        int refuse;
        int keep_content;
    };
    for (const Row& row : {Row{"/free", 0, 0}, Row{"/full", 409, 403}, Row{"/empty", 409, 0}, Row{"/link", 409, 403},
                           Row{"/folder", 409, 0}, Row{"/missing/free", 0, 0}}) {
        INFO(row.path);
        CHECK(refused(site, row.path, OnConflict::refuse) == row.refuse);
        CHECK(refused(site, row.path, OnConflict::keep_content) == row.keep_content);
        CHECK(refused(site, row.path, OnConflict::replace) == 0);
        CHECK(refused(site, row.path, OnConflict::rename) == 0);
    }
}

TEST_CASE("taken name: a file must not become the coded form of one that has to stay", "[storage][conflict]") {
    WriteSite site;
    site.directory.write("page.html", "content");
    site.directory.write("empty.html", "");
    for (const std::string suffix : {".gz", ".deflate", ".br", ".zst"}) {
        INFO(suffix);
        CHECK(refused(site, "/page.html" + suffix, OnConflict::refuse) == 409);
        CHECK(refused(site, "/page.html" + suffix, OnConflict::keep_content) == 403);
        CHECK(refused(site, "/empty.html" + suffix, OnConflict::refuse) == 409);
        CHECK(refused(site, "/empty.html" + suffix, OnConflict::keep_content) == 0);
        CHECK(refused(site, "/page.html" + suffix, OnConflict::replace) == 0);
        CHECK(refused(site, "/none.html" + suffix, OnConflict::refuse) == 0);
    }
    CHECK(refused(site, "/page.html.xz", OnConflict::refuse) == 0);
}

TEST_CASE("taken name: beside a name is the file without the suffix, never a directory", "[storage][conflict]") {
    WriteSite site;
    site.directory.write("a", "12345");
    site.directory.make_directory("d");
    REQUIRE(::symlink("nowhere", site.directory.at("l").c_str()) == 0);
    const auto beside = storage::find_file_beside(place_of(site, "/a.gz"));
    REQUIRE(beside.has_value());
    CHECK(beside->st_size == 5);
    CHECK_FALSE(storage::find_file_beside(place_of(site, "/a")));
    CHECK_FALSE(storage::find_file_beside(place_of(site, "/d.gz")));
    CHECK_FALSE(storage::find_file_beside(place_of(site, "/.gz")));
    CHECK_FALSE(storage::find_file_beside(place_of(site, "/new/a.gz")));
    const auto link = storage::find_file_beside(place_of(site, "/l.gz"));
    REQUIRE(link.has_value());
    CHECK(S_ISLNK(link->st_mode));
}
