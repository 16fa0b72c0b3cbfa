// A users file that changes, breaks and is opened to others.
#include "access_control/users_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using access_control::read_users;
using access_control::UsersSource;
using Look = UsersSource::Look;

namespace {

struct File {
    File() { write("# nobody\n"); }
    /// As an editor does it: the name gets another file.
    void write(const std::string& text) const {
        folder.write("next", text);
        REQUIRE(::chmod((folder.path() + "/next").c_str(), 0600) == 0);
        REQUIRE(::rename((folder.path() + "/next").c_str(), path.c_str()) == 0);
    }
    support::TempDir folder;
    std::string path = folder.path() + "/users";
};

}  // namespace

TEST_CASE("users source: a file that others can read is refused with the command that mends it", "[access_control]") {
    const File file;
    REQUIRE(read_users(file.path).has_value());
    REQUIRE(::chmod(file.path.c_str(), 0644) == 0);
    CHECK(read_users(file.path).error().find("chmod 600 " + file.path) != std::string::npos);
    REQUIRE(::chmod(file.path.c_str(), 0660) == 0);
    CHECK(read_users(file.path).error().find("chmod g-w " + file.path) != std::string::npos);
    REQUIRE(::chmod(file.path.c_str(), 0640) == 0);
    CHECK(read_users(file.path).has_value());
}

TEST_CASE("users source: the error names the file and the line", "[access_control]") {
    const File file;
    file.write("# nobody\nnonsense\n");
    CHECK(read_users(file.path).error().find(file.path + ", line 2: ") != std::string::npos);
    CHECK_FALSE(read_users(file.path + ".gone").has_value());
    CHECK_FALSE(read_users(file.folder.path()).has_value());
}

TEST_CASE("users source: a file is read again when it changed, and a faulty one leaves the users of before",
          "[access_control]") {
    const File file;
    const std::string digest(64, 'a');
    UsersSource source(file.path);
    CHECK(source.look() == Look::replaced);
    CHECK(source.look() == Look::unchanged);
    file.write("alice:token:" + digest + "\n");
    CHECK(source.look() == Look::replaced);
    CHECK(source.users().find("alice") != nullptr);
    file.write("nonsense\n");
    CHECK(source.look() == Look::faulty);
    CHECK(source.fault().find("line 1") != std::string::npos);
    CHECK(source.look() == Look::unchanged);
    CHECK(source.users().find("alice") != nullptr);
    REQUIRE(::unlink(file.path.c_str()) == 0);
    CHECK(source.look() == Look::faulty);
    CHECK(source.users().find("alice") != nullptr);
}
