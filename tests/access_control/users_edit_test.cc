// What the two commands change in a users file, and that the file is whole at each moment.
#include "access_control/users_edit.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using namespace access_control;

namespace {

mode_t mode_of(const std::string& path) {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

const std::string comment = "# people\n";

}  // namespace

TEST_CASE("users edit: a new password takes the place of the old one, all else stays", "[access_control]") {
    const std::string text = "# people\nalice:old\nalice:token:aa\nalicia:x\ngroups:staff:alice\n";
    CHECK(with_password(text, "alice", "new") == "# people\nalice:new\nalice:token:aa\nalicia:x\ngroups:staff:alice\n");
    CHECK(with_password(text, "bob", "h") == text + "bob:h\n");
    CHECK(with_password("", "bob", "h") == "bob:h\n");
    CHECK(with_password("alice:x", "bob", "h") == "alice:x\nbob:h\n");
    CHECK(with_password("alice:x\nalice:y\n", "alice", "z") == "alice:z\n");
}

TEST_CASE("users edit: a token is added at the end", "[access_control]") {
    CHECK(with_token("bob:token:aa\n", "bob", "bb") == "bob:token:aa\nbob:token:bb\n");
}

TEST_CASE("users edit: a new file is for its owner alone, an old one keeps its rights", "[access_control]") {
    const support::TempDir folder;
    const std::string path = folder.path() + "/users";
    REQUIRE(edit_users_file(path, [](std::string_view) { return comment; }).has_value());
    CHECK(mode_of(path) == 0600);
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    REQUIRE(edit_users_file(path, [](std::string_view text) { return std::string(text) + comment; }).has_value());
    CHECK(mode_of(path) == 0640);
    CHECK(folder.read("users") == comment + comment);
    CHECK(::access((path + ".new").c_str(), F_OK) != 0);
}

TEST_CASE("users edit: what would be a fault is not written", "[access_control]") {
    const support::TempDir folder;
    folder.write("users", comment);
    const auto edited = edit_users_file(folder.path() + "/users", [](std::string_view) { return "nonsense\n"; });
    REQUIRE_FALSE(edited.has_value());
    CHECK(edited.error().find("line 1") != std::string::npos);
    CHECK(folder.read("users") == comment);
    CHECK(::access((folder.path() + "/users.new").c_str(), F_OK) != 0);
}

TEST_CASE("users edit: two commands never change one file at a time", "[access_control]") {
    const support::TempDir folder;
    folder.write("users", comment);
    folder.write("users.new", "");
    const auto edited = edit_users_file(folder.path() + "/users", [](std::string_view) { return std::string(); });
    REQUIRE_FALSE(edited.has_value());
    CHECK(edited.error().find("another command") != std::string::npos);
    CHECK(folder.read("users") == comment);
}

TEST_CASE("users edit: what a link leads to is replaced, not the link", "[access_control]") {
    const support::TempDir folder;
    folder.write("real", comment);
    REQUIRE(::symlink("real", (folder.path() + "/users").c_str()) == 0);
    REQUIRE(edit_users_file(folder.path() + "/users", [](std::string_view) { return std::string(); }).has_value());
    CHECK(folder.read("real").empty());
}
