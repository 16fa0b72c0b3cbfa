// System calls to outcomes.
#include "net/socket.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace net {

namespace {

// The most that Linux moves in one call.
constexpr std::size_t kMaxTransfer = 0x7ffff000;

IoResult receive_error(int error) {
    if (error == EAGAIN) return {IoStatus::would_block};
    return {IoStatus::failed, 0, error};
}

IoResult receive_from(int fd, std::span<std::byte> into, int flags) {
    for (;;) {
        const ssize_t count = ::recv(fd, into.data(), into.size(), flags);
        if (count > 0) return {IoStatus::progress, static_cast<std::size_t>(count)};
        if (count == 0) return {IoStatus::closed};
        if (errno != EINTR) return receive_error(errno);
    }
}

// A peer that is gone is the ordinary end of many connections, not a fault to report.
IoResult send_error(int error) {
    if (error == EAGAIN) return {IoStatus::would_block};
    if (error == EPIPE || error == ECONNRESET) return {IoStatus::closed, 0, error};
    return {IoStatus::failed, 0, error};
}

}  // namespace

IoResult SocketStream::receive(std::span<std::byte> into) { return receive_from(fd_.get(), into, 0); }

IoResult SocketStream::peek(std::span<std::byte> into) { return receive_from(fd_.get(), into, MSG_PEEK); }

IoResult SocketStream::send(std::span<const iovec> pieces, bool more) {
    const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    for (;;) {
        ssize_t count = 0;
        if (pieces.size() == 1) {
            // The common answer; the kernel copies no msghdr and no vector.
            count = ::send(fd_.get(), pieces[0].iov_base, pieces[0].iov_len, flags);
        } else {
            msghdr message{};
            message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg only reads
            message.msg_iovlen = pieces.size();
            count = ::sendmsg(fd_.get(), &message, flags);
        }
        if (count >= 0) return {IoStatus::progress, static_cast<std::size_t>(count)};
        if (errno != EINTR) return send_error(errno);
    }
}

IoResult SocketStream::send_file(int file, std::uint64_t offset, std::size_t length) {
    for (;;) {
        auto position = static_cast<off_t>(offset);
        const ssize_t count = ::sendfile(fd_.get(), file, &position, std::min(length, kMaxTransfer));
        if (count > 0) return {IoStatus::progress, static_cast<std::size_t>(count)};
        if (count == 0) return {IoStatus::failed};  // the file ends before the offset
        if (errno != EINTR) return send_error(errno);
    }
}

std::uint64_t SocketStream::unacknowledged_bytes() const {
    int bytes = 0;
    return ::ioctl(fd_.get(), SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

// The peer may be gone already; then there is nothing left to shut.
void SocketStream::shut_down_write() { ::shutdown(fd_.get(), SHUT_WR); }

void SocketStream::abort() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace net
