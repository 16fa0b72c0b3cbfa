// A DELETE: what goes, what stays, and its conditions.
#include "storage/file_removal.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

using http::Status;
using support::remove;
using support::tag_of;
using support::WriteSite;
using Kind = support::StubbornDiskQueue::Kind;

}  // namespace

TEST_CASE("file removal: files, empty directories, and what stays", "[content][removal]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.write("full/b", "x");
    site.directory.make_directory("empty");
    CHECK(remove(site, "/a").has_value());
    CHECK(site.disk.seen == std::vector<Kind>{Kind::all});
    CHECK(remove(site, "/a").error().status == Status::not_found);
    CHECK(remove(site, "/no/such").error().status == Status::not_found);
    CHECK(remove(site, "/full/b/c").error().status == Status::not_found);
    CHECK(remove(site, "/full").error().status == Status::conflict);
    CHECK(remove(site, "/full/").error().status == Status::conflict);
    CHECK(remove(site, "/full/b/").error().status == Status::not_found);
    CHECK(remove(site, "/empty/").has_value());
    CHECK(site.directory.list() == std::vector<std::string>{"full", "full/b"});
}

TEST_CASE("file removal: a link goes, what it names stays", "[content][removal]") {
    WriteSite site;
    site.directory.write("a", "x");
    REQUIRE(::symlink("a", site.directory.at("link").c_str()) == 0);
    CHECK(remove(site, "/link").has_value());
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}

TEST_CASE("file removal: conditions hold before and at the removal", "[content][removal]") {
    WriteSite site;
    site.directory.write("a", "x");
    CHECK(remove(site, "/a", "If-Match: \"other\"\r\n").error().status == Status::precondition_failed);
    const std::string field = "If-Match: " + tag_of(site.directory.at("a")) + "\r\n";
    const support::ParsedRequest request(support::head("DELETE", "/a", field));
    auto removal = storage::FileRemoval::open(*site.parts, "/a", storage::WriteConditions(*request));
    REQUIRE(removal.has_value());
    site.directory.write("a", "changed since");
    const auto result = support::run(*removal, site.disk);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().status == Status::precondition_failed);
    CHECK(site.directory.has("a"));
    CHECK(remove(site, "/a", "If-Match: " + tag_of(site.directory.at("a")) + "\r\n").has_value());
}

TEST_CASE("file removal: a directory that cannot be synced is no success", "[content][removal]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.disk.directory_error = EIO;
    CHECK(remove(site, "/a").error().status == Status::internal_server_error);
}

TEST_CASE("file removal: a name that is gone is a change, also where the disk failed afterwards",
          "[content][removal]") {
    WriteSite site;
    site.directory.write("a", "x");
    const std::string tag = tag_of(site.directory.at("a"));
    site.disk.directory_error = EIO;
    auto removal = storage::FileRemoval::open(*site.parts, "/a", {});
    REQUIRE(removal.has_value());
    REQUIRE_FALSE(support::run(*removal, site.disk).has_value());
    const auto change = removal->take_change();
    REQUIRE(change.has_value());
    CHECK(change->action == http::Change::Action::remove);
    CHECK(change->old_tag == tag);
}
