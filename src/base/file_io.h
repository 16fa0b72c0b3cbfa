// Bytes from and to a place in an open file, whole where one system call does less. Called by the sources and sinks of
// files and by the records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace base {

/// Reads up to `into.size()` bytes from `offset`; fewer at the end of the file or at an error.
[[nodiscard]] std::size_t read_at(int file, std::uint64_t offset, std::span<std::byte> into);

/// True when `length` bytes from `offset`, at least 1, are in the kernel's memory, judged by the first, the middle and
/// the last of them: reading them does not wait for the disk. Also true where the file system cannot tell.
[[nodiscard]] bool is_in_memory(int file, std::uint64_t offset, std::uint64_t length);

/// Reads exactly `into.size()` bytes; false when the file ends earlier or cannot be read.
[[nodiscard]] bool read_exactly(int file, std::uint64_t offset, std::span<std::byte> into);

/// Like read_at(), but an error is an errno, even when some bytes were read: a shorter file is told from a failed disk.
[[nodiscard]] std::expected<std::size_t, int> read_or_fail(int file, std::uint64_t offset, std::span<std::byte> into);

/// Writes all of `bytes` at `offset`, and adds to `offset` what was written, also when that was not all. 0, or an
/// errno.
[[nodiscard]] int write_at(int file, std::uint64_t& offset, std::span<const std::byte> bytes);

/// Overwrites the first of the last `length` bytes that were written to `file`, which was opened with O_APPEND and
/// appends no more from here on. 0, or an errno.
[[nodiscard]] int overwrite_first(int file, std::size_t length, char byte);

}  // namespace base
