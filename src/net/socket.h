// The Stream of production: a connected, non-blocking socket. Owned by the connection.
// The only user of sendfile().
#pragma once

#include <utility>

#include "base/fd.h"
#include "net/stream.h"

namespace net {

class SocketStream final : public Stream {
public:
    explicit SocketStream(base::Fd fd) : fd_(std::move(fd)) {}

    IoResult receive(std::span<std::byte> into) override;
    IoResult peek(std::span<std::byte> into) override;
    IoResult send(std::span<const iovec> pieces, bool more) override;
    IoResult send_file(int file, std::uint64_t offset, std::size_t length) override;
    [[nodiscard]] std::uint64_t unacknowledged_bytes() const override;
    void shut_down_write() override;
    void abort() override;

private:
    base::Fd fd_;
};

}  // namespace net
