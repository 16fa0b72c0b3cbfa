// GET /user-agent: the value of the request's User-Agent comes back as plain text. Called by the router.
#pragma once

#include "handlers/handler.h"

namespace handlers {

class UserAgent final : public Handler {
public:
    Decision handle(const http::Request& request) override;
};

}  // namespace handlers
