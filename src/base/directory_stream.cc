// fdopendir and readdir, with the descriptor's owner and the error of the end in one place.
#include "base/directory_stream.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace base {

Fd open_directory(int parent, const char* name) {
    return Fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

DirectoryStream::DirectoryStream(Fd directory)
    : stream_(directory ? ::fdopendir(directory.get()) : nullptr), descriptor_(directory.get()) {
    if (stream_ != nullptr) static_cast<void>(directory.take());  // closedir() closes it
}

const dirent* DirectoryStream::next() {
    errno = 0;
    return ::readdir(stream_.get());
}

bool is_dot_or_dot_dot(const dirent& entry) {
    const std::string_view name(entry.d_name);
    return name == "." || name == "..";
}

bool is_directory(int parent, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
    struct stat status{};
    return ::fstatat(parent, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace base
