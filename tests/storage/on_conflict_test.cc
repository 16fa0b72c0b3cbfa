// Uploads whose name is taken.
#include "storage/on_conflict.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <vector>

#include "storage/file_commit.h"
#include "storage/free_number.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using storage::numbered_name;
using storage::OnConflict;
using support::WriteSite;

std::expected<storage::FileSink, http::Refusal> open(WriteSite& site, std::string_view path, OnConflict on_conflict) {
    return storage::FileSink::open(*site.parts, path, std::nullopt, {}, on_conflict);
}

storage::FileSink written(WriteSite& site, std::string_view path, std::string_view text, OnConflict on_conflict) {
    auto sink = open(site, path, on_conflict);
    REQUIRE(sink.has_value());
    REQUIRE(sink->write(support::bytes(text)).has_value());
    return std::move(*sink);
}

/// "201 /path" or the status of the refusal.
std::string put(WriteSite& site, std::string_view path, std::string_view text, OnConflict on_conflict) {
    const auto commit = written(site, path, text, on_conflict).finish();
    const auto result = support::run(*commit, site.disk);
    if (!result) return std::to_string(http::code(result.error().status));
    const bool created = result->how == storage::FileCommit::Stored::How::created;
    return std::string(created ? "201 " : "204 ") + commit->path();
}

}  // namespace

TEST_CASE("on conflict: the number stands before the extension", "[content][conflict]") {
    CHECK(numbered_name("a.txt", 1) == "a (1).txt");
    CHECK(numbered_name("a", 12) == "a (12)");
    CHECK(numbered_name("a.tar.gz", 2) == "a (2).tar.gz");
    CHECK(numbered_name(".tar.gz", 2) == ".tar (2).gz");
    CHECK(numbered_name("a.b.c", 1) == "a.b (1).c");
    CHECK(numbered_name("a.", 1) == "a (1).");
    CHECK(numbered_name("v1.0 of a long story", 1) == "v1.0 of a long story (1)");
}

TEST_CASE("on conflict: a long name loses its end, not its extension or half a letter", "[content][conflict]") {
    CHECK(numbered_name(std::string(255, 'a') + "", 1) == std::string(251, 'a') + " (1)");
    CHECK(numbered_name(std::string(251, 'a') + ".txt", 999) == std::string(245, 'a') + " (999).txt");
    std::string letters;
    while (letters.size() < 252) letters += "\xe2\x82\xac";
    const std::string numbered = numbered_name(letters, 1);
    CHECK(numbered.size() <= 255);
    CHECK(numbered == letters.substr(0, 249) + " (1)");
}

TEST_CASE("on conflict: replace, rename or refuse", "[content][conflict]") {
    WriteSite site(storage::Durability::none);
    CHECK(put(site, "/a.txt", "1", OnConflict::refuse) == "201 /a.txt");
    CHECK(put(site, "/a.txt", "2", OnConflict::rename) == "201 /a (1).txt");
    CHECK(put(site, "/a.txt", "3", OnConflict::rename) == "201 /a (2).txt");
    CHECK(put(site, "/a.txt", "4", OnConflict::replace) == "204 /a.txt");
    CHECK_FALSE(open(site, "/a.txt", OnConflict::refuse).has_value());
    CHECK(put(site, "/new/b", "5", OnConflict::rename) == "201 /new/b");
    CHECK(put(site, "/new/b", "6", OnConflict::rename) == "201 /new/b (1)");
    CHECK(put(site, "/new", "7", OnConflict::rename) == "201 /new (1)");
    CHECK(site.directory.read("a.txt") == "4");
    CHECK(site.directory.read("a (1).txt") == "2");
    CHECK(site.directory.read("a (2).txt") == "3");
    CHECK(site.directory.read("new/b (1)") == "6");
}

TEST_CASE("on conflict: of two uploads to one name, both begun before, one evades or is refused",
          "[content][conflict]") {
    for (const OnConflict on_conflict : {OnConflict::rename, OnConflict::refuse}) {
        WriteSite site;
        const auto first = written(site, "/a", "first", on_conflict).finish();
        const auto second = written(site, "/a", "second", on_conflict).finish();
        CHECK_FALSE(first->advance(support::kWake).has_value());
        CHECK_FALSE(second->advance(support::kWake).has_value());
        CHECK(support::run(*second, site.disk).has_value());
        const auto result = support::run(*first, site.disk);
        CHECK(site.directory.read("a") == "second");
        CHECK(result.has_value() == (on_conflict == OnConflict::rename));
        if (result) CHECK(site.directory.read("a (1)") == "first");
        if (!result) CHECK(result.error().status == http::Status::conflict);
    }
}

TEST_CASE("on conflict: a thousand files of one name are numbered in order, with few looks for each",
          "[content][conflict]") {
    std::vector<bool> taken(1000);
    unsigned looks = 0;
    const auto is_taken = [&](unsigned number) {
        ++looks;
        return taken[number];
    };
    for (unsigned expected = 1; expected <= 999; ++expected) {
        looks = 0;
        REQUIRE(storage::find_free_number(999, 0, is_taken) == expected);
        CHECK(looks <= 20);
        taken[expected] = true;
    }
    CHECK_FALSE(storage::find_free_number(999, 0, is_taken));
}

TEST_CASE("on conflict: who takes numbers in advance makes others neither fail nor look at all of them",
          "[content][conflict]") {
    std::vector<bool> taken(1000);
    for (const unsigned number : {1U, 3U, 7U, 15U, 31U, 63U, 127U, 255U, 511U, 999U}) taken[number] = true;
    unsigned looks = 0;
    const auto is_taken = [&](unsigned number) {
        ++looks;
        return taken[number];
    };
    // 900 of 999 numbers go in about ten looks each, from wherever the search begins.
    for (unsigned spread = 0; spread < 890; ++spread) {
        const auto found = storage::find_free_number(999, spread * 7, is_taken);
        REQUIRE(found);
        REQUIRE_FALSE(taken[*found]);
        taken[*found] = true;
    }
    CHECK(looks < 890 * 30);
}

TEST_CASE("on conflict: numbers end", "[content][conflict]") {
    WriteSite site(storage::Durability::none);
    site.directory.write("a", "");
    for (int i = 1; i <= 999; ++i) site.directory.write("a (" + std::to_string(i) + ")", "");
    CHECK(put(site, "/a", "x", OnConflict::rename) == "409");
}
