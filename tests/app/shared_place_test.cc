// Directories in which other users could replace the server's files.
#include "app/shared_place.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "app/daemon.h"
#include "support/catch.h"

namespace {

/// A directory with the mode, removed at the end.
struct Directory {
    explicit Directory(mode_t mode) {
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        REQUIRE(::chmod(name.data(), mode) == 0);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { ::rmdir(name.data()); }
    [[nodiscard]] std::string file() const { return std::string(name.data()) + "/godwit.pid"; }

    std::array<char, 32> name{"/tmp/godwit-shared-XXXXXX"};
};

}  // namespace

TEST_CASE("shared place: a directory that every user may write to is none for a pid file or a log", "[app]") {
    CHECK(app::find_shared_place(Directory(0777).file()).find("every user may write") == 0);
    CHECK(app::find_shared_place(Directory(01777).file()).empty());
    CHECK(app::find_shared_place(Directory(0775).file()).empty());
    CHECK(app::find_shared_place("/nonexistent/godwit/log").empty());
}

TEST_CASE("shared place: a pid file there is refused before it is made", "[app]") {
    const Directory shared(0777);
    const auto created = app::Pidfile::create(shared.file());
    REQUIRE_FALSE(created);
    CHECK(created.error().find("every user may write") != std::string::npos);
    CHECK(::access(shared.file().c_str(), F_OK) != 0);
}
