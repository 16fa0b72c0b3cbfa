// GET /echo/{text}: the text comes back as plain text. For load tests and for trying a client. Called by the router.
#pragma once

#include <string_view>

#include "handler/handler.h"

namespace site {

class Echo final : public handler::Handler {
public:
    static constexpr std::string_view kPrefix = "/echo/";

    /// The path begins with kPrefix; what follows, percent-decoded, is the body.
    handler::Decision handle(const http::Request& request) override;
};

}  // namespace site
