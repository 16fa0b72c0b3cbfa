// Which process has a port that we were refused. Called by the listener for its sentence, at the start only.
#pragma once

#include <string>

#include "net/address.h"

namespace net {

/// " by process 123 (nginx)", or empty where that cannot be found out: other users' processes need root.
[[nodiscard]] std::string port_holder_text(const Address& address);

}  // namespace net
