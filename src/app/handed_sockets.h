// Listening sockets that the process that started this one opened and handed over (systemd's socket activation). Called
// by serve, before anything else opens a descriptor.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "net/listener.h"

namespace app {

/// The sockets that LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES name; empty when they are not meant for this process.
/// A socket whose name is "https" (FileDescriptorName=https) is one for TLS. The variables are removed from the
/// environment. The error is a sentence about a descriptor that no server can listen on.
[[nodiscard]] std::expected<std::vector<net::Listener>, std::string> take_handed_sockets();

}  // namespace app
