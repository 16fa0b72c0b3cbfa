// What happens to an upload whose name is taken. "page.html.gz" is sent to browsers in place of "page.html"; the name
// of such a sidecar therefore counts as taken too, except with `replace`. Chosen by the site's configuration and the
// handlers, done by FileSink and FileCommit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace storage {

enum class OnConflict : std::uint8_t {
    replace,       ///< the new file takes the name at once
    keep_content,  ///< the same over an empty file; 403 over one with content, which stays
    rename,        ///< the new file becomes "name (1).ext", or the next number that is free
    refuse,        ///< 409; the old file stays
    replace_only,  ///< as replace over an old file; 403 when there is none
};

/// "name (1).ext": the number stands before the extension. At most 255 bytes, cut from the name's end where there are
/// more. `number` is at least 1.
[[nodiscard]] std::string numbered_name(std::string_view name, unsigned number);

}  // namespace storage
