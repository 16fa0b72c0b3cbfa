// Directories that are made durably, and uploads into those that are not durable yet.
#include "storage/directory_creation.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

using storage::DirectoryCreation;
using support::StubbornDiskQueue;
using support::WriteSite;

int refusal_of(WriteSite& site, std::string_view path) {
    const auto creation = DirectoryCreation::open(*site.parts, path);
    return creation ? 0 : http::code(creation.error().status);
}

}  // namespace

TEST_CASE("directory creation: answers when the name is on disk, not before", "[content][directory_creation]") {
    WriteSite site;
    auto creation = DirectoryCreation::open(*site.parts, "/d/");
    REQUIRE(creation.has_value());
    CHECK(site.directory.list().empty());
    CHECK_FALSE(creation->advance(support::kWake).has_value());
    CHECK(site.disk.seen == std::vector<StubbornDiskQueue::Kind>{StubbornDiskQueue::Kind::all});
    CHECK(site.new_directories.has("/d"));
    site.disk.finish_all();
    const auto result = creation->advance(support::kWake);
    REQUIRE(result.has_value());
    CHECK(result->has_value());
    CHECK(site.new_directories.empty());
    CHECK(site.directory.list() == std::vector<std::string>{"d"});
}

TEST_CASE("directory creation: too little free space is 507, and nothing is made", "[content][directory_creation]") {
    WriteSite site;
    site.parts->min_free_bytes = UINT64_MAX / 2;
    auto creation = DirectoryCreation::open(*site.parts, "/d");
    REQUIRE(creation.has_value());
    const auto result = creation->advance(support::kWake);
    REQUIRE(result.has_value());
    REQUIRE_FALSE(result->has_value());
    CHECK(result->error().status == http::Status::insufficient_storage);
    CHECK(result->error().reason.find("--") == std::string_view::npos);
    CHECK(site.directory.list().empty());
    CHECK(site.names.empty());
}

TEST_CASE("directory creation: an upload into it waits for its name as well", "[content][directory_creation]") {
    WriteSite site;
    auto creation = DirectoryCreation::open(*site.parts, "/d");
    REQUIRE(creation.has_value());
    CHECK_FALSE(creation->advance(support::kWake).has_value());
    site.disk.seen.clear();
    CHECK(site.put("/d/a", "x").has_value());
    // Its content, its own directory, and the one above.
    using Kind = StubbornDiskQueue::Kind;
    CHECK(site.disk.seen == std::vector<Kind>{Kind::data, Kind::all, Kind::all});
    CHECK(creation->advance(support::kWake).has_value());
}

TEST_CASE("directory creation: what stands in its way", "[content][directory_creation]") {
    WriteSite site;
    site.directory.write("file", "x");
    site.directory.make_directory("d");
    REQUIRE(::symlink("d", site.directory.at("link").c_str()) == 0);
    for (const std::string_view path : {"/file", "/d", "/d/", "/link"}) CHECK(refusal_of(site, path) == 405);
    CHECK(refusal_of(site, "/missing/x") == 409);
    CHECK(refusal_of(site, "/file/x") == 409);
    CHECK(refusal_of(site, "/" + std::string(256, 'n')) == 414);
    std::string deep;
    for (int i = 0; i < 70; ++i) deep += "/x";
    CHECK(refusal_of(site, deep) == 409);
    CHECK(refusal_of(site, "/link/x") == 0);
}

TEST_CASE("directory creation: of two at once one makes it", "[content][directory_creation]") {
    WriteSite site;
    auto first = DirectoryCreation::open(*site.parts, "/d");
    auto second = DirectoryCreation::open(*site.parts, "/d");
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    CHECK(support::run(*first, site.disk).has_value());
    const auto late = support::run(*second, site.disk);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().status == http::Status::method_not_allowed);
}

TEST_CASE("directory creation: a disk that fails is told", "[content][directory_creation]") {
    WriteSite site;
    site.disk.directory_error = EIO;
    auto creation = DirectoryCreation::open(*site.parts, "/d");
    REQUIRE(creation.has_value());
    const auto result = support::run(*creation, site.disk);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().status == http::Status::internal_server_error);
    // What is stored in it later promises its name, too.
    CHECK(site.new_directories.has("/d"));
}

TEST_CASE("directory creation: without durability nothing is waited for", "[content][directory_creation]") {
    WriteSite site(storage::Durability::none);
    auto creation = DirectoryCreation::open(*site.parts, "/d");
    REQUIRE(creation.has_value());
    CHECK(creation->advance(support::kWake).has_value());
    CHECK(site.disk.seen.empty());
    CHECK(site.new_directories.empty());
}

TEST_CASE("directory creation: a directory that is there is a change, also where the disk failed afterwards",
          "[content][directory_creation]") {
    WriteSite site;
    site.disk.directory_error = EIO;
    auto creation = DirectoryCreation::open(*site.parts, "/d/");
    REQUIRE(creation.has_value());
    REQUIRE_FALSE(support::run(*creation, site.disk).has_value());
    const auto change = creation->take_change();
    REQUIRE(change.has_value());
    CHECK(change->path == "/d/");
}
