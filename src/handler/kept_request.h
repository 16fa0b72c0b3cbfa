// A copy of a request's head, for responses that come after the call.
#pragma once

#include <string>

#include "http/request.h"

namespace handler {

class KeptRequest {
public:
    explicit KeptRequest(const http::Request& request) : text_(request.text), request_(request) {
        request_.text = text_;
    }
    KeptRequest(const KeptRequest&) = delete;
    KeptRequest& operator=(const KeptRequest&) = delete;
    [[nodiscard]] const http::Request& get() const { return request_; }

private:
    std::string text_;
    http::Request request_;
};

}  // namespace handler
