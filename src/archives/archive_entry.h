// One file or folder of an archive, as it was found. Given to tar_record and zip_record.
#pragma once

#include <cstdint>
#include <string>

namespace archives {

/// An archive tells only these modes; the other bits concern users of the server's machine.
inline constexpr unsigned kFileMode = 0644;
inline constexpr unsigned kProgramMode = 0755;
inline constexpr unsigned kDirectoryMode = 0755;

struct ArchiveEntry {
    std::string path;              ///< below the archived folder, any bytes; a folder's ends in '/'
    std::uint64_t size_bytes = 0;  ///< 0 for a folder
    std::int64_t modified_s = 0;   ///< seconds since 1970, may be negative
    bool is_program = false;       ///< its owner may execute the file

    [[nodiscard]] bool is_directory() const { return path.ends_with('/'); }
    [[nodiscard]] unsigned mode() const {
        if (is_directory()) return kDirectoryMode;
        return is_program ? kProgramMode : kFileMode;
    }
};

}  // namespace archives
