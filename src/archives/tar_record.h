// The headers of a tar archive: ustar, and before it a pax record for what ustar cannot hold (POSIX.1-2017, pax). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "archives/archive_entry.h"

namespace archives {

inline constexpr std::size_t kTarBlockBytes = 512;
/// Two blocks of zeros end an archive.
inline constexpr std::size_t kTarEndBytes = 2 * kTarBlockBytes;

/// What stands before the content of `entry`: a whole number of blocks.
[[nodiscard]] std::string tar_header(const ArchiveEntry& entry);
/// The zeros that follow a content of `size_bytes`: fewer than a block.
[[nodiscard]] std::size_t tar_padding_bytes(std::uint64_t size_bytes);

}  // namespace archives
