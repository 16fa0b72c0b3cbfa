// The byte stream of one connection, as the connection sees it: a socket in production, a script in tests.
// Nothing here blocks.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace net {

enum class IoStatus : std::uint8_t {
    progress,     ///< `bytes` were moved, at least one
    would_block,  ///< nothing moved; the poller will say when to try again
    closed,       ///< receive: the peer has shut its write side; send: the peer is gone
    failed,       ///< `error` is the errno
};

struct IoResult {
    IoStatus status;
    std::size_t bytes = 0;
    int error = 0;
};

class Stream {
public:
    virtual ~Stream() = default;
    /// Reads at most `into.size()` (> 0) bytes.
    virtual IoResult receive(std::span<std::byte> into) = 0;
    /// Writes from the pieces in order, at most what the kernel takes. `more`: further bytes follow at once (MSG_MORE).
    virtual IoResult send(std::span<const iovec> pieces, bool more) = 0;
    /// Sends up to `length` bytes of the regular file `file` from `offset`. A file that ended earlier: failed, error 0.
    virtual IoResult send_file(int file, std::uint64_t offset, std::size_t length) = 0;
    /// Shuts the write side: the peer sees the end after the last byte.
    virtual void shut_down_write() = 0;
    /// Closing will send a reset instead of an orderly end, so that the peer cannot take a cut answer for a whole one.
    virtual void abort() = 0;
};

}  // namespace net
