// Which words are the command about share links, and what it ends.
#include "app/shares_command.h"

#include <filesystem>
#include <string>
#include <vector>

#include "access_control/share_store.h"
#include "access_control/tokens.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

std::optional<int> run(std::vector<std::string> words) {
    words.insert(words.begin(), "godwit");
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    return app::run_shares_command(pointers);
}

}  // namespace

TEST_CASE("shares command: other words are left to the server", "[app][share]") {
    CHECK_FALSE(run({}).has_value());
    CHECK_FALSE(run({"shares", "--port", "80"}).has_value());
    CHECK_FALSE(run({"token", "users", "robot"}).has_value());
}

TEST_CASE("shares command: alone it is the name of a directory, or wrong usage", "[app][share]") {
    const support::TempDir there;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(there.path());
    CHECK(run({"shares"}) == 2);
    there.make_directory("shares");
    CHECK_FALSE(run({"shares"}).has_value());
    std::filesystem::current_path(before);
}

TEST_CASE("shares command: wrong words are wrong usage, and a directory that is not there fails", "[app][share]") {
    const support::TempDir site;
    CHECK(run({"shares", site.path(), "revoke"}) == 2);
    CHECK(run({"shares", site.path(), "remove", "0011223344556677"}) == 2);
    CHECK(run({"shares", site.path(), "revoke", "0011223344556677", "more"}) == 2);
    CHECK(run({"shares", site.at("none")}) == 1);
}

TEST_CASE("shares command: revokes by id", "[app][share]") {
    if (!access_control::has_tokens()) return;
    const support::TempDir site;
    CHECK(run({"shares", site.path()}) == 0);
    const auto root = storage::FileRoot::open(site.path(), storage::Symlinks::none);
    REQUIRE(root.has_value());
    const access_control::ShareStore store(*root);
    const access_control::ShareLink link{
        .id = access_control::make_share_id(), .maker = "alice", .path = "/a", .made_s = 1, .ends_s = 2};
    REQUIRE(store.make(link).has_value());
    CHECK(run({"shares", site.path()}) == 0);
    CHECK(run({"shares", site.path(), "revoke", "0011223344556677"}) == 1);
    CHECK(run({"shares", site.path(), "revoke", "../a"}) == 1);
    CHECK(store.read(link.id).has_value());
    CHECK(run({"shares", site.path(), "revoke", link.id}) == 0);
    CHECK_FALSE(store.read(link.id).has_value());
    CHECK(run({"shares", site.path(), "revoke", link.id}) == 1);
}
