// Local sockets of the kind that keeps messages apart (SOCK_SEQPACKET).
#include "base/message_line.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace base {
namespace {

struct alignas(cmsghdr) FileRoom {
    std::array<char, CMSG_SPACE(kMostFilesAlong * sizeof(int))> bytes;
};

}  // namespace

std::optional<MessageLine> make_message_line() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return std::nullopt;
    MessageLine line{Fd(ends[0]), Fd(ends[1])};
    ::fcntl(line.ours.get(), F_SETFL, ::fcntl(line.ours.get(), F_GETFL) | O_NONBLOCK);
    return line;
}

bool send_message(int socket, std::span<const char> message, std::span<const int> files) {
    iovec part{const_cast<char*>(message.data()), message.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    FileRoom room{};
    if (!files.empty()) {
        if (files.size() > kMostFilesAlong) {
            errno = EINVAL;
            return false;
        }
        header.msg_control = room.bytes.data();
        header.msg_controllen = CMSG_SPACE(files.size_bytes());
        cmsghdr* const along = CMSG_FIRSTHDR(&header);
        along->cmsg_level = SOL_SOCKET;
        along->cmsg_type = SCM_RIGHTS;
        along->cmsg_len = CMSG_LEN(files.size_bytes());
        std::memcpy(CMSG_DATA(along), files.data(), files.size_bytes());
    }
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(socket, &header, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

ssize_t receive_message(int socket, std::span<char> room, std::vector<Fd>& files) {
    iovec part{room.data(), room.size()};
    FileRoom along_room{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = along_room.bytes.data();
    header.msg_controllen = along_room.bytes.size();
    ssize_t length = 0;
    // ECONNRESET: the other side ended before it had read all. The kernel tells that once, ahead of the last messages
    // that it sent.
    do {
        length = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (length < 0 && (errno == EINTR || errno == ECONNRESET));
    const cmsghdr* const along = length > 0 ? CMSG_FIRSTHDR(&header) : nullptr;
    if (along != nullptr && along->cmsg_level == SOL_SOCKET && along->cmsg_type == SCM_RIGHTS) {
        const std::size_t count = (along->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(along) + i * sizeof number, sizeof number);
            files.emplace_back(number);
        }
    }
    return length;
}

}  // namespace base
