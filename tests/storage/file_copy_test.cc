// A COPY: what is copied, what stays, its conditions, and what is left when it does not come to its end.
#include "storage/file_copy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/file_times.h"
#include "support/write_site.h"

namespace {

using http::Status;
using storage::FileCopy;
using storage::OnConflict;
using support::kWake;
using support::WriteSite;
using Names = std::vector<std::string>;

constexpr storage::MoveRules kReplacing{OnConflict::replace};
constexpr storage::MoveRules kKeeping{OnConflict::keep_content};
constexpr storage::MoveRules kNotOver{OnConflict::replace, http::Overwrite::refused};

std::expected<std::unique_ptr<FileCopy>, http::Refusal> open(WriteSite& site, std::string_view source,
                                                             std::string_view destination,
                                                             storage::MoveRules rules = kReplacing,
                                                             std::string_view fields = {}) {
    const support::ParsedRequest request(support::head("COPY", "/", fields));
    return FileCopy::open(*site.parts, source, destination, rules, storage::WriteConditions(*request));
}

/// 201, 204, or the status of the refusal.
int copy(WriteSite& site, std::string_view source, std::string_view destination, storage::MoveRules rules = kReplacing,
         std::string_view fields = {}) {
    auto opened = open(site, source, destination, rules, fields);
    if (!opened) return http::code(opened.error().status);
    const auto result = support::run(**opened, site.disk);
    if (!result) return http::code(result.error().status);
    return *result == FileCopy::How::created ? 201 : 204;
}

/// Longer than a slice, and not the same anywhere.
std::string long_text() {
    std::string text;
    while (text.size() < 3 * storage::kCopySliceBytes) text += std::to_string(text.size()) + ' ';
    return text;
}

}  // namespace

TEST_CASE("file copy: the copy has the content, durably, and the source stays", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.write("empty", "");
    site.directory.write("d/old", "old");
    CHECK(copy(site, "/a", "/d/b") == 201);
    CHECK(site.disk.seen.size() == 2);  // the content and the directory
    CHECK(copy(site, "/a", "/d/old") == 204);
    CHECK(copy(site, "/empty", "/e") == 201);
    CHECK(site.directory.list() == Names{"a", "d", "d/b", "d/old", "e", "empty"});
    CHECK(site.directory.read("d/b") == "x");
    CHECK(site.directory.read("d/old") == "x");
    CHECK(site.directory.read("a") == "x");
    CHECK(site.names.empty());
}

TEST_CASE("file copy: one call copies a slice, and nothing is seen before the last", "[storage][copy]") {
    WriteSite site;
    const std::string text = long_text();
    site.directory.write("a", text);
    auto opened = open(site, "/a", "/b");
    REQUIRE(opened.has_value());
    CHECK((*opened)->bytes() == text.size());
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE((*opened)->advance(kWake).has_value());
        CHECK((*opened)->is_copying());
        CHECK(site.directory.list() == Names{"a"});
    }
    CHECK(support::run(**opened, site.disk).has_value());
    CHECK(site.directory.read("b") == text);
}

TEST_CASE("file copy: one that is given up leaves nothing behind", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", long_text());
    {
        auto opened = open(site, "/a", "/b");
        CHECK_FALSE((*opened)->advance(kWake).has_value());
    }
    CHECK(site.directory.list() == Names{"a"});
}

TEST_CASE("file copy: what is missing, what is no file, and slashes", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.write("d/f", "x");
    REQUIRE(::symlink("a", site.directory.at("link").c_str()) == 0);
    REQUIRE(::mkfifo(site.directory.at("fifo").c_str(), 0600) == 0);
    CHECK(copy(site, "/none", "/b") == 404);
    CHECK(copy(site, "/a/b", "/b") == 404);
    CHECK(copy(site, "/no/such", "/b") == 404);
    CHECK(copy(site, "/d", "/b") == 409);
    CHECK(copy(site, "/link", "/b") == 403);
    CHECK(copy(site, "/fifo", "/b") == 403);
    CHECK(copy(site, "/a", "/no/such") == 409);
    CHECK(copy(site, "/a", "/d/f/x") == 409);
    CHECK(copy(site, "/a", "/d") == 409);
    CHECK(copy(site, "/a", "/a") == 403);
    REQUIRE(::link(site.directory.at("a").c_str(), site.directory.at("same").c_str()) == 0);
    CHECK(copy(site, "/a", "/same") == 403);
    CHECK(site.directory.list() == Names{"a", "d", "d/f", "fifo", "link", "same"});
}

TEST_CASE("file copy: what has the name stays where it has to", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", "new");
    site.directory.write("b", "old");
    CHECK(copy(site, "/a", "/b", kKeeping) == 403);
    CHECK(copy(site, "/a", "/b", {OnConflict::refuse}) == 409);
    CHECK(copy(site, "/a", "/b", kNotOver) == 412);
    CHECK(copy(site, "/a", "/c", kNotOver) == 201);
    CHECK(site.directory.read("b") == "old");
    // Taken while the bytes were copied.
    auto opened = open(site, "/a", "/d", kNotOver);
    REQUIRE(opened.has_value());
    site.directory.write("d", "first");
    CHECK(support::run(**opened, site.disk).error().status == Status::precondition_failed);
    CHECK(site.directory.read("d") == "first");
}

TEST_CASE("file copy: conditions are about the source", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", "x");
    const std::string tag = support::tag_of(site.directory.at("a"));
    CHECK(copy(site, "/a", "/b", kReplacing, "If-Match: \"other\"\r\n") == 412);
    CHECK(copy(site, "/a", "/b", kReplacing, "If-None-Match: *\r\n") == 412);
    REQUIRE(site.put("/s", "y").has_value());
    CHECK(copy(site, "/s", "/b", kReplacing, "If-Match: *\r\n") == 201);
}

TEST_CASE("file copy: a source that becomes shorter or is rewritten gives no copy", "[storage][copy]") {
    WriteSite site;
    const std::string text = long_text();
    site.directory.write("a", text);
    auto shorter = open(site, "/a", "/b");
    CHECK_FALSE((*shorter)->advance(kWake).has_value());
    REQUIRE(::truncate(site.directory.at("a").c_str(), 10) == 0);
    CHECK(support::run(**shorter, site.disk).error().status == Status::service_unavailable);
    shorter->reset();
    CHECK(site.directory.list() == Names{"a"});
}

TEST_CASE("file copy: it has the time of its source to the nanosecond, also in place of a file", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.write("young", "y");
    support::set_time(site.directory.at("a"), {1'000'000'000, 5});
    CHECK(copy(site, "/a", "/b") == 201);
    CHECK(copy(site, "/a", "/young") == 204);
    CHECK(support::time_of(site.directory.at("b")) == std::pair{1'000'000'000L, 5L});
    CHECK(support::time_of(site.directory.at("young")) == std::pair{1'000'000'000L, 5L});
    CHECK(std::ranges::count(site.disk.seen, support::StubbornDiskQueue::Kind::data) == 0);
}

TEST_CASE("file copy: a source that is written to and gets its time back gives no copy", "[storage][copy]") {
    WriteSite site;
    const std::string text = long_text();
    site.directory.write("a", text);
    support::set_time(site.directory.at("a"), {1'000'000'000, 0});
    auto opened = open(site, "/a", "/b");
    CHECK_FALSE((*opened)->advance(kWake).has_value());
    support::rewrite_unnoticed(site.directory.at("a"), {1'000'000'000, 0});
    CHECK(support::run(**opened, site.disk).error().status == Status::service_unavailable);
    CHECK_FALSE(site.directory.has("b"));
}

TEST_CASE("file copy: it is no more readable than its source", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", "x");
    REQUIRE(::chmod(site.directory.at("a").c_str(), 0600) == 0);
    CHECK(copy(site, "/a", "/b") == 201);
    struct stat status{};
    REQUIRE(::stat(site.directory.at("b").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("file copy: space and failures of the disk", "[storage][copy]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.parts->min_free_bytes = std::uint64_t{1} << 62U;
    CHECK(copy(site, "/a", "/b") == 507);
    site.parts->min_free_bytes = 0;
    site.disk.directory_error = EIO;
    CHECK(copy(site, "/a", "/b") == 500);
    CHECK(site.directory.list() == Names{"a"});
}

TEST_CASE("file copy: the change names both, and copies are counted as such", "[storage][copy]") {
    WriteSite site;
    storage::WriteCounts counts;
    site.parts->counts = &counts;
    site.directory.write("a", "x");
    auto opened = open(site, "/a", "/b");
    CHECK(support::run(**opened, site.disk).has_value());
    const auto change = (*opened)->take_change();
    REQUIRE(change.has_value());
    CHECK(change->action == http::Change::Action::copy);
    CHECK(change->from == "/a");
    CHECK(change->path == "/b");
    CHECK(change->bytes == 1);
    CHECK(counts.files_copied == 1);
    CHECK(counts.files_committed == 0);
}
