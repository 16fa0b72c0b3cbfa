// What was noted comes back, in its order and within the memory.
#include "archives/zip_notes.h"

#include "support/catch.h"

using archives::ArchiveEntry;
using archives::ZipNotes;

TEST_CASE("zip notes: give back what they were given", "[archives]") {
    http::MemoryShare share(10 * archives::kNotesBlockBytes);
    {
        ZipNotes notes{http::MemoryHold(share)};
        const auto entry = [](int i) {
            return ArchiveEntry{.path = "folder/file number " + std::to_string(i),
                                .size_bytes = std::uint64_t{1} << static_cast<unsigned>(i % 60),
                                .modified_s = i % 3 == 0 ? -i : 1'700'000'000 + i,
                                .is_program = i % 2 == 0};
        };
        for (int i = 0; i < 10'000; ++i) REQUIRE(notes.add(entry(i), static_cast<std::uint32_t>(i) * 429'496U));
        CHECK(share.bytes_left() < 8 * archives::kNotesBlockBytes);  // it took several blocks
        ZipNotes::Note note;
        for (int i = 0; i < 10'000; ++i) {
            REQUIRE(notes.take(note));
            REQUIRE(note.entry.path == entry(i).path);
            REQUIRE(note.entry.size_bytes == entry(i).size_bytes);
            REQUIRE(note.entry.modified_s == entry(i).modified_s);
            REQUIRE(note.entry.is_program == entry(i).is_program);
            REQUIRE(note.crc == static_cast<std::uint32_t>(i) * 429'496U);
        }
        CHECK_FALSE(notes.take(note));
    }
    CHECK(share.bytes_left() == 10 * archives::kNotesBlockBytes);
}

TEST_CASE("zip notes: without memory nothing is added", "[archives]") {
    http::MemoryShare share(archives::kNotesBlockBytes);
    ZipNotes notes{http::MemoryHold(share)};
    int added = 0;
    while (notes.add({.path = std::to_string(added) + std::string(200, 'x')}, 0)) ++added;
    CHECK(added > 200);
    ZipNotes::Note note;
    for (; added > 0; --added) REQUIRE(notes.take(note));
    CHECK_FALSE(notes.take(note));
}
