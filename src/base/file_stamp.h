// What tells one state of a file from another, for those who look at files again and again, and its times as numbers.
// Called by app/, access_control/, storage/validators and uploads/upload_loading.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace base {

/// Since 1970. `time` lies within some 290 years of it, as that of a file does unless somebody made it up.
[[nodiscard]] inline std::int64_t nanoseconds_of(const timespec& time) {
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    /// Of the file that the name leads to: links are followed, so that one that is turned to another file counts as a
    /// change. All zeros where there is none.
    [[nodiscard]] static FileStamp of(const std::string& path);
    /// Of an open file.
    [[nodiscard]] static FileStamp of(int file);

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

}  // namespace base
