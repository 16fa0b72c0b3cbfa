// What a zip has to remember of each entry until its central directory is written, in few bytes: a name that begins
// like the one before it takes only what differs. Called by zip_archive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archives/archive_entry.h"
#include "http/memory_share.h"

namespace archives {

/// Memory is taken in blocks of this size. About 2,000 entries of usual names fit into one.
inline constexpr std::size_t kNotesBlockBytes = std::size_t{64} * 1024;

class ZipNotes {
public:
    /// `hold`: grows with the notes.
    explicit ZipNotes(http::MemoryHold hold) : hold_(std::move(hold)) {}

    /// False when there is no memory; nothing changes then.
    [[nodiscard]] bool add(const ArchiveEntry& entry, std::uint32_t crc);

    struct Note {
        ArchiveEntry entry;
        std::uint32_t crc = 0;
    };
    /// Puts the next note into `note`; false after the last. Call add() no more after the first take().
    [[nodiscard]] bool take(Note& note);
    [[nodiscard]] std::size_t memory_bytes() const { return hold_.bytes(); }

private:
    http::MemoryHold hold_;
    std::vector<std::string> blocks_;
    std::string last_path_;  ///< of the note that was added last
    std::size_t block_ = 0;  ///< that is read
    std::string_view rest_;  ///< of that block
    bool is_reading_ = false;
};

}  // namespace archives
