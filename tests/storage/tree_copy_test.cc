// A COPY of a directory: all of it or nothing, whatever happens on the way.
#include "storage/tree_copy.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "storage/file_copy.h"
#include "storage/held_names.h"
#include "storage/tree_removal.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/file_times.h"
#include "support/write_site.h"

namespace {

using http::Status;
using storage::TreeCopy;
using support::kWake;
using Names = std::vector<std::string>;
using Opened = std::expected<std::unique_ptr<TreeCopy>, http::Refusal>;

struct Copying : support::WriteSite {
    Copying() { parts->trees = &trees; }

    Opened open(std::string_view source, std::string_view destination, TreeCopy::Wish wish = {},
                std::string_view fields = {}) {
        const support::ParsedRequest request(support::head("COPY", "/", fields));
        return TreeCopy::open(*parts, source, destination, wish, storage::WriteConditions(*request));
    }
    /// 201, or the status of the refusal.
    int copy(std::string_view source, std::string_view destination, TreeCopy::Wish wish = {},
             std::string_view fields = {}) {
        auto opened = open(source, destination, wish, fields);
        if (!opened) return http::code(opened.error().status);
        const auto result = support::run(**opened, disk);
        return result ? 201 : http::code(result.error().status);
    }
    void tidy() {
        while (trees.due()) trees.advance();
    }
    /// What is there, without what waits for its removal.
    Names list() {
        tidy();
        return directory.list();
    }

    FakeClock removal_clock;
    storage::TreeRemoval trees{disk, removal_clock};
};

/// The one name in the root that is the server's own; empty when there is none.
std::string hidden_name(const Copying& site) {
    for (const std::string& name : site.directory.list()) {
        if (storage::is_copy_name(name)) return name;
    }
    return {};
}

}  // namespace

TEST_CASE("tree copy: all that is below comes along, and the source stays", "[storage][copy]") {
    Copying site;
    storage::WriteCounts counts;
    site.parts->counts = &counts;
    site.directory.write("d/a", "a");
    site.directory.write("d/.hidden", "h");
    site.directory.write("d/e/f/g", "g");
    site.directory.write("d/.godwit-0000000000000001.part", "no file of anybody");
    site.directory.make_directory("d/empty");
    site.directory.make_directory("to");
    CHECK(site.copy("/d/", "/to/c") == 201);
    site.directory.write("d/a", "changed");
    CHECK(site.directory.read("to/c/a") == "a");
    CHECK(site.directory.read("to/c/.hidden") == "h");
    CHECK(site.directory.read("to/c/e/f/g") == "g");
    CHECK(site.directory.read("d/e/f/g") == "g");
    CHECK((Names{site.directory.list()} == Names{"d", "d/.godwit-0000000000000001.part", "d/.hidden", "d/a", "d/e",
                                                 "d/e/f", "d/e/f/g", "d/empty", "to", "to/c", "to/c/.hidden", "to/c/a",
                                                 "to/c/e", "to/c/e/f", "to/c/e/f/g", "to/c/empty"}));
    CHECK(counts.files_copied == 3);
    CHECK(site.names.empty());
    CHECK(site.new_directories.empty());
    CHECK(site.copy("/d/", "/only/", {.extent = TreeCopy::Wish::Extent::empty}) == 201);
    CHECK_FALSE(site.directory.has("only/a"));
}

TEST_CASE("tree copy: nothing is seen before all of it is on the disk", "[storage][copy]") {
    Copying site;
    for (int i = 0; i < 100; ++i) site.directory.write("d/" + std::to_string(i), "x");
    auto opened = site.open("/d/", "/c");
    REQUIRE(opened.has_value());
    // Without the ends of syncs it waits.
    for (int i = 0; i < 20; ++i) CHECK_FALSE((*opened)->advance(kWake).has_value());
    CHECK((*opened)->is_copying());
    CHECK_FALSE(site.directory.has("c"));
    CHECK(support::run(**opened, site.disk).has_value());
    CHECK(site.directory.read("c/99") == "x");
    // Each file, the directory, and the one that holds it.
    CHECK(site.disk.seen.size() == 102);
    const auto change = (*opened)->take_change();
    REQUIRE(change.has_value());
    CHECK(change->action == http::Change::Action::copy);
    CHECK(change->from == "/d/");
    CHECK(change->path == "/c/");
}

TEST_CASE("tree copy: one that is given up is removed, and locked until then", "[storage][copy]") {
    Copying site;
    for (int i = 0; i < 100; ++i) site.directory.write("d/" + std::to_string(i), "x");
    {
        auto opened = site.open("/d/", "/c");
        CHECK_FALSE((*opened)->advance(kWake).has_value());
        const std::string hidden = hidden_name(site);
        REQUIRE_FALSE(hidden.empty());
        const base::Fd made(::open(site.directory.at(hidden).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        CHECK(::flock(made.get(), LOCK_EX | LOCK_NB) != 0);
    }
    site.tidy();
    CHECK(hidden_name(site).empty());
    CHECK(site.directory.read("d/99") == "x");
}

TEST_CASE("tree copy: names that are only like the server's own come along", "[storage][copy]") {
    Copying site;
    Names copied{"c"};
    for (const std::string name :
         {".godwit-0000000000000001.txt", ".godwitrc", "0123456789abcdef.share", "0123456789abcdef.upload"}) {
        site.directory.write("d/" + name, name);
        copied.push_back("c/" + name);
    }
    for (const std::string suffix : {"part", "upload", "copy", "gone"}) {
        site.directory.write("d/.godwit-0000000000000001." + suffix, "unfinished");
    }
    CHECK(site.copy("/d/", "/c") == 201);
    Names found = site.directory.list();
    std::erase_if(found, [](const std::string& name) { return name.front() != 'c'; });
    CHECK(found == copied);
}

TEST_CASE("tree copy: files keep their times to the nanosecond, and which of two is older", "[storage][copy]") {
    Copying site;
    site.directory.write("d/page.gz", "old");
    site.directory.write("d/page", "new");
    support::set_time(site.directory.at("d/page.gz"), {1'000'000'000, 5});
    support::set_time(site.directory.at("d/page"), {1'000'000'000, 6});
    CHECK(site.copy("/d/", "/c") == 201);
    CHECK(support::time_of(site.directory.at("c/page.gz")) == std::pair{1'000'000'000L, 5L});
    CHECK(support::time_of(site.directory.at("c/page")) == std::pair{1'000'000'000L, 6L});
    // Those of the files are on the disk as well.
    using Kind = support::StubbornDiskQueue::Kind;
    CHECK(std::ranges::count(site.disk.seen, Kind::data) == 0);
}

TEST_CASE("tree copy: it is locked until it has its name", "[storage][copy]") {
    Copying site;
    site.directory.write("d/a", "a");
    const base::Fd root(::open(site.directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto other = std::make_unique<storage::NameClaim>(site.names, site.disk.wakes(),
                                                      std::vector<storage::NameClaim::Target>{{root.get(), "c"}});
    REQUIRE(other->advance(support::kNobody));
    auto opened = site.open("/d/", "/c");
    REQUIRE(opened.has_value());
    // All is copied and synced after these, and it waits for its name.
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE((*opened)->advance(kWake).has_value());
        site.disk.finish_syncs();
    }
    const base::Fd made(::open(site.directory.at(hidden_name(site)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(made);
    CHECK(::flock(made.get(), LOCK_EX | LOCK_NB) != 0);
    other.reset();
    CHECK(support::run(**opened, site.disk).has_value());
    CHECK(::flock(made.get(), LOCK_EX | LOCK_NB) == 0);
    CHECK(site.directory.read("c/a") == "a");
}

TEST_CASE("tree copy: what is missing or in the way", "[storage][copy]") {
    Copying site;
    site.directory.write("d/e/f", "x");
    site.directory.write("a", "x");
    site.directory.make_directory("there");
    REQUIRE(::symlink("d", site.directory.at("link").c_str()) == 0);
    CHECK(site.copy("/none/", "/c") == 404);
    CHECK(site.copy("/a/", "/c") == 404);
    CHECK(site.copy("/link/", "/c") == 404);
    CHECK(site.copy("/no/such/", "/c") == 404);
    CHECK(site.copy("/d/", "/none/c") == 409);
    CHECK(site.copy("/d/", "/a/c") == 409);
    CHECK(site.copy("/d/", "/a") == 409);
    CHECK(site.copy("/d/", "/there") == 409);
    CHECK(site.copy("/d/", "/there", {.rules = {.overwrite = http::Overwrite::refused}}) == 412);
    CHECK(site.copy("/d/", "/d/") == 403);
    CHECK(site.copy("/d/", "/d") == 403);
    CHECK(site.copy("/d/", "/d/e/c") == 403);
    CHECK(site.copy("/d/", "/c", {}, "If-Match: \"x\"\r\n") == 412);
    CHECK(site.list() == Names{"a", "d", "d/e", "d/e/f", "link", "there"});
}

TEST_CASE("tree copy: links, devices, depth and long files end it without a trace", "[storage][copy]") {
    Copying site;
    site.directory.write("d/a", "x");
    REQUIRE(::symlink("a", site.directory.at("d/link").c_str()) == 0);
    CHECK(site.copy("/d/", "/c") == 403);
    REQUIRE(::unlink(site.directory.at("d/link").c_str()) == 0);
    REQUIRE(::mkfifo(site.directory.at("d/fifo").c_str(), 0600) == 0);
    CHECK(site.copy("/d/", "/c") == 403);
    REQUIRE(::unlink(site.directory.at("d/fifo").c_str()) == 0);
    site.directory.write("d/long", "12345");
    CHECK(site.copy("/d/", "/c", {.most_file_bytes = 4}) == 413);
    CHECK(site.copy("/d/", "/c", {.most_file_bytes = 5}) == 201);
    std::string path = "e";
    for (int i = 0; i < 64; ++i) path += "/d";
    std::filesystem::create_directories(site.directory.at(path));
    CHECK(site.copy("/e/", "/f") == 403);
    site.tidy();
    CHECK(hidden_name(site).empty());
    CHECK_FALSE(site.directory.has("f"));
}

TEST_CASE("tree copy: a file that changes, a name that is taken and a disk that fails give no copy",
          "[storage][copy]") {
    Copying site;
    const std::string text(3 * storage::kCopySliceBytes, 'x');
    site.directory.write("d/a", text);
    {
        auto opened = site.open("/d/", "/c");
        CHECK_FALSE((*opened)->advance(kWake).has_value());
        REQUIRE(::truncate(site.directory.at("d/a").c_str(), 10) == 0);
        CHECK(support::run(**opened, site.disk).error().status == Status::service_unavailable);
    }
    site.directory.write("d/a", text);
    {
        auto opened = site.open("/d/", "/c");
        CHECK_FALSE((*opened)->advance(kWake).has_value());
        site.directory.write("c", "first");
        CHECK(support::run(**opened, site.disk).error().status == Status::conflict);
    }
    REQUIRE(::unlink(site.directory.at("c").c_str()) == 0);
    site.disk.directory_error = EIO;
    CHECK(site.copy("/d/", "/c") == 500);
    site.disk.directory_error = 0;
    site.parts->min_free_bytes = std::uint64_t{1} << 62U;
    CHECK(site.copy("/d/", "/c") == 507);
    CHECK(site.list() == Names{"d", "d/a"});
}

TEST_CASE("tree copy: a file that is written to and gets its time back gives no copy", "[storage][copy]") {
    Copying site;
    site.directory.write("d/a", std::string(3 * storage::kCopySliceBytes, 'x'));
    support::set_time(site.directory.at("d/a"), {1'000'000'000, 0});
    auto opened = site.open("/d/", "/c");
    CHECK_FALSE((*opened)->advance(kWake).has_value());
    support::rewrite_unnoticed(site.directory.at("d/a"), {1'000'000'000, 0});
    CHECK(support::run(**opened, site.disk).error().status == Status::service_unavailable);
    CHECK_FALSE(site.directory.has("c"));
}

TEST_CASE("tree copy: names are its own", "[storage][copy]") {
    CHECK(storage::is_copy_name(".godwit-0000000000000001.copy"));
    CHECK_FALSE(storage::is_copy_name(".godwit-0000000000000001.gone"));
    CHECK_FALSE(storage::is_copy_name(".godwit-000000000000000g.copy"));
}
