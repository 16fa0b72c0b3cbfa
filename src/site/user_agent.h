// GET /user-agent: the value of the request's User-Agent comes back as plain text. Called by the router.
#pragma once

#include "handler/handler.h"

namespace site {

class UserAgent final : public handler::Handler {
public:
    handler::Decision handle(const http::Request& request) override;
};

}  // namespace site
