// What happens to an upload whose name is taken. Chosen by the site's configuration and the handlers, done by FileSink
// and FileCommit.
#pragma once

#include <cstdint>

namespace content {

enum class OnConflict : std::uint8_t {
    replace,  ///< the new file takes the name at once
    rename,   ///< the new file becomes "name (1).ext", or the next number that is free
    refuse,   ///< 409; the old file stays
};

}  // namespace content
