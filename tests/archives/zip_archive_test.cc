// A zip as a whole: its directory agrees with its entries.
#include "archives/zip_archive.h"

#include "archives/zip_record.h"
#include "support/catch.h"

using archives::ArchiveEntry;

namespace {

std::string ended(archives::ZipArchive& zip) {
    std::string text;
    while (zip.append_end(text)) {
    }
    return text;
}

}  // namespace

TEST_CASE("zip archive: the directory repeats the entries with their offsets", "[archives]") {
    http::MemoryShare share(1'000'000);
    archives::ZipArchive zip{http::MemoryHold(share)};
    const ArchiveEntry folder{.path = "d/"};
    const ArchiveEntry file{.path = "d/a", .size_bytes = 3};
    std::string text;
    zip.begin_entry(text, folder);
    REQUIRE(zip.end_entry(text, folder, 0));
    const std::size_t offset = text.size();
    zip.begin_entry(text, file);
    text += "abc";
    REQUIRE(zip.end_entry(text, file, 99));
    const std::string directory = zip_directory_record(folder, 0, 0) + zip_directory_record(file, 99, offset);
    CHECK(ended(zip) ==
          directory +
              archives::zip_end(
                  {.entries = 2, .directory_bytes = directory.size(), .offset_bytes = text.size(), .comment = {}}));
}

TEST_CASE("zip archive: the comment names what was left out, escaped and not without end", "[archives]") {
    http::MemoryShare share(1'000'000);
    archives::ZipArchive zip{http::MemoryHold(share)};
    zip.leave_out({.path = "PK\5\6"});
    const std::string text = ended(zip);
    CHECK(text.find("PK\\x05\\x06\n") != std::string::npos);
    CHECK(text.rfind("PK\5\6") == 0);
    archives::ZipArchive many{http::MemoryHold(share)};
    for (int i = 0; i < 10'000; ++i) many.leave_out({.path = "name " + std::to_string(i)});
    const std::string end = ended(many);
    CHECK(end.size() < 65'536);
    CHECK(end.ends_with(" more\n"));
}

TEST_CASE("zip archive: without memory for its directory it cannot go on", "[archives]") {
    http::MemoryShare share(0);
    archives::ZipArchive zip{http::MemoryHold(share)};
    std::string text;
    CHECK_FALSE(zip.end_entry(text, {.path = "a"}, 0));
}
