// A MOVE: what goes where, what stays, its conditions, and two of them at once.
#include "storage/entry_move.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

using http::Status;
using storage::EntryMove;
using storage::OnConflict;
using support::kWake;
using support::WriteSite;
using Names = std::vector<std::string>;

constexpr storage::MoveRules kReplacing{OnConflict::replace};
constexpr storage::MoveRules kKeeping{OnConflict::keep_content};

std::expected<EntryMove, http::Refusal> open(WriteSite& site, std::string_view source, std::string_view destination,
                                             storage::MoveRules rules = kReplacing, std::string_view fields = {}) {
    const support::ParsedRequest request(support::head("MOVE", "/", fields));
    return EntryMove::open(*site.parts, source, destination, rules, storage::WriteConditions(*request));
}

/// 201, 204, or the status of the refusal.
int move(WriteSite& site, std::string_view source, std::string_view destination, storage::MoveRules rules = kReplacing,
         std::string_view fields = {}) {
    auto opened = open(site, source, destination, rules, fields);
    if (!opened) return http::code(opened.error().status);
    const auto result = support::run(*opened, site.disk);
    if (!result) return http::code(result.error().status);
    return *result == EntryMove::How::created ? 201 : 204;
}

}  // namespace

TEST_CASE("entry move: a file gets its new name, and both directories are synced", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.make_directory("d");
    CHECK(move(site, "/a", "/b") == 201);
    CHECK(site.disk.seen.size() == 1);
    CHECK(move(site, "/b", "/d/c") == 201);
    CHECK(site.disk.seen.size() == 3);
    CHECK(site.directory.list() == Names{"d", "d/c"});
    CHECK(site.directory.read("d/c") == "x");
    CHECK(site.names.empty());
    CHECK(site.new_directories.empty());
}

TEST_CASE("entry move: a directory comes with all that is below it", "[storage][move]") {
    WriteSite site;
    site.directory.write("d/e/f", "x");
    site.directory.make_directory("to");
    CHECK(move(site, "/d/", "/to/g") == 201);
    CHECK(site.directory.list() == Names{"to", "to/g", "to/g/e", "to/g/e/f"});
    CHECK(move(site, "/to/g/", "/h/") == 201);
    CHECK(site.directory.read("h/e/f") == "x");
    CHECK(site.new_directories.empty());
}

TEST_CASE("entry move: what is missing, and slashes", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.write("d/f", "x");
    CHECK(move(site, "/none", "/b") == 404);
    CHECK(move(site, "/a/b", "/b") == 404);
    CHECK(move(site, "/no/such", "/b") == 404);
    CHECK(move(site, "/a", "/no/such") == 409);
    CHECK(move(site, "/a", "/d/f/x") == 409);
    CHECK(move(site, "/a/", "/b") == 404);
    CHECK(move(site, "/a", "/b/") == 404);
    CHECK(move(site, "/d", "/e") == 409);
    CHECK(move(site, "/a", "/" + std::string(256, 'x')) == 414);
    CHECK(site.directory.list() == Names{"a", "d", "d/f"});
}

TEST_CASE("entry move: files take the place of files alone, and only where they may", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "new");
    site.directory.write("b", "old");
    site.directory.write("empty", "");
    site.directory.write("page.html", "page");
    site.directory.make_directory("d");
    site.directory.make_directory("e");
    CHECK(move(site, "/a", "/b", kKeeping) == 403);
    CHECK(move(site, "/a", "/b", {OnConflict::refuse}) == 409);
    CHECK(move(site, "/a", "/b", {OnConflict::replace, http::Overwrite::refused}) == 412);
    CHECK(move(site, "/a", "/page.html.gz", kKeeping) == 403);
    CHECK(move(site, "/a", "/c", {OnConflict::replace_only}) == 403);
    CHECK(move(site, "/a", "/d") == 409);
    CHECK(move(site, "/d/", "/b") == 409);
    CHECK(move(site, "/d/", "/e") == 409);
    CHECK(move(site, "/d/", "/e", {OnConflict::replace, http::Overwrite::refused}) == 412);
    CHECK(site.directory.read("a") == "new");
    CHECK(site.directory.read("b") == "old");
    CHECK(move(site, "/a", "/b", kReplacing) == 204);
    CHECK(site.directory.read("b") == "new");
    CHECK(move(site, "/b", "/empty", kKeeping) == 204);
    CHECK(site.directory.list() == Names{"d", "e", "empty", "page.html"});
}

TEST_CASE("entry move: onto itself, into itself, and over what it is in", "[storage][move]") {
    WriteSite site;
    site.directory.write("d/e/f", "x");
    REQUIRE(::symlink("d", site.directory.at("link").c_str()) == 0);
    REQUIRE(::link(site.directory.at("d/e/f").c_str(), site.directory.at("hard").c_str()) == 0);
    CHECK(move(site, "/d/e/f", "/d/e/f") == 403);
    CHECK(move(site, "/d/", "/d/") == 403);
    CHECK(move(site, "/d/e/", "/link/e") == 403);
    CHECK(move(site, "/hard", "/d/e/f") == 403);  // rename would do nothing, and say that it is done
    CHECK(move(site, "/d/", "/d/x") == 403);
    CHECK(move(site, "/d/", "/d/e/x") == 403);
    CHECK(move(site, "/d/", "/link/e/x") == 403);
    CHECK(move(site, "/d/e/", "/d") == 409);
    CHECK(move(site, "/d/e/f", "/d") == 409);
    CHECK(site.directory.list() == Names{"d", "d/e", "d/e/f", "hard", "link"});
}

TEST_CASE("entry move: a link stays, and so does what it leads to", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.make_directory("d");
    REQUIRE(::symlink("a", site.directory.at("link").c_str()) == 0);
    REQUIRE(::symlink("d", site.directory.at("dirs").c_str()) == 0);
    CHECK(move(site, "/link", "/d/link") == 403);
    CHECK(move(site, "/dirs/", "/other") == 404);
    CHECK(move(site, "/link", "/renamed") == 403);
    CHECK(site.directory.list() == Names{"a", "d", "dirs", "link"});
    CHECK(move(site, "/a", "/link") == 204);  // in its place
    CHECK(site.directory.list() == Names{"d", "dirs", "link"});
}

TEST_CASE("entry move: where links lead out of the root a directory keeps its place", "[storage][move]") {
    WriteSite site;
    site.directory.write("d/f", "x");
    site.directory.make_directory("e");
    auto all = storage::FileRoot::open(site.directory.path(), storage::Symlinks::all);
    REQUIRE(all.has_value());
    site.root.emplace(std::move(*all));
    CHECK(move(site, "/d/", "/e/d") == 403);
    CHECK(move(site, "/d/", "/renamed") == 201);
    CHECK(move(site, "/renamed/f", "/e/f") == 201);
}

TEST_CASE("entry move: conditions are about the source, before the move and at it", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.directory.write("b", "y");
    CHECK(move(site, "/a", "/c", kReplacing, "If-Match: \"other\"\r\n") == 412);
    CHECK(move(site, "/a", "/c", kReplacing, "If-None-Match: *\r\n") == 412);
    const std::string field = "If-Match: " + support::tag_of(site.directory.at("a")) + "\r\n";
    auto opened = open(site, "/a", "/c", kReplacing, field);
    REQUIRE(opened.has_value());
    site.directory.write("a", "changed since");
    const auto result = support::run(*opened, site.disk);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().status == Status::precondition_failed);
    CHECK(site.directory.list() == Names{"a", "b"});
}

TEST_CASE("entry move: of two moves of one name exactly one wins, and of two to one name as well", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "a");
    site.directory.write("b", "b");
    SECTION("from one name") {
        auto first = open(site, "/a", "/x");
        auto second = open(site, "/a", "/y");
        REQUIRE(first.has_value());
        REQUIRE(second.has_value());
        CHECK(support::run(*second, site.disk).has_value());
        const auto lost = support::run(*first, site.disk);
        REQUIRE_FALSE(lost.has_value());
        CHECK(lost.error().status == Status::not_found);
        CHECK(site.directory.list() == Names{"b", "y"});
    }
    SECTION("to one name, which was free when both looked") {
        auto first = open(site, "/a", "/x", kKeeping);
        auto second = open(site, "/b", "/x", kKeeping);
        REQUIRE(first.has_value());
        REQUIRE(second.has_value());
        CHECK_FALSE(first->advance(kWake).has_value());
        const auto lost = second->advance(kWake);
        REQUIRE(lost.has_value());
        REQUIRE_FALSE(lost->has_value());
        CHECK(lost->error().status == Status::forbidden);
        CHECK(support::run(*first, site.disk) == EntryMove::How::created);
        CHECK(site.directory.read("x") == "a");
        CHECK(site.directory.read("b") == "b");
    }
    SECTION("against each other") {
        auto first = open(site, "/a", "/b");
        auto second = open(site, "/b", "/a");
        CHECK(support::run(*first, site.disk) == EntryMove::How::replaced);
        CHECK(support::run(*second, site.disk) == EntryMove::How::created);
        CHECK(site.directory.list() == Names{"a"});
        CHECK(site.directory.read("a") == "a");
    }
    CHECK(site.names.empty());
}

TEST_CASE("entry move: waits for a write that holds one of its names", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "x");
    auto place = storage::WritePlace::find(*site.root, site.new_directories, "/b");
    REQUIRE(place.has_value());
    storage::Publication other(*site.parts, {});
    REQUIRE(other.hold(*place, storage::Touched::content, kWake).value() != nullptr);
    auto opened = open(site, "/a", "/b");
    REQUIRE(opened.has_value());
    CHECK_FALSE(opened->advance(kWake).has_value());
    CHECK(site.directory.has("a"));
    other.let_go();
    CHECK(support::run(*opened, site.disk) == EntryMove::How::created);
}

TEST_CASE("entry move: an upload on its way into a directory that moves is stored where it was sent",
          "[storage][move]") {
    WriteSite site;
    site.directory.write("d/old", "x");
    auto sink = site.open("/d/new");
    REQUIRE(sink.has_value());
    REQUIRE(sink->write(support::bytes("text")).has_value());
    CHECK(move(site, "/d/", "/e") == 201);
    const auto commit = std::move(*sink).finish();
    CHECK(support::run(*commit, site.disk).has_value());
    CHECK(site.directory.list() == Names{"d", "d/new", "e", "e/old"});
}

TEST_CASE("entry move: what else is under way in a directory that moves is refused", "[storage][move]") {
    WriteSite site;
    site.directory.write("d/a", "x");
    site.directory.write("b", "x");
    const support::ParsedRequest request(support::head("DELETE", "/"));
    auto removal = storage::FileRemoval::open(*site.parts, "/d/a", storage::WriteConditions(*request));
    auto out = open(site, "/d/a", "/c");
    auto in = open(site, "/b", "/d/b");
    REQUIRE(removal.has_value());
    REQUIRE(out.has_value());
    REQUIRE(in.has_value());
    CHECK(move(site, "/d/", "/e") == 201);
    CHECK(support::run(*removal, site.disk).error().status == Status::not_found);
    CHECK(support::run(*out, site.disk).error().status == Status::not_found);
    CHECK(support::run(*in, site.disk).error().status == Status::conflict);
    CHECK(site.directory.list() == Names{"b", "e", "e/a"});
}

TEST_CASE("entry move: a sync that fails is told, and the change is a change", "[storage][move]") {
    WriteSite site;
    site.directory.write("a", "x");
    site.disk.directory_error = EIO;
    const std::string tag = support::tag_of(site.directory.at("a"));
    auto opened = open(site, "/a", "/b");
    REQUIRE(opened.has_value());
    CHECK(support::run(*opened, site.disk).error().status == Status::internal_server_error);
    const auto change = opened->take_change();
    REQUIRE(change.has_value());
    CHECK(change->action == http::Change::Action::move);
    CHECK(change->from == "/a");
    CHECK(change->path == "/b");
    CHECK(change->new_tag == tag);
    CHECK(change->old_tag.empty());
}

TEST_CASE("entry move: a folder whose new name could not be made durable is a new directory", "[storage][move]") {
    WriteSite site;
    site.directory.make_directory("d");
    site.disk.directory_error = EIO;
    auto opened = open(site, "/d/", "/e/");
    REQUIRE(opened.has_value());
    CHECK_FALSE(support::run(*opened, site.disk).has_value());
    CHECK(site.new_directories.has("/e"));
    site.disk.directory_error = 0;
    REQUIRE(site.put("/e/file", "x").has_value());
    CHECK(site.new_directories.empty());
}
