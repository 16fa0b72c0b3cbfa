// The built-in table of media types by extension. Asked by media_type; checked against the registry by its tests.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace media {

struct ExtensionType {
    std::string_view extension;   ///< in lower case, without a dot
    std::string_view media_type;  ///< with parameters, as in Content-Type
};

/// Longer ones are not looked up. The longest in Debian's /etc/mime.types has 30 bytes.
inline constexpr std::size_t kLongestExtension = 32;

/// Sorted by extension; static lifetime.
[[nodiscard]] std::span<const ExtensionType> built_in_media_types();

}  // namespace media
