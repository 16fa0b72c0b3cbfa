// By zlib, which uses what the processor has.
#include "media/checksum.h"

#include <zlib.h>

namespace media {

std::uint32_t extend_crc32(std::uint32_t crc, std::span<const std::byte> bytes) {
    const auto* first = reinterpret_cast<const Bytef*>(bytes.data());
    // zlib takes a null pointer for the question how it begins.
    if (bytes.empty()) return crc;
    return static_cast<std::uint32_t>(::crc32_z(crc, first, bytes.size()));
}

}  // namespace media
