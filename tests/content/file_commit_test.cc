// The path from bytes to a durable file: order, failures, races.
#include "content/file_commit.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include "content/file_removal.h"
#include "content/validators.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using How = content::FileCommit::Stored::How;
using http::Status;
using support::bytes;
using support::WriteSite;
using Kind = support::StubbornDiskQueue::Kind;

mode_t mode_of(const std::string& name) {
    struct stat status{};
    REQUIRE(::lstat(name.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

std::string tag_of(const std::string& name) {
    struct stat status{};
    REQUIRE(::stat(name.c_str(), &status) == 0);
    return content::make_entity_tag(status, false);
}

content::FileRemoval::Result remove(WriteSite& site, std::string_view path, std::string_view fields = {}) {
    const support::ParsedRequest request(support::head("DELETE", "/", fields));
    auto removal = content::FileRemoval::open(*site.parts, path, content::WriteConditions(*request));
    if (!removal) return std::unexpected(removal.error());
    return support::run(*removal, site.disk);
}

/// A small tmpfs, where this process may mount one.
class SmallDisk {
public:
    SmallDisk(const std::string& at, const char* options) : at_(at) {
        std::filesystem::create_directory(at);
        if (::mount("none", at.c_str(), "tmpfs", 0, options) == 0) return;
        WARN("no right to mount a small file system: skipped");
        at_.clear();
    }
    ~SmallDisk() {
        if (is_mounted()) ::umount2(at_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool is_mounted() const { return !at_.empty(); }

private:
    std::string at_;
};

}  // namespace

TEST_CASE("file commit: a new file is created, an old one replaced", "[content][commit]") {
    for (const auto durability : {content::Durability::full, content::Durability::none}) {
        WriteSite site(durability);
        const auto created = site.put("/a", "one");
        REQUIRE(created.has_value());
        CHECK(created->how == How::created);
        CHECK(site.directory.read("a") == "one");
        CHECK(content::make_entity_tag(created->status, false) == tag_of(site.directory.at("a")));
        const auto replaced = site.put("/a", "two!");
        REQUIRE(replaced.has_value());
        CHECK(replaced->how == How::replaced);
        CHECK(site.directory.read("a") == "two!");
        CHECK(content::make_entity_tag(replaced->status, false) == tag_of(site.directory.at("a")));
        const auto empty = site.put("/a", "");
        REQUIRE(empty.has_value());
        CHECK(site.directory.read("a").empty());
        CHECK(site.directory.list() == std::vector<std::string>{"a"});
    }
}

TEST_CASE("file commit: the blocks of a file that goes are given back aside", "[content][commit]") {
    WriteSite site;
    site.directory.write("replaced", "x");
    site.directory.write("gone", "x");
    site.directory.write("empty", "");
    REQUIRE(remove(site, "/empty").has_value());
    REQUIRE(site.put("/new", "y").has_value());
    CHECK(site.disk.closed_later == 0);
    REQUIRE(site.put("/replaced", "y").has_value());
    CHECK(site.disk.closed_later == 1);
    REQUIRE(remove(site, "/gone").has_value());
    CHECK(site.disk.closed_later == 2);
    {
        auto aborted = content::FileSink::open(*site.parts, "/aborted", std::nullopt, content::WriteConditions());
        REQUIRE(aborted.has_value());
        REQUIRE(aborted->write(bytes("content")).has_value());
        auto moved = std::move(*aborted);
    }
    CHECK(site.disk.closed_later == 3);
    CHECK(site.directory.list() == std::vector<std::string>{"new", "replaced"});
}

TEST_CASE("file commit: data before the name, the name before the directories, all before the answer",
          "[content][commit]") {
    WriteSite site;
    std::vector<bool> visible;
    site.disk.on_operation = [&](Kind) { visible.push_back(site.directory.has("new/deep/a")); };
    const auto commit = site.upload("/new/deep/a", "bytes");
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    CHECK(site.disk.seen == std::vector<Kind>{Kind::data});
    CHECK_FALSE(commit->advance(support::kWake).has_value());  // a wake of something else: the data is not there yet
    CHECK_FALSE(site.directory.has("new/deep/a"));
    site.disk.finish_all();
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    // "deep" for the file, "new" for "deep", the root for "new".
    CHECK(site.disk.seen == std::vector<Kind>{Kind::data, Kind::all, Kind::all, Kind::all});
    CHECK(visible == std::vector<bool>{false, true, true, true});
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    site.disk.finish_all();
    const auto result = commit->advance(support::kWake);
    REQUIRE(result.has_value());
    CHECK((*result)->how == How::created);
}

TEST_CASE("file commit: directories appear with the file and not before", "[content][commit]") {
    WriteSite site;
    const auto commit = site.upload("/new/deep/a", "bytes");
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    CHECK(site.directory.list().empty());
    CHECK(support::run(*commit, site.disk).has_value());
    CHECK(site.directory.list() == std::vector<std::string>{"new", "new/deep", "new/deep/a"});
    CHECK(site.put("/x/" + std::string(256, 'n') + "/a", "x").error().status == Status::uri_too_long);
    CHECK(site.put("/x/" + std::string(256, 'n'), "x").error().status == Status::uri_too_long);
    CHECK_FALSE(site.directory.has("x"));
}

TEST_CASE("file commit: without durability the disk is not asked", "[content][commit]") {
    WriteSite site(content::Durability::none);
    REQUIRE(site.put("/d/a", "x").has_value());
    CHECK(site.disk.seen.empty());
}

TEST_CASE("file commit: the old file is read until the new one is whole", "[content][commit]") {
    WriteSite site;
    site.directory.write("a", "old");
    auto sink = site.open("/a");
    REQUIRE(sink.has_value());
    REQUIRE(sink->write(bytes("new")).has_value());
    CHECK(site.directory.read("a") == "old");
    const auto commit = std::move(*sink).finish();
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    CHECK(site.directory.read("a") == "old");
    site.disk.finish_all();
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    CHECK(site.directory.read("a") == "new");
}

TEST_CASE("file commit: an aborted upload leaves the old file and no litter", "[content][commit]") {
    WriteSite site;
    site.directory.write("a", "old");
    {
        auto over = site.open("/a");
        auto deep = site.open("/x/y/z");
        REQUIRE(over.has_value());
        REQUIRE(deep.has_value());
        REQUIRE(over->write(bytes("new")).has_value());
        REQUIRE(deep->write(bytes("new")).has_value());
    }
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
    CHECK(site.directory.read("a") == "old");
}

TEST_CASE("file commit: an error of the disk leaves the old file and no litter", "[content][commit]") {
    for (const auto& [error, status] :
         {std::pair{EIO, Status::internal_server_error}, std::pair{ENOSPC, Status::insufficient_storage},
          std::pair{EDQUOT, Status::insufficient_storage}}) {
        WriteSite site;
        site.directory.write("a", "old");
        site.disk.data_error = error;
        const auto replaced = site.put("/a", "new");
        REQUIRE_FALSE(replaced.has_value());
        CHECK(replaced.error().status == status);
        CHECK(site.directory.read("a") == "old");
        const auto created = site.put("/d/b", "new");
        REQUIRE_FALSE(created.has_value());
        CHECK(site.directory.list() == std::vector<std::string>{"a"});
    }
}

TEST_CASE("file commit: a directory that cannot be synced is no success", "[content][commit]") {
    WriteSite site;
    site.disk.directory_error = EIO;
    const auto result = site.put("/a", "x");
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().status == Status::internal_server_error);
    site.disk.directory_error = EINVAL;  // a file system without that call
    CHECK(site.put("/a", "x").has_value());
}

TEST_CASE("file commit: new files follow the umask, replaced ones keep their mode", "[content][commit]") {
    WriteSite site;
    const mode_t before = ::umask(027);
    REQUIRE(site.put("/new", "x").has_value());
    ::umask(before);
    CHECK(mode_of(site.directory.at("new")) == 0640);
    site.directory.write("old", "x");
    REQUIRE(::chmod(site.directory.at("old").c_str(), 04751) == 0);
    REQUIRE(site.put("/old", "y").has_value());
    CHECK(mode_of(site.directory.at("old")) == 0751);
}

TEST_CASE("file commit: a link is replaced, not followed", "[content][commit]") {
    WriteSite site;
    const support::TempDir outside;
    outside.write("secret", "untouched");
    REQUIRE(::symlink(outside.at("secret").c_str(), site.directory.at("link").c_str()) == 0);
    const auto result = site.put("/link", "mine");
    REQUIRE(result.has_value());
    CHECK(result->how == How::replaced);
    CHECK(outside.read("secret") == "untouched");
    CHECK_FALSE(std::filesystem::is_symlink(site.directory.at("link")));
    CHECK(site.directory.read("link") == "mine");
}

TEST_CASE("file commit: directories and pipes are not replaced", "[content][commit]") {
    WriteSite site;
    site.directory.make_directory("d");
    REQUIRE(::mkfifo(site.directory.at("p").c_str(), 0600) == 0);
    CHECK(site.put("/d", "x").error().status == Status::conflict);
    CHECK(site.put("/p", "x").error().status == Status::conflict);
    // One that appears while the body arrives.
    const auto commit = site.upload("/late", "x");
    site.directory.make_directory("late");
    const auto result = support::run(*commit, site.disk);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().status == Status::conflict);
    CHECK(std::filesystem::is_directory(site.directory.at("late")));
}

TEST_CASE("file commit: names and parents that cannot be", "[content][commit]") {
    WriteSite site;
    site.directory.write("file", "x");
    CHECK(site.put("/file/below", "x").error().status == Status::conflict);
    CHECK(site.put("/" + std::string(256, 'n'), "x").error().status == Status::uri_too_long);
    CHECK(site.put("/" + std::string(300, 'n') + "/a", "x").error().status == Status::uri_too_long);
    CHECK(site.put("/" + std::string(255, 'n'), "x").has_value());
}

TEST_CASE("file commit: If-Match and If-Unmodified-Since before the body", "[content][commit]") {
    WriteSite site;
    CHECK(site.open("/a", "If-Match: *\r\n").error().status == Status::precondition_failed);
    REQUIRE(site.put("/a", "one").has_value());
    const std::string tag = tag_of(site.directory.at("a"));
    CHECK(site.open("/a", "If-Match: \"other\"\r\n").error().status == Status::precondition_failed);
    CHECK(site.open("/a", "If-Match: W/" + tag + "\r\n").error().status == Status::precondition_failed);
    CHECK(site.open("/a", "If-None-Match: *\r\n").error().status == Status::precondition_failed);
    CHECK(site.open("/a", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n").error().status ==
          Status::precondition_failed);
    CHECK(site.put("/a", "two", "If-Match: " + tag + "\r\n").has_value());
    CHECK(site.put("/a", "three", "If-Match: " + tag + "\r\n").error().status == Status::precondition_failed);
    CHECK(site.directory.read("a") == "two");
    CHECK(site.put("/b", "x", "If-None-Match: *\r\n").has_value());
    CHECK_FALSE(site.open("/new/dir/a", "If-Match: *\r\n").has_value());
    CHECK_FALSE(site.directory.has("new"));
}

TEST_CASE("file commit: of two uploads with the same If-Match exactly one succeeds", "[content][commit]") {
    WriteSite site;
    REQUIRE(site.put("/a", "zero").has_value());
    const std::string field = "If-Match: " + tag_of(site.directory.at("a")) + "\r\n";
    const auto first = site.upload("/a", "first", field);
    const auto second = site.upload("/a", "second", field);
    CHECK_FALSE(first->advance(support::kWake).has_value());
    CHECK_FALSE(second->advance(2).has_value());  // both passed the check before their data sync
    site.disk.finish_all();
    const auto lost = [&] {
        CHECK_FALSE(second->advance(2).has_value());
        return first->advance(support::kWake);
    }();
    REQUIRE(lost.has_value());
    REQUIRE_FALSE(lost->has_value());
    CHECK(lost->error().status == Status::precondition_failed);
    site.disk.finish_all();
    REQUIRE(second->advance(2).has_value());
    CHECK(site.directory.read("a") == "second");
}

TEST_CASE("file commit: of two uploads with If-None-Match: * exactly one creates", "[content][commit]") {
    WriteSite site;
    const auto first = site.upload("/a", "first", "If-None-Match: *\r\n");
    const auto second = site.upload("/a", "second", "If-None-Match: *\r\n");
    CHECK(support::run(*first, site.disk).has_value());
    const auto lost = support::run(*second, site.disk);
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().status == Status::precondition_failed);
    CHECK(site.directory.read("a") == "first");
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}

TEST_CASE("file commit: a file that changes during the data sync is seen", "[content][commit]") {
    WriteSite site;
    REQUIRE(site.put("/a", "zero").has_value());
    const auto commit = site.upload("/a", "mine", "If-Match: " + tag_of(site.directory.at("a")) + "\r\n");
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    site.directory.write("a", "somebody else's");
    const auto result = support::run(*commit, site.disk);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().status == Status::precondition_failed);
    CHECK(site.directory.read("a") == "somebody else's");
}

TEST_CASE("file commit: versions of one size written within a tick have different tags", "[content][commit]") {
    WriteSite site(content::Durability::none);
    std::string last;
    for (int i = 0; i < 50; ++i) {
        const auto stored = site.put("/a", std::to_string(10 + i % 7));
        REQUIRE(stored.has_value());
        const std::string tag = content::make_entity_tag(stored->status, false);
        CHECK(tag != last);
        last = tag;
    }
}

TEST_CASE("file commit: a directory that is removed meanwhile is made again", "[content][commit]") {
    WriteSite site;
    site.directory.make_directory("d/e");
    const auto commit = site.upload("/d/e/a", "kept");
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    std::filesystem::remove_all(site.directory.at("d"));
    const auto result = support::run(*commit, site.disk);
    REQUIRE(result.has_value());
    CHECK(site.directory.read("d/e/a") == "kept");
}

TEST_CASE("file commit: an upload that gives up does not take another one's directory away", "[content][commit]") {
    WriteSite site;
    auto first = site.open("/d/first");
    REQUIRE(first.has_value());
    const auto second = site.upload("/d/second", "kept");
    {
        const auto dropped = std::move(*first).finish();
    }
    REQUIRE(support::run(*second, site.disk).has_value());
    CHECK(site.directory.read("d/second") == "kept");
}

TEST_CASE("file commit: a parent swapped for a link during uploads leads nowhere", "[content][commit]") {
    WriteSite site(content::Durability::none);
    const support::TempDir outside;
    site.directory.make_directory("d");
    const std::string at = site.directory.at("d");
    const std::string aside = site.directory.at("aside");
    std::jthread swapper([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            ::rename(at.c_str(), aside.c_str());
            [[maybe_unused]] const int linked = ::symlink(outside.path().c_str(), at.c_str());
            ::unlink(at.c_str());
            ::rename(aside.c_str(), at.c_str());
        }
    });
    for (int i = 0; i < 1000; ++i) [[maybe_unused]]
        const auto result = site.put("/d/a", "inside");
    swapper.request_stop();
    swapper.join();
    CHECK(outside.list().empty());
}

TEST_CASE("file commit: a full disk is refused before the body, or at the block that does not fit",
          "[content][commit]") {
    WriteSite site;
    site.directory.write("kept", "x");
    const SmallDisk disk(site.directory.at("small"), "size=256k");
    if (!disk.is_mounted()) return;
    site.directory.write("small/a", "old");
    const auto announced = content::FileSink::open(*site.parts, "/small/a", 1024 * 1024, {});
    REQUIRE_FALSE(announced.has_value());
    CHECK(announced.error().status == Status::insufficient_storage);
    const auto streamed = site.put("/small/a", std::string(1024 * 1024, 'x'));
    REQUIRE_FALSE(streamed.has_value());
    CHECK(streamed.error().status == Status::insufficient_storage);
    CHECK(site.directory.read("small/a") == "old");
    CHECK(site.put("/small/a", "fits").has_value());
    CHECK(site.directory.read("small/a") == "fits");

    site.parts->min_free_bytes = 200 * 1024;
    CHECK(content::FileSink::open(*site.parts, "/small/b", 16 * 1024, {}).has_value());
    const auto refused = content::FileSink::open(*site.parts, "/small/b", 100 * 1024, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == Status::insufficient_storage);
    CHECK_FALSE(site.directory.has("small/b"));
}

TEST_CASE("file commit: a read-only file system is refused before the body", "[content][commit]") {
    WriteSite site;
    const SmallDisk disk(site.directory.at("small"), "size=256k");
    if (!disk.is_mounted()) return;
    site.directory.write("small/a", "old");
    REQUIRE(::mount("none", site.directory.at("small").c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=256k") == 0);
    const auto refused = site.open("/small/a");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == Status::forbidden);
    CHECK(remove(site, "/small/a").error().status == Status::forbidden);
    CHECK(site.directory.read("small/a") == "old");
}

TEST_CASE("file commit: an absurd length is refused without a byte", "[content][commit]") {
    WriteSite site;
    for (const std::uint64_t length : {std::uint64_t{99'999'999'999'999}, UINT64_MAX}) {
        const auto refused = content::FileSink::open(*site.parts, "/a", length, {});
        REQUIRE_FALSE(refused.has_value());
        CHECK(http::code(refused.error().status) / 100 != 2);
    }
    CHECK(site.directory.list().empty());
}

TEST_CASE("file commit: reserved space that was not used does not lengthen the file", "[content][commit]") {
    WriteSite site;
    auto sink = content::FileSink::open(*site.parts, "/a", 4 * 1024 * 1024, {});
    REQUIRE(sink.has_value());
    REQUIRE(sink->write(bytes("short")).has_value());
    const auto commit = std::move(*sink).finish();
    REQUIRE(support::run(*commit, site.disk).has_value());
    CHECK(site.directory.read("a") == "short");
}

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
    auto removal = content::FileRemoval::open(*site.parts, "/a", content::WriteConditions(*request));
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
