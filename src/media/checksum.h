// CRC-32, the checksum of zip and gzip. Called by archives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace media {

/// The checksum of what `crc` stands for (0: nothing) and `bytes` behind it. About a microsecond for each KiB at most.
[[nodiscard]] std::uint32_t extend_crc32(std::uint32_t crc, std::span<const std::byte> bytes);

}  // namespace media
