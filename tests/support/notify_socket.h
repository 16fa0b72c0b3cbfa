// What a service manager listens on for the messages of a service (NOTIFY_SOCKET). Called by the tests of app and by
// the end-to-end tests.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>

#include "base/fd.h"
#include "support/catch.h"

namespace support {

class NotifySocket {
public:
    /// `address`: a path, or '@' and the name of an abstract socket.
    explicit NotifySocket(const std::string& address) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        REQUIRE(address.size() < sizeof name.sun_path);
        std::memcpy(name.sun_path, address.data(), address.size());
        if (address.starts_with('@')) name.sun_path[0] = '\0';
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
        REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&name), length) == 0);
    }

    /// The next message; "" when none comes within `wait_ms`.
    [[nodiscard]] std::string next(int wait_ms = 0) const {
        pollfd waiting{fd_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, wait_ms) != 1) return {};
        std::array<char, 4096> text{};
        const auto length = ::recv(fd_.get(), text.data(), text.size(), 0);
        return length < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(length));
    }

private:
    base::Fd fd_;
};

}  // namespace support
