// Media types by file name extension (RFC 9110 §8.3). Called by the representation cache once per opened file.
#pragma once

#include <string_view>

namespace content {

/// Of the path's last segment; text types carry "; charset=utf-8". "application/octet-stream" when the extension is
/// unknown or there is none. Case does not matter. Static lifetime.
[[nodiscard]] std::string_view media_type_of(std::string_view path);

}  // namespace content
