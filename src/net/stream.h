// The byte stream of one connection, as the connection sees it: a socket, something between the socket and the
// connection that codes the bytes (TLS), or a script in tests. Nothing here blocks.
#pragma once

#include <sys/uio.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "net/interest.h"

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
    /// Like receive(), but the bytes stay where they are. Only of streams that code nothing.
    virtual IoResult peek(std::span<std::byte> /*into*/) { return {IoStatus::failed, 0, EOPNOTSUPP}; }
    /// Writes from the pieces in order, at most what the kernel takes. `more`: further bytes follow at once (MSG_MORE).
    virtual IoResult send(std::span<const iovec> pieces, bool more) = 0;
    /// Sends up to `length` bytes of the regular file `file` from `offset`. A file that ended earlier: failed, error 0.
    virtual IoResult send_file(int file, std::uint64_t offset, std::size_t length) = 0;
    /// Bytes that were sent and that the peer has not acknowledged yet: what it reads is seen here long before the
    /// kernel takes more. 0 where that is not known.
    [[nodiscard]] virtual std::uint64_t unacknowledged_bytes() const { return 0; }
    /// Shuts the write side: the peer sees the end after the last byte.
    virtual void shut_down_write() = 0;
    /// Closing will send a reset instead of an orderly end, so that the peer cannot take a cut answer for a whole one.
    virtual void abort() = 0;
    /// Who the peer has proved to be, as the stream found out before its first byte, and as it counts now; empty where
    /// it did not say.
    [[nodiscard]] virtual std::string_view peer_name() { return {}; }
    /// Why the stream failed, where the operator should know: for the error log, of static lifetime; otherwise empty.
    [[nodiscard]] virtual std::string_view refusal() const { return {}; }

    // What a stream that codes its bytes says of itself. Plain streams leave these as they are; they are members and
    // not virtual functions because the loop asks at every turn.

    /// The readiness that the stream itself waits for, besides what the connection wants: one that codes its bytes may
    /// have to write before it can read. While this is not none, receive() is called at any readiness.
    [[nodiscard]] Interest wants() const { return wants_; }
    /// Bytes wait inside the stream, and the poller will not announce them: receive() would give some now.
    [[nodiscard]] bool has_buffered() const { return has_buffered_; }
    /// False where bytes must pass through memory to be coded; then send_file() is not called.
    [[nodiscard]] bool can_send_files() const { return can_send_files_; }
    /// True where nobody between the two ends can read or change the bytes.
    [[nodiscard]] bool is_encrypted() const { return is_encrypted_; }
    /// Of memory that the stream itself holds.
    [[nodiscard]] std::size_t memory_bytes() const { return memory_bytes_; }

protected:
    // Kept up to date by the stream, in each of its calls.
    Interest wants_ = Interest::none;
    bool has_buffered_ = false;
    bool can_send_files_ = true;
    bool is_encrypted_ = false;
    std::size_t memory_bytes_ = 0;
};

/// Makes the streams of a listener whose bytes are coded: over TLS.
class StreamWrapper {
public:
    virtual ~StreamWrapper() = default;
    /// The stream over `inner`, a connection that was just accepted. This outlives the stream.
    virtual std::unique_ptr<Stream> wrap(std::unique_ptr<Stream> inner) = 0;
};

}  // namespace net
