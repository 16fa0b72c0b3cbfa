// What tells one state of a file from another.
#include "base/file_stamp.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using base::FileStamp;

TEST_CASE("file stamp: another size or another file is another stamp, also behind a link", "[base]") {
    const support::TempDir folder;
    folder.write("a", "1");
    folder.write("b", "1");
    REQUIRE(::symlink("a", folder.at("link").c_str()) == 0);
    const FileStamp before = FileStamp::of(folder.at("link"));
    CHECK(before == FileStamp::of(folder.at("a")));
    CHECK(before != FileStamp::of(folder.at("b")));
    const base::Fd open(::open(folder.at("a").c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(FileStamp::of(open.get()) == before);
    folder.write("a", "12");
    CHECK(FileStamp::of(folder.at("link")) != before);
    CHECK(FileStamp::of(folder.at("none")) == FileStamp());
    CHECK(FileStamp::of(-1) == FileStamp());
}
