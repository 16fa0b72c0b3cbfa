// Opens paths below a directory so that no link can lead out of it: by the kernel in one step, or name by name where
// the kernel's way is closed. Called by file_root, and by nothing else.
#pragma once

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <expected>
#include <string_view>

#include "base/fd.h"

namespace storage {

enum class Symlinks : std::uint8_t {
    inside,  ///< followed while the target stays below the root
    none,    ///< never followed
    all,     ///< followed anywhere; only for trees that no other user can write to
};

/// An errno, as a value.
struct FileError {
    int number = 0;

    /// True when it proves that a request for the path finds nothing: the path leads nowhere, or to a place that may
    /// not be shown. All others say nothing about what is there.
    [[nodiscard]] bool is_absence() const {
        switch (number) {
            case ENOENT:
            case ENOTDIR:
            case ELOOP:
            case EXDEV:
            case ENAMETOOLONG:
            case EINVAL: return true;
            default: return false;
        }
    }
};

/// Who resolves a path.
enum class Resolver : std::uint8_t {
    kernel,   ///< openat2, which follows links as Symlinks says
    by_name,  ///< each name is opened below the one before it, and no link is followed, whatever Symlinks says
};

/// by_name where this process has no openat2: before Linux 5.6, and in a sandbox that refuses the call. systemd's
/// RestrictSUIDSGID= and DynamicUser= do, because their filter cannot see the flags of the call.
[[nodiscard]] Resolver find_resolver(int directory);

/// Opens `path`, which begins with '/' and is meant below `directory`, with the flags of open(2); O_CLOEXEC is added,
/// and without O_PATH what keeps a FIFO or a terminal from blocking. ELOOP: there is a link that is not followed.
/// EXDEV: the path leads out. ENAMETOOLONG: it is longer than PATH_MAX.
[[nodiscard]] std::expected<base::Fd, FileError> open_below(Resolver resolver, int directory, std::string_view path,
                                                            int flags, Symlinks symlinks);

/// The status of `path` below `directory`. A link at its end is not followed; links before it are.
[[nodiscard]] std::expected<struct stat, FileError> stat_below(int directory, std::string_view path);

}  // namespace storage
