// Media types by file name extension (RFC 9110 §8.3). Called by the representation cache once per opened file.
#pragma once

#include <string_view>

#include "media/media_type_file.h"

namespace media {

/// Of the path's last segment; text types carry "; charset=utf-8". "application/octet-stream" when the extension is
/// unknown or there is none. Case does not matter. Static lifetime, no allocation.
[[nodiscard]] std::string_view media_type_of(std::string_view path);

/// True when the last segment ends in an extension that has a media type: it names a file rather than a page.
[[nodiscard]] bool has_known_extension(std::string_view path);

/// These are asked before the built-in ones, in the whole process. Called at the start, before the first media type is
/// asked for; a second call, in tests, ends the lifetime of what was given out.
void use_media_types(FileMediaTypes types);

}  // namespace media
