#include "base/file_stamp.h"

namespace base {
namespace {

FileStamp stamp_of(const struct stat& status) {
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = status.st_size,
            .modified_ns = nanoseconds_of(status.st_mtim),
            .changed_ns = nanoseconds_of(status.st_ctim)};
}

}  // namespace

FileStamp FileStamp::of(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? stamp_of(status) : FileStamp();
}

FileStamp FileStamp::of(int file) {
    struct stat status{};
    return ::fstat(file, &status) == 0 ? stamp_of(status) : FileStamp();
}

}  // namespace base
