// Descriptors that go through a local socket, for tests of processes that hand them on.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstring>

#include "base/fd.h"

namespace support {

/// A message of one byte that can carry a descriptor.
struct DescriptorMessage {
    DescriptorMessage() {
        header.msg_iov = &content;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
    }
    DescriptorMessage(const DescriptorMessage&) = delete;
    DescriptorMessage& operator=(const DescriptorMessage&) = delete;

    char byte = 'd';
    iovec content{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{};
};

inline bool send_descriptor(int socket, int descriptor) {
    DescriptorMessage message;
    cmsghdr* const carried = CMSG_FIRSTHDR(&message.header);
    carried->cmsg_level = SOL_SOCKET;
    carried->cmsg_type = SCM_RIGHTS;
    carried->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(carried), &descriptor, sizeof(int));
    return ::sendmsg(socket, &message.header, MSG_NOSIGNAL) == 1;
}

/// Waits for 10 s at most; none when none came.
inline base::Fd take_descriptor(int socket) {
    pollfd waiting{socket, POLLIN, 0};
    if (::poll(&waiting, 1, 10'000) != 1) return base::Fd();
    DescriptorMessage message;
    if (::recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC) <= 0) return base::Fd();
    const cmsghdr* const carried = CMSG_FIRSTHDR(&message.header);
    if (carried == nullptr) return base::Fd();
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(carried), sizeof(int));
    return base::Fd(descriptor);
}

}  // namespace support
