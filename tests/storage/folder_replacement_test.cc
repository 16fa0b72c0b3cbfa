// Moves and copies in the place of folders, and of folders in the place of what is there.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/entry_move.h"
#include "storage/locks.h"
#include "storage/tree_copy.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/file_times.h"
#include "support/write_site.h"

namespace {

using storage::EntryMove;
using storage::Lock;
using storage::OnConflict;
using storage::TreeCopy;
using support::kWake;
using Names = std::vector<std::string>;

storage::MoveRules replacing() { return {OnConflict::replace, http::Overwrite::allowed, std::nullopt}; }

struct Site : support::WriteSite {
    Site() {
        parts->trees = &trees;
        parts->locks = &locks;
        directory.write("new/a", "new");
        directory.write("new/e/f", "deep");
        directory.write("old/b", "old");
        directory.write("old/e/g", "old");
        directory.write("file", "file");
    }
    std::expected<EntryMove, http::Refusal> open_move(std::string_view source, std::string_view destination,
                                                      storage::MoveRules rules = replacing()) {
        return EntryMove::open(*parts, source, destination, std::move(rules), {});
    }
    /// 201, 204, or the status of the refusal.
    int move(std::string_view source, std::string_view destination, storage::MoveRules rules = replacing()) {
        auto opened = open_move(source, destination, std::move(rules));
        if (!opened) return http::code(opened.error().status);
        const auto result = support::run(*opened, disk);
        if (!result) return http::code(result.error().status);
        return *result == EntryMove::How::created ? 201 : 204;
    }
    auto open_copy(std::string_view source, std::string_view destination, storage::MoveRules rules = replacing()) {
        return TreeCopy::open(*parts, source, destination, {.rules = std::move(rules)}, {});
    }
    int copy(std::string_view source, std::string_view destination, storage::MoveRules rules = replacing()) {
        auto opened = open_copy(source, destination, std::move(rules));
        if (!opened) return http::code(opened.error().status);
        const auto result = support::run(**opened, disk);
        if (!result) return http::code(result.error().status);
        return *result == TreeCopy::How::created ? 201 : 204;
    }
    /// What is there when nothing is being removed any more.
    Names list() {
        while (trees.due()) trees.advance();
        return directory.list();
    }
    std::string lock(std::string path, Lock::Kind kind) {
        const auto granted = locks.grant({.token = {}, .path = std::move(path), .kind = kind, .user = {}, .owner = {}},
                                         60, http::ClientKey{1, 2});
        REQUIRE(granted.has_value());
        return granted->lock.token;
    }

    FakeClock time;
    storage::TreeRemoval trees{disk, time};
    storage::Locks locks{*root, time};
};

std::size_t hidden_names(const Site& site) {
    return static_cast<std::size_t>(std::ranges::count_if(site.directory.list(), [](const std::string& name) {
        return name.starts_with(".godwit-") && name.find('/') == std::string::npos;
    }));
}

}  // namespace

TEST_CASE("folder replacement: a moved folder takes the place of another one as a whole", "[storage][move]") {
    Site site;
    auto move = site.open_move("/new/", "/old");
    REQUIRE(move.has_value());
    CHECK_FALSE(move->advance(kWake).has_value());
    // What was there is out of sight at once, and stays until the new name is durable.
    CHECK(site.directory.read("old/a") == "new");
    CHECK_FALSE(site.directory.has("old/b"));
    CHECK_FALSE(site.directory.has("new"));
    CHECK(hidden_names(site) == 1);
    CHECK_FALSE(site.trees.due().has_value());
    const auto result = support::run(*move, site.disk);
    REQUIRE(result.has_value());
    CHECK(*result == EntryMove::How::replaced);
    CHECK(site.list() == Names{"file", "old", "old/a", "old/e", "old/e/f"});
    CHECK(site.names.empty());
    CHECK(site.new_directories.empty());
    const auto change = move->take_change();
    REQUIRE(change.has_value());
    CHECK(change->path == "/old/");
}

TEST_CASE("folder replacement: files and folders take the place of each other by a move", "[storage][move]") {
    Site site;
    CHECK(site.move("/file", "/old/") == 204);
    CHECK(site.directory.read("old") == "file");
    CHECK(site.move("/new/", "/old") == 204);
    CHECK(site.list() == Names{"old", "old/a", "old/e", "old/e/f"});
    REQUIRE(::symlink("old", site.directory.at("link").c_str()) == 0);
    CHECK(site.move("/old/", "/link") == 204);
    CHECK(site.list() == Names{"link", "link/a", "link/e", "link/e/f"});
    // From one directory to another.
    site.directory.write("to/x/y", "y");
    CHECK(site.move("/link/", "/to/x/") == 204);
    CHECK(site.list() == Names{"to", "to/x", "to/x/a", "to/x/e", "to/x/e/f"});
}

TEST_CASE("folder replacement: a copied folder takes the place of another one as a whole", "[storage][copy]") {
    Site site;
    auto copy = site.open_copy("/new/", "/old");
    REQUIRE(copy.has_value());
    CHECK(site.directory.read("old/b") == "old");
    const auto result = support::run(**copy, site.disk);
    REQUIRE(result.has_value());
    CHECK(*result == TreeCopy::How::replaced);
    CHECK(site.list() == Names{"file", "new", "new/a", "new/e", "new/e/f", "old", "old/a", "old/e", "old/e/f"});
    CHECK(site.names.empty());
    CHECK(site.new_directories.empty());
    CHECK((*copy)->take_change()->path == "/old/");
}

TEST_CASE("folder replacement: files and folders take the place of each other by a copy", "[storage][copy]") {
    Site site;
    support::set_time(site.directory.at("file"), {1'000'000, 7});
    CHECK(site.copy("/file", "/old/") == 204);
    CHECK(site.directory.read("old") == "file");
    CHECK(support::time_of(site.directory.at("old")) == std::pair{1'000'000L, 7L});
    CHECK(site.list() == Names{"file", "new", "new/a", "new/e", "new/e/f", "old"});
    CHECK(site.copy("/new/", "/old") == 204);
    CHECK(site.list() == Names{"file", "new", "new/a", "new/e", "new/e/f", "old", "old/a", "old/e", "old/e/f"});
    REQUIRE(::symlink("new", site.directory.at("link").c_str()) == 0);
    CHECK(site.copy("/old/", "/link") == 204);
    CHECK(site.directory.read("link/a") == "new");
    CHECK(site.directory.read("new/a") == "new");
    CHECK(site.copy("/file", "/none/") == 404);
    CHECK(hidden_names(site) == 0);
}

TEST_CASE("folder replacement: none without leave, and none of what the source is in", "[storage][move]") {
    Site site;
    const auto before = site.directory.list();
    const auto kept = [] {
        auto rules = replacing();
        rules.overwrite = http::Overwrite::refused;
        return rules;
    };
    for (const char* source : {"/new/", "/file"}) {
        CHECK(site.move(source, "/old", kept()) == 412);
        CHECK(site.move(source, "/old", {OnConflict::replace}) == 409);
        CHECK(site.copy(source, "/old", kept()) == 412);
        CHECK(site.copy(source, "/old", {.on_conflict = OnConflict::replace}) == 409);
    }
    REQUIRE(::symlink("new", site.directory.at("link").c_str()) == 0);
    for (const char* source : {"/new/e/", "/new/e/f", "/link/e/"}) {
        CHECK(site.move(source, "/new") == 409);
        CHECK(site.copy(source, "/new") == 409);
    }
    CHECK(site.move("/new/", "/new/e") == 403);
    CHECK(site.copy("/new/", "/link/e") == 403);
    CHECK(site.move("/file", "/none/") == 404);
    REQUIRE(::unlink(site.directory.at("link").c_str()) == 0);
    CHECK(site.list() == before);
}

TEST_CASE("folder replacement: none where too many folders wait for their removal", "[storage][move]") {
    Site site;
    auto copy = site.open_copy("/new/", "/old");
    REQUIRE(copy.has_value());
    const auto before = site.directory.read("old/b");
    while (site.trees.has_room()) {
        const auto directory = base::share(base::Fd(::dup(site.root->descriptor())));
        site.trees.add(directory, storage::make_gone_name());
    }
    CHECK(site.move("/new/", "/old") == 503);
    CHECK(site.copy("/new/", "/old") == 503);
    CHECK(support::run(**copy, site.disk).error().status == http::Status::service_unavailable);
    CHECK(site.directory.read("old/b") == before);
    CHECK(site.move("/new/", "/free") == 201);
}

TEST_CASE("folder replacement: what is locked below is in the way, and locks end with what they are for",
          "[storage][lock]") {
    Site site;
    const std::string inside = site.lock("/old/e/g", Lock::Kind::file);
    CHECK(site.move("/new/", "/old") == 423);
    CHECK(site.copy("/file", "/old") == 423);
    CHECK(site.directory.read("old/b") == "old");
    const std::string on_folder = site.lock("/old", Lock::Kind::folder);
    storage::LockKeys keys;
    auto shown = std::make_shared<http::IfField>();
    shown->tokens = {inside, on_folder};
    std::ranges::sort(shown->tokens);
    keys.shown = shown;
    const auto conditions = [&] { return storage::WriteConditions::only_keys(keys); };
    auto copy = TreeCopy::open(*site.parts, "/new/", "/old", {.rules = replacing()}, conditions());
    REQUIRE(copy.has_value());
    CHECK(support::run(**copy, site.disk).has_value());
    CHECK(site.locks.find(inside) == nullptr);
    // RFC 4918 §7.7: what comes is locked by the lock that was there.
    CHECK(site.locks.find(on_folder) != nullptr);
    auto move = EntryMove::open(*site.parts, "/file", "/old", replacing(), conditions());
    REQUIRE(move.has_value());
    CHECK(support::run(*move, site.disk).has_value());
    CHECK(site.locks.find(on_folder) == nullptr);
}
