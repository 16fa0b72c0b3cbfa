// Copies bytes from one open file to another, by the kernel where that is possible: a file system that can share blocks
// shares them then. Called by FileSink and TreeCopy.
#pragma once

#include <cstdint>
#include <expected>

namespace storage {

/// Copies at most `most` bytes, from `offset` on in both files. Returns how many were copied, 0 at the end of `from`;
/// or an errno.
[[nodiscard]] std::expected<std::uint64_t, int> copy_bytes(int from, int to, std::uint64_t offset, std::uint64_t most);

}  // namespace storage
