// Finds out what a name of a directory is, as a GET of it would: the status, behind a link that of its target. Called
// by listings/entry_look and dav/multistatus_source.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "storage/file_root.h"

namespace trees {

/// Where an entry is.
struct EntryPlace {
    int directory;            ///< descriptor of the directory that holds it
    const char* name;         ///< in it
    const std::string& path;  ///< decoded, below the root, without a slash at its end
};

struct EntryStatus {
    enum class Kind : std::uint8_t {
        nothing,  ///< nothing that is served: gone, a link that leads nowhere or outside, a device
        file,
        directory,
        unknown,  ///< it exists, and its status could not be read: `error` is the errno
    };
    Kind kind = Kind::nothing;
    bool is_link = false;
    bool is_readable = true;  ///< by the server
    int error = 0;
    struct stat status{};  ///< of a file or a directory
};

/// A link counts as what it leads to under the root's policy. What cannot be looked at for another reason than that it
/// is gone or leads nowhere is `unknown`: that does not prove that the entry is gone.
[[nodiscard]] EntryStatus look_at_entry(const storage::FileRoot& root, const EntryPlace& place);

}  // namespace trees
