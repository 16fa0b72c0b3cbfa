// Files that are opened for another process: which, and when again.
#include "access_control/file_handover.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "base/file_io.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using access_control::FileHandover;

namespace {

/// What a look gave: "0 text", or "0 errno N".
std::vector<std::string> looked(FileHandover& files) {
    std::vector<std::string> given;
    files.look([&](std::size_t number, const std::expected<base::Fd, int>& file) {
        std::string text(100, '\0');
        if (file) text.resize(base::read_at(file->get(), 0, std::as_writable_bytes(std::span(text))));
        given.push_back(std::to_string(number) + " " + (file ? text : "errno " + std::to_string(file.error())));
    });
    return given;
}

using Given = std::vector<std::string>;

}  // namespace

TEST_CASE("file handover: gives every file once, and again when it changed", "[access_control]") {
    const support::TempDir folder;
    folder.write("a", "one");
    FileHandover files({folder.at("a"), folder.at("b")});
    CHECK(looked(files) == Given{"0 one", "1 errno " + std::to_string(ENOENT)});
    CHECK(looked(files).empty());
    folder.write("b", "two");
    CHECK(looked(files) == Given{"1 two"});
    folder.write("a", "longer");
    CHECK(looked(files) == Given{"0 longer"});
    CHECK(looked(files).empty());
}

TEST_CASE("file handover: a link that is turned to another file is a change", "[access_control]") {
    const support::TempDir folder;
    folder.write("1", "one");
    folder.write("2", "two");
    REQUIRE(::symlink("1", folder.at("live").c_str()) == 0);
    FileHandover files({folder.at("live")});
    CHECK(looked(files) == Given{"0 one"});
    REQUIRE(::symlink("2", folder.at("next").c_str()) == 0);
    REQUIRE(::rename(folder.at("next").c_str(), folder.at("live").c_str()) == 0);
    CHECK(looked(files) == Given{"0 two"});
}
