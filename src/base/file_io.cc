// pread and pwrite, again until all is done.
#include "base/file_io.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace base {

namespace {

/// Adds to `done` what was read; 0 at the end of the file too, or an errno.
int read_on(int file, std::uint64_t offset, std::span<std::byte> into, std::size_t& done) {
    while (done < into.size()) {
        const ssize_t got = ::pread(file, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got < 0 ? errno : 0;
        done += static_cast<std::size_t>(got);
    }
    return 0;
}

bool is_byte_in_memory(int file, std::uint64_t offset) {
    std::byte byte{};
    const iovec part{.iov_base = &byte, .iov_len = 1};
    return ::preadv2(file, &part, 1, static_cast<off_t>(offset), RWF_NOWAIT) >= 0 || errno != EAGAIN;
}

}  // namespace

bool is_in_memory(int file, std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t last = offset + length - 1;
    return is_byte_in_memory(file, last) && (length == 1 || is_byte_in_memory(file, offset)) &&
           (length <= 2 || is_byte_in_memory(file, offset + length / 2));
}

std::size_t read_at(int file, std::uint64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    static_cast<void>(read_on(file, offset, into, done));
    return done;
}

bool read_exactly(int file, std::uint64_t offset, std::span<std::byte> into) {
    return read_at(file, offset, into) == into.size();
}

std::expected<std::size_t, int> read_or_fail(int file, std::uint64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    if (const int error = read_on(file, offset, into, done); error != 0) return std::unexpected(error);
    return done;
}

int write_at(int file, std::uint64_t& offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        // A write of nothing cannot happen on a file that has room.
        if (written <= 0) return written < 0 ? errno : ENOSPC;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return 0;
}

int overwrite_first(int file, std::size_t length, char byte) {
    const off_t end = ::lseek(file, 0, SEEK_CUR);
    const auto back = static_cast<off_t>(length);
    // With O_APPEND the byte would go behind the end.
    if (end < back) return EIO;
    if (::fcntl(file, F_SETFL, 0) != 0) return errno;
    ssize_t written = -1;
    do {
        written = ::pwrite(file, &byte, 1, end - back);
    } while (written < 0 && errno == EINTR);
    return written == 1 ? 0 : written < 0 ? errno : EIO;
}

}  // namespace base
