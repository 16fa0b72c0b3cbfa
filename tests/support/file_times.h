// Times of files for tests: setting and reading them, and a write that only the ctime tells.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <string>
#include <utility>

#include "base/fd.h"
#include "support/catch.h"

namespace support {

/// Gives the file `name` a modification time.
inline void set_time(const std::string& name, timespec modified) {
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, modified};
    REQUIRE(::utimensat(AT_FDCWD, name.c_str(), times.data(), 0) == 0);
}

/// The modification time of the file `name`: seconds since 1970, and nanoseconds.
inline std::pair<long, long> time_of(const std::string& name) {
    struct stat status{};
    REQUIRE(::stat(name.c_str(), &status) == 0);
    return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

/// Writes to the file `name`, whose ctime moves on, and sets its modification time.
inline void rewrite_unnoticed(const std::string& name, timespec modified) {
    const auto ctime_of = [&name] {
        struct stat status{};
        REQUIRE(::stat(name.c_str(), &status) == 0);
        return std::pair{status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
    };
    const base::Fd file(::open(name.c_str(), O_WRONLY | O_CLOEXEC));
    // The kernel's stamps tick every few milliseconds.
    for (const auto before = ctime_of(); ctime_of() == before;) REQUIRE(::pwrite(file.get(), "B", 1, 0) == 1);
    set_time(name, modified);
}

}  // namespace support
