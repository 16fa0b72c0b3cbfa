// GET /healthz: "ok" while the server takes new work, 503 while it shuts down. For load balancers and supervisors.
// Called by the router.
#pragma once

#include "handler/handler.h"

namespace site {

class Health final : public handler::Handler {
public:
    enum class State : std::uint8_t { ready, stopping };

    handler::Decision handle(const http::Request& request) override;
    void set_state(State state) { state_ = state; }

private:
    State state_ = State::ready;
};

}  // namespace site
