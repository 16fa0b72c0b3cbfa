// copy_file_range, or reading and writing.
#include "storage/copy_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

#include "base/file_io.h"

namespace storage {
namespace {

/// One read and one write.
constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;

/// The kernel does not copy between these two files, or a filter of system calls does not let it.
bool is_not_possible(int error) {
    return error == EXDEV || error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

std::expected<std::uint64_t, int> copy_by_hand(int from, int to, std::uint64_t offset, std::uint64_t most) {
    std::array<std::byte, kBlockBytes> block;
    std::uint64_t count = 0;
    while (count < most) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(most - count, block.size()));
        const auto got = base::read_or_fail(from, offset, std::span(block).first(wanted));
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
        if (const int error = base::write_at(to, offset, std::span(block).first(*got)); error != 0) {
            return std::unexpected(error);
        }
        count += *got;
    }
    return count;
}

}  // namespace

std::expected<std::uint64_t, int> copy_bytes(int from, int to, std::uint64_t offset, std::uint64_t most) {
    while (true) {
        auto begin = static_cast<off64_t>(offset);
        off64_t end = begin;
        const ssize_t copied = ::copy_file_range(from, &begin, to, &end, static_cast<std::size_t>(most), 0);
        if (copied >= 0) return static_cast<std::uint64_t>(copied);
        if (is_not_possible(errno)) return copy_by_hand(from, to, offset, most);
        if (errno != EINTR) return std::unexpected(errno);
    }
}

}  // namespace storage
