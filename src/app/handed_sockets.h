// Listening sockets that the process that started this one opened and handed over (systemd's socket activation). Called
// by serve, before anything else opens a descriptor.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "net/listener.h"

namespace app {

struct HandedSockets {
    std::vector<net::Listener> site;
    std::vector<net::Listener> admin;  ///< with the name "admin"; only addresses that others cannot reach
};

/// The sockets that LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES name; none when they are not meant for this process.
/// A socket whose name is "https" (FileDescriptorName=https) is one for TLS. The variables are removed from the
/// environment. The error is a sentence about a descriptor that no server can listen on.
[[nodiscard]] std::expected<HandedSockets, std::string> take_handed_sockets();

}  // namespace app
