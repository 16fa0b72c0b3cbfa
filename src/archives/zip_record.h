// The records of a zip archive with stored entries (PKWARE APPNOTE 6.3.10): what stands before and behind a content, in
// the central directory and at the end. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archives/archive_entry.h"

namespace archives {

/// Before the content. The CRC is not known yet; it follows in the descriptor.
[[nodiscard]] std::string zip_local_header(const ArchiveEntry& entry);
/// Behind the content; empty for a folder. `crc` of all of the content.
[[nodiscard]] std::string zip_descriptor(const ArchiveEntry& entry, std::uint32_t crc);
/// `offset_bytes`: of the local header.
[[nodiscard]] std::string zip_directory_record(const ArchiveEntry& entry, std::uint32_t crc,
                                               std::uint64_t offset_bytes);

struct ZipEnd {
    std::uint64_t entries = 0;
    std::uint64_t directory_bytes = 0;
    std::uint64_t offset_bytes = 0;  ///< of the central directory
    std::string_view comment;        ///< at most 65,535 bytes
};
[[nodiscard]] std::string zip_end(const ZipEnd& end);

}  // namespace archives
