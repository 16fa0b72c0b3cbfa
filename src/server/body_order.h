// Decides whether the handler is asked before or after the request's body has arrived. Called by connections, whatever
// they speak.
#pragma once

#include "http/request.h"

namespace server {

/// True when the handler, which ignores the body, is asked only once the body is complete, so that a malformed chunk is
/// reported before anything is deleted or answered. Otherwise the head alone decides.
[[nodiscard]] bool is_decided_after_body(const http::Request& request);

}  // namespace server
