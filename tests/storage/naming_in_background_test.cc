// Files that get their names by the disk queue, while the loop goes on: what others see and do in between.
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "storage/changes.h"
#include "storage/file_commit.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using How = storage::FileCommit::Stored::How;
using http::Status;
using support::kWake;
using support::tag_of;
using Kind = support::StubbornDiskQueue::Kind;

struct Site : support::WriteSite {
    Site() { disk.names_in_background = true; }

    /// An upload whose bytes are durable and whose name is asked for.
    std::unique_ptr<storage::FileCommit> upload_to_naming(std::string_view path, std::string_view content,
                                                          std::string_view fields = {}) {
        auto commit = upload(path, content, fields);
        REQUIRE_FALSE(commit->advance(kWake).has_value());
        disk.finish_syncs();
        REQUIRE_FALSE(commit->advance(kWake).has_value());
        return commit;
    }
};

struct ToldChanges : storage::Changes {
    void path_changed(std::string_view path) override { paths.emplace_back(path); }
    std::vector<std::string> paths;
};

}  // namespace

TEST_CASE("naming in the background: data first, then in one go the name and the directory, then the answer",
          "[content][naming]") {
    Site site;
    const auto created = site.upload_to_naming("/a", "one");
    CHECK(site.disk.seen == std::vector<Kind>{Kind::data, Kind::name});
    CHECK(site.directory.list().empty());
    CHECK_FALSE(created->advance(kWake).has_value());  // a wake of something else
    site.disk.finish_all();
    const auto first = created->advance(kWake);
    REQUIRE(first.has_value());
    CHECK((*first)->how == How::created);
    CHECK((*first)->entity_tag == tag_of(site.directory.at("a")));

    const auto replaced = site.upload_to_naming("/a", "two");
    CHECK(site.directory.read("a") == "one");
    site.disk.finish_all();
    const auto second = replaced->advance(kWake);
    REQUIRE(second.has_value());
    CHECK((*second)->how == How::replaced);
    CHECK(site.directory.read("a") == "two");
    CHECK(site.disk.closed_later == 1);
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}

TEST_CASE("naming in the background: of two uploads with the same If-Match exactly one succeeds", "[content][naming]") {
    Site site;
    site.directory.write("a", "old");
    const std::string field = "If-Match: " + tag_of(site.directory.at("a")) + "\r\n";
    const auto first = site.upload_to_naming("/a", "first", field);
    // The old file still has the name, and the condition would hold: the second one has to wait.
    const auto second = site.upload_to_naming("/a", "second", field);
    CHECK(site.disk.seen == std::vector<Kind>{Kind::data, Kind::name, Kind::data});
    CHECK_FALSE(second->advance(kWake).has_value());  // a wake of something else
    site.disk.finish_all();
    const auto won = first->advance(kWake);
    REQUIRE(won.has_value());
    CHECK(won->has_value());
    const auto lost = support::run(*second, site.disk);
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().status == Status::precondition_failed);
    CHECK(site.directory.read("a") == "first");
}

TEST_CASE("naming in the background: of two uploads with If-None-Match: * exactly one creates", "[content][naming]") {
    Site site;
    const auto first = site.upload_to_naming("/a", "first", "If-None-Match: *\r\n");
    const auto second = site.upload_to_naming("/a", "second", "If-None-Match: *\r\n");
    CHECK(support::run(*first, site.disk).has_value());
    const auto lost = support::run(*second, site.disk);
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().status == Status::precondition_failed);
    CHECK(site.directory.read("a") == "first");
}

TEST_CASE("naming in the background: a DELETE waits for the upload that replaces the file", "[content][naming]") {
    Site site;
    site.directory.write("a", "old");
    const std::string field = "If-Match: " + tag_of(site.directory.at("a")) + "\r\n";
    const auto upload = site.upload_to_naming("/a", "new");
    const support::ParsedRequest request(support::head("DELETE", "/a", field));
    auto removal = storage::FileRemoval::open(*site.parts, "/a", storage::WriteConditions(*request));
    REQUIRE(removal.has_value());
    CHECK_FALSE(removal->advance(kWake).has_value());
    CHECK(site.directory.read("a") == "old");
    CHECK(support::run(*upload, site.disk).has_value());
    const auto removed = support::run(*removal, site.disk);
    REQUIRE_FALSE(removed.has_value());
    CHECK(removed.error().status == Status::precondition_failed);
    CHECK(site.directory.read("a") == "new");
}

TEST_CASE("naming in the background: uploads to one name that come together all succeed, and the last one stays",
          "[content][naming]") {
    Site site;
    site.directory.write("a", "old");
    const auto first = site.upload_to_naming("/a", "first");
    const auto second = site.upload_to_naming("/a", "second");
    const auto third = site.upload_to_naming("/a", "third");
    for (storage::FileCommit* const each : {first.get(), second.get(), third.get()}) {
        CHECK(support::run(*each, site.disk).has_value());
    }
    CHECK(site.directory.read("a") == "third");
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}

TEST_CASE("naming in the background: what cannot be done in the background is done synchronously",
          "[content][naming]") {
    Site site;
    site.directory.write("old", "x");
    for (const std::size_t failing : {0U, 1U}) {
        for (const std::string path : {"/new", "/old"}) {
            site.disk.on_call = [&](std::size_t call) { return call == failing ? EMLINK : 0; };
            site.disk.seen.clear();
            REQUIRE(site.put(path, "content").has_value());
            CHECK(site.directory.read(path.substr(1)) == "content");
            CHECK(site.directory.list() == std::vector<std::string>{"new", "old"});
        }
    }
    site.disk.on_call = nullptr;
    site.disk.seen.clear();
    REQUIRE(site.put("/dir/file", "in a new directory").has_value());
    CHECK(site.disk.seen == std::vector<Kind>{Kind::data, Kind::all, Kind::all});
}

TEST_CASE("naming in the background: a name that another process takes meanwhile is replaced, or refused",
          "[content][naming]") {
    Site site;
    site.disk.on_call = [&](std::size_t) {
        site.directory.write("a", "of another process");
        return 0;
    };
    const auto replaced = site.put("/a", "ours");
    REQUIRE(replaced.has_value());
    CHECK(replaced->how == How::replaced);
    CHECK(site.directory.read("a") == "ours");
    REQUIRE(::unlink(site.directory.at("a").c_str()) == 0);
    const auto refused = site.put("/a", "ours", "If-None-Match: *\r\n");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == Status::precondition_failed);
    CHECK(site.directory.list() == std::vector<std::string>{"a"});
}

TEST_CASE("naming in the background: an upload that is given up leaves its name to others", "[content][naming]") {
    Site site;
    site.directory.write("a", "old");
    site.disk.on_call = [](std::size_t) { return EIO; };
    auto first = site.upload_to_naming("/a", "first");
    const auto second = site.upload_to_naming("/a", "second");
    site.disk.finish_all();
    first.reset();
    site.disk.on_call = nullptr;
    CHECK(support::run(*second, site.disk).has_value());
    CHECK(site.directory.read("a") == "second");
}

TEST_CASE("naming in the background: the name of an upload that goes while the kernel gives it stays held until then",
          "[content][naming]") {
    Site site;
    site.directory.write("a", "old");
    auto first = site.upload_to_naming("/a", "first");
    const std::string field = "If-Match: " + tag_of(site.directory.at("a")) + "\r\n";
    const auto second = site.upload("/a", "second", field);
    REQUIRE_FALSE(second->advance(kWake).has_value());
    site.disk.finish_syncs();
    first.reset();
    // The old file still has the name, and the condition would hold.
    CHECK_FALSE(second->advance(kWake).has_value());
    CHECK_FALSE(site.names.empty());
    site.disk.finish_all();
    CHECK(site.directory.read("a") == "first");
    const auto lost = support::run(*second, site.disk);
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().status == Status::precondition_failed);
    CHECK(site.names.empty());
}

TEST_CASE("naming in the background: what a process had begun when it died is refused, and not done again",
          "[content][naming]") {
    Site site;
    ToldChanges changes;
    site.parts->changes = &changes;
    const auto commit = site.upload_to_naming("/a", "one");
    site.disk.on_call = [](std::size_t) { return storage::kUnknown; };
    site.disk.finish_all();
    const auto refused = commit->advance(kWake);
    REQUIRE(refused.has_value());
    REQUIRE_FALSE(refused->has_value());
    CHECK(refused->error().status == Status::internal_server_error);
    CHECK(refused->error().reason == "what waits for the disk died, so it is not known whether the file has its name.");
    CHECK(changes.paths == std::vector<std::string>{"/a"});  // what is kept of the old file is not shown any more
    CHECK(site.directory.list().empty());
    CHECK(site.names.empty());
}

TEST_CASE("naming in the background: a naming may outlive the site, its names included", "[content][naming]") {
    base::WakeQueue woken;
    auto queue = storage::make_disk_queue(woken);
    support::start(*queue);
    support::TempDir directory;
    auto root = storage::FileRoot::open(directory.path(), storage::Symlinks::inside);
    REQUIRE(root.has_value());
    const base::SystemClock clock;
    storage::NewDirectories made;
    {
        storage::HeldNames names;
        const storage::WriteParts parts{
            .root = *root, .new_directories = made, .names = names, .disk = *queue, .clock = clock};
        auto sink = storage::FileSink::open(parts, "/a", std::nullopt, {});
        REQUIRE(sink.has_value());
        const auto commit = std::move(*sink).finish();
        while (!commit->advance(kWake)) {
            if (!names.empty()) break;
            support::wait_for(*queue);
            std::vector<http::Wake> wakes;
            support::reap(*queue, wakes);
        }
        queue->submit();
    }
    queue.reset();
    const bool is_whole_or_absent = directory.list().empty() || directory.list() == std::vector<std::string>{"a"};
    CHECK(is_whole_or_absent);
}

TEST_CASE("naming in the background: a directory that cannot be synced is no success", "[content][naming]") {
    Site site;
    site.disk.directory_error = EIO;
    CHECK(site.put("/a", "x").error().status == Status::internal_server_error);
    // File systems without a sync of directories, and a queue that does not know whether it came too early.
    for (const int error : {EINVAL, EAGAIN}) {
        site.disk.seen.clear();
        site.disk.directory_error = error;
        site.disk.on_operation = [&](Kind kind) {
            if (kind == Kind::all) site.disk.directory_error = 0;
        };
        CHECK(site.put("/a", "x").has_value());
        CHECK(site.disk.seen == std::vector<Kind>{Kind::data, Kind::name, Kind::all});
    }
}
