// Which files are sent in a content coding: those that shrink, and that are neither tiny nor huge.
// Called by the representation builder, once per file that is opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace media {

struct CompressionPolicy {
    /// zlib's level, 1 to 9. 0: nothing is compressed on the fly (sidecars are used all the same).
    int level = 6;
    /// Smaller files fit into one packet without compression.
    std::uint64_t min_bytes = 256;
    /// Up to here a file is compressed at once, within about a millisecond; above, while it is sent.
    std::uint64_t at_once_bytes = 64 * 1024;
    /// A coded form above this is sent, but not kept.
    std::size_t max_kept_bytes = 16 * 1024 * 1024;

    /// True when a file of this media type and size is compressed on the fly.
    [[nodiscard]] bool compresses(std::string_view media_type, std::uint64_t bytes) const;
};

/// True for types that shrink: text, JSON, JavaScript, XML, SVG, WebAssembly, some fonts. Parameters are ignored.
[[nodiscard]] bool is_compressible(std::string_view media_type);

/// True for types that are compressed already: images, audio, video, archives. Neither coded nor looked up as
/// sidecars.
[[nodiscard]] bool is_compressed(std::string_view media_type);

}  // namespace media
