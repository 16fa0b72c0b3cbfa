// Files of this process, and those that another one opened for it.
#include "app/file_source.h"

#include <cerrno>
#include <string>

#include "base/file_io.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

std::string text_of(const std::expected<base::Fd, int>& file) {
    std::string text(100, '\0');
    text.resize(base::read_at(file->get(), 0, std::as_writable_bytes(std::span(text))));
    return text;
}

}  // namespace

TEST_CASE("file source: own files are opened by name", "[app]") {
    const support::TempDir folder;
    folder.write("a", "one");
    app::OwnFiles files;
    CHECK(text_of(files.open(folder.at("a"))) == "one");
    CHECK(files.stamp(folder.at("a")) == base::FileStamp::of(folder.at("a")));
    CHECK(files.open(folder.at("none")).error() == ENOENT);
}

TEST_CASE("file source: of a file that was handed over the latest one counts", "[app]") {
    const support::TempDir folder;
    folder.write("1", "one");
    folder.write("2", "two");
    app::OwnFiles own;
    app::HandedFiles files({"a", "b"});
    CHECK_FALSE(files.stamp("a").has_value());
    CHECK(files.open("a").error() == ENOENT);
    files.take(0, own.open(folder.at("1")));
    CHECK(files.stamp("a") == base::FileStamp::of(folder.at("1")));
    CHECK(text_of(files.open("a")) == "one");
    CHECK(text_of(files.open("a")) == "one");
    files.take(0, own.open(folder.at("2")));
    CHECK(text_of(files.open("a")) == "two");
    files.take(0, std::unexpected(EACCES));
    CHECK(files.stamp("a") == base::FileStamp());
    CHECK(files.open("a").error() == EACCES);
    CHECK_FALSE(files.stamp("b").has_value());
    files.take(7, std::unexpected(EACCES));
}
