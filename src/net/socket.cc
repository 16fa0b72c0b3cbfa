// recv, sendmsg, sendfile and shutdown, as outcomes.
#include "net/socket.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

namespace net {
namespace {

IoResult from_send_errno(int error) {
    if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return {IoStatus::would_block};
    if (error == EPIPE || error == ECONNRESET) return {IoStatus::closed, 0, error};
    return {IoStatus::failed, 0, error};
}

}  // namespace

IoResult SocketStream::receive(std::span<std::byte> into) {
    ssize_t count = 0;
    do {
        count = ::recv(fd_.get(), into.data(), into.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count > 0) return {IoStatus::progress, static_cast<std::size_t>(count)};
    if (count == 0) return {IoStatus::closed};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {IoStatus::would_block};
    return {IoStatus::failed, 0, errno};
}

IoResult SocketStream::send(std::span<const iovec> pieces, bool more) {
    const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    ssize_t count = 0;
    if (pieces.size() == 1) {
        count = ::send(fd_.get(), pieces[0].iov_base, pieces[0].iov_len, flags);
    } else {
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(pieces.data());
        message.msg_iovlen = pieces.size();
        count = ::sendmsg(fd_.get(), &message, flags);
    }
    if (count >= 0) return {IoStatus::progress, static_cast<std::size_t>(count)};
    return from_send_errno(errno);
}

IoResult SocketStream::send_file(int file, std::uint64_t offset, std::size_t length) {
    auto position = static_cast<off_t>(offset);
    const ssize_t count = ::sendfile(fd_.get(), file, &position, length);
    if (count > 0) return {IoStatus::progress, static_cast<std::size_t>(count)};
    if (count == 0) return {IoStatus::failed};
    return from_send_errno(errno);
}

void SocketStream::shut_down_write() { ::shutdown(fd_.get(), SHUT_WR); }

void SocketStream::abort() {
    const linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace net
