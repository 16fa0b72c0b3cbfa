// fdopendir and readdir, with the descriptor's owner and the error of the end in one place.
#include "base/directory_stream.h"

#include <cerrno>
#include <utility>

namespace base {

DirectoryStream::DirectoryStream(Fd directory)
    : stream_(directory ? ::fdopendir(directory.get()) : nullptr), descriptor_(directory.get()) {
    if (stream_ != nullptr) static_cast<void>(directory.take());  // closedir() closes it
}

const dirent* DirectoryStream::next() {
    errno = 0;
    return ::readdir(stream_.get());
}

}  // namespace base
