// A tar as a whole.
#include "archives/tar_archive.h"

#include "archives/tar_record.h"
#include "support/catch.h"

TEST_CASE("tar archive: headers, padding and two blocks of zeros", "[archives]") {
    archives::TarArchive tar;
    const archives::ArchiveEntry entry{.path = "a", .size_bytes = 3};
    std::string text;
    tar.begin_entry(text, entry);
    CHECK(text == archives::tar_header(entry));
    text += "abc";
    REQUIRE(tar.end_entry(text, entry, 0));
    CHECK(text.size() == 1024);
    tar.leave_out({.path = "b"});
    CHECK_FALSE(tar.append_end(text));
    CHECK(text.size() == 2048);
    CHECK(text.substr(1024) == std::string(1024, '\0'));
}
