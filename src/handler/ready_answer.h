// The response of a sink that is known when the body is complete, and waits for nothing. Made by the sinks.
#pragma once

#include <optional>
#include <utility>

#include "http/body.h"
#include "http/response.h"

namespace handler {

class ReadyAnswer final : public http::PendingResponse {
public:
    explicit ReadyAnswer(http::Response response) : response_(std::move(response)) {}
    std::optional<http::Response> advance(http::Wake) override { return std::move(response_); }

private:
    http::Response response_;
};

}  // namespace handler
