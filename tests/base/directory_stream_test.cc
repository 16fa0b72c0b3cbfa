// The entries of real directories, and what happens where there is no directory.
#include "base/directory_stream.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>
#include <string>
#include <utility>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

base::Fd open_directory(const std::string& name) {
    return base::Fd(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::multiset<std::string> names_of(base::DirectoryStream& stream) {
    std::multiset<std::string> names;
    while (const dirent* const entry = stream.next()) names.insert(static_cast<const char*>(entry->d_name));
    return names;
}

}  // namespace

TEST_CASE("directory stream: gives every entry once, and none of an error at the end", "[base][directory_stream]") {
    const support::TempDir directory;
    directory.write("a", "1");
    directory.write("b", "2");
    base::DirectoryStream stream(open_directory(directory.path()));
    REQUIRE(stream);
    errno = EIO;  // an error of an earlier call is not one of the stream
    CHECK(names_of(stream) == std::multiset<std::string>{".", "..", "a", "b"});
    CHECK(errno == 0);
    stream.rewind();
    CHECK(names_of(stream).size() == 4);
}

TEST_CASE("directory stream: its descriptor is that of the directory, and is closed with it",
          "[base][directory_stream]") {
    const support::TempDir directory;
    directory.write("a", "1");
    base::Fd opened = open_directory(directory.path());
    const int number = opened.get();
    {
        base::DirectoryStream stream(std::move(opened));
        REQUIRE(stream);
        struct stat status{};
        CHECK(::fstatat(stream.descriptor(), "a", &status, 0) == 0);
        const base::DirectoryStream moved(std::move(stream));
        CHECK(moved.descriptor() == number);
        CHECK(::fcntl(number, F_GETFD) != -1);
    }
    CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("directory stream: what is no directory gives a false stream with the reason", "[base][directory_stream]") {
    const support::TempDir directory;
    directory.write("file", "1");
    base::Fd file(::open(directory.at("file").c_str(), O_RDONLY | O_CLOEXEC));
    const int number = file.get();
    const base::DirectoryStream of_file(std::move(file));
    CHECK(errno == ENOTDIR);
    CHECK_FALSE(of_file);
    CHECK(::fcntl(number, F_GETFD) == -1);
    const base::DirectoryStream of_nothing(open_directory(directory.at("none")));
    CHECK(errno == ENOENT);
    CHECK_FALSE(of_nothing);
}
