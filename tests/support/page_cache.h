// Files whose bytes are on the disk only, for tests of what must not wait for it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include "base/fd.h"
#include "support/catch.h"

namespace support {

/// Takes the bytes of the file at `path`, which is not empty, out of the kernel's memory. False, and a warning: its
/// file system keeps them there, and what the test looks for cannot happen.
inline bool evict(const std::string& path) {
    const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::fsync(file.get()) == 0);
    REQUIRE(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
    constexpr std::size_t kPageBytes = 4096;
    void* const map = ::mmap(nullptr, kPageBytes, PROT_READ, MAP_SHARED, file.get(), 0);
    REQUIRE(map != MAP_FAILED);
    unsigned char page = 0;
    const int told = ::mincore(map, kPageBytes, &page);
    ::munmap(map, kPageBytes);
    REQUIRE(told == 0);
    if ((page & 1U) == 0) return true;
    WARN("this file system keeps what it is told to forget: skipped");
    return false;
}

}  // namespace support
