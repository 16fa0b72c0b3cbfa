// Media types in the format of /etc/mime.types: a type and its extensions on each line, '#' begins a comment. Read by
// app/served_site.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace media {

struct FileMediaType {
    std::string extension;   ///< in lower case, without a dot
    std::string media_type;  ///< with parameters, as in Content-Type
};

/// Sorted by extension, each once.
using FileMediaTypes = std::vector<FileMediaType>;

/// Debian's file, the longest in use, has 80 KiB.
inline constexpr std::size_t kMaxMediaTypeFileBytes = std::size_t{1024} * 1024;

/// The error is a sentence that begins with the number of the line. When an extension comes twice, the later line
/// counts. Text types get "; charset=utf-8". A type without extensions is allowed, and says nothing.
[[nodiscard]] std::expected<FileMediaTypes, std::string> parse_media_types(std::string_view text);

/// Reads `file`; the error is a sentence that names it.
[[nodiscard]] std::expected<FileMediaTypes, std::string> read_media_types(const std::string& file);

}  // namespace media
