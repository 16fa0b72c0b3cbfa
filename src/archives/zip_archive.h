// An archive in the format of zip: its central directory, at the end, repeats what was said of each entry. Made by
// archives.
#pragma once

#include <cstdint>
#include <string>

#include "archives/archive_format.h"
#include "archives/zip_notes.h"
#include "http/memory_share.h"

namespace archives {

class ZipArchive final : public ArchiveFormat {
public:
    /// `hold`: grows with the number of entries.
    explicit ZipArchive(http::MemoryHold hold) : notes_(std::move(hold)) {}

    [[nodiscard]] bool needs_crc() const override { return true; }
    void begin_entry(std::string& out, const ArchiveEntry& entry) override;
    [[nodiscard]] bool end_entry(std::string& out, const ArchiveEntry& entry, std::uint32_t crc) override;
    /// Named in the archive's comment.
    void leave_out(const ArchiveEntry& entry) override;
    [[nodiscard]] bool append_end(std::string& out) override;
    [[nodiscard]] std::size_t memory_bytes() const override { return notes_.memory_bytes(); }

private:
    [[nodiscard]] std::string comment() const;

    ZipNotes notes_;
    ZipNotes::Note note_;  ///< the note whose record is written next
    std::uint64_t entries_ = 0;
    std::uint64_t entries_bytes_ = 0;    ///< before the central directory
    std::uint64_t offset_bytes_ = 0;     ///< of the next entry that the central directory tells of
    std::uint64_t directory_bytes_ = 0;  ///< that were written
    std::string left_out_;               ///< a line for each
    std::uint64_t unnamed_ = 0;          ///< left out, and not in left_out_
};

}  // namespace archives
