// What a format puts around the contents of an archive. Implemented by tar_archive and zip_archive, called by
// archive_source.
#pragma once

#include <cstdint>
#include <string>

#include "archives/archive_entry.h"

namespace archives {

/// Everything is appended to `out`.
class ArchiveFormat {
public:
    virtual ~ArchiveFormat() = default;

    /// Whether end_entry() needs the CRC-32 of the content.
    [[nodiscard]] virtual bool needs_crc() const = 0;
    /// What stands before the content of `entry`.
    virtual void begin_entry(std::string& out, const ArchiveEntry& entry) = 0;
    /// What stands behind it. False: there is no memory to note it, so the archive cannot be finished.
    [[nodiscard]] virtual bool end_entry(std::string& out, const ArchiveEntry& entry, std::uint32_t crc) = 0;
    /// `entry` is not in the archive.
    virtual void leave_out(const ArchiveEntry& entry) = 0;
    /// The next part of what stands behind all entries, a few KiB. False when it is the last.
    [[nodiscard]] virtual bool append_end(std::string& out) = 0;
    /// Of memory for what was noted.
    [[nodiscard]] virtual std::size_t memory_bytes() const { return 0; }
};

}  // namespace archives
