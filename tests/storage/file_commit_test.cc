// The path from bytes to a durable file: order, failures, races.
#include "storage/file_commit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include "base/fd.h"
#include "storage/property_text.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using How = storage::FileCommit::Stored::How;
using http::Status;
using support::bytes;
using support::remove;
using support::tag_of;
using support::WriteSite;
using Kind = support::StubbornDiskQueue::Kind;

mode_t mode_of(const std::string& name) {
    struct stat status{};
    REQUIRE(::lstat(name.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("file commit: a new file is created, an old one replaced", "[content][commit]") {
    for (const auto durability : {storage::Durability::full, storage::Durability::none}) {
        WriteSite site(durability);
        const auto created = site.put("/a", "one");
        REQUIRE(created.has_value());
        CHECK(created->how == How::created);
        CHECK(site.directory.read("a") == "one");
        CHECK(created->entity_tag == tag_of(site.directory.at("a")));
        const auto replaced = site.put("/a", "two!");
        REQUIRE(replaced.has_value());
        CHECK(replaced->how == How::replaced);
        CHECK(site.directory.read("a") == "two!");
        CHECK(replaced->entity_tag == tag_of(site.directory.at("a")));
        const auto empty = site.put("/a", "");
        REQUIRE(empty.has_value());
        CHECK(site.directory.read("a").empty());
        CHECK(site.directory.list() == std::vector<std::string>{"a"});
    }
}

TEST_CASE("file commit: the blocks of a file that goes are given back in the background", "[content][commit]") {
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
        auto aborted = storage::FileSink::open(*site.parts, "/aborted", std::nullopt, storage::WriteConditions());
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

TEST_CASE("file commit: the properties of the file that goes are synced before the name", "[content][commit]") {
    WriteSite site;
    site.directory.write("a", "old");
    const base::Fd old(::open(site.directory.at("a").c_str(), O_RDONLY | O_CLOEXEC));
    if (storage::write_property_text(old.get(), "first") == ENOTSUP) return;
    const auto commit = site.upload("/a", "new");
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    // A PROPPATCH while the data is synced.
    REQUIRE(storage::write_property_text(old.get(), "second") == 0);
    site.disk.finish_all();
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    CHECK(site.disk.seen == std::vector<Kind>{Kind::data, Kind::all});
    CHECK(site.directory.read("a") == "old");
    site.disk.finish_all();
    CHECK_FALSE(commit->advance(support::kWake).has_value());
    CHECK(site.directory.read("a") == "new");
    site.disk.finish_all();
    CHECK(commit->advance(support::kWake).has_value());
    const base::Fd now(::open(site.directory.at("a").c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(storage::read_property_text(now.get()) == "second");
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
    WriteSite site(storage::Durability::none);
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
    WriteSite site(storage::Durability::none);
    std::string last;
    for (int i = 0; i < 50; ++i) {
        const auto stored = site.put("/a", std::to_string(10 + i % 7));
        REQUIRE(stored.has_value());
        const std::string tag = stored->entity_tag;
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
    WriteSite site(storage::Durability::none);
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

TEST_CASE("file commit: a file that has its name is a change, also where the disk failed afterwards",
          "[content][commit]") {
    WriteSite site;
    site.disk.directory_error = EIO;
    const auto commit = site.upload("/a", "x");
    REQUIRE_FALSE(support::run(*commit, site.disk).has_value());
    const auto change = commit->take_change();
    REQUIRE(change.has_value());
    CHECK(change->path == "/a");
    CHECK_FALSE(commit->take_change().has_value());
    site.disk.data_error = EIO;
    const auto failed = site.upload("/b", "x");
    REQUIRE_FALSE(support::run(*failed, site.disk).has_value());
    CHECK_FALSE(failed->take_change().has_value());
}
