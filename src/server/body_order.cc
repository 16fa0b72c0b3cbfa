// One switch over the methods.
#include "server/body_order.h"

#include "server/turn.h"

namespace server {

bool is_decided_after_body(const http::Request& request) {
    if (!request.has_body() || request.expects_continue) return false;
    const bool is_long = request.framing.kind == http::Framing::Kind::length && request.framing.length > kMaxDrainBytes;
    switch (request.method) {
        case http::Method::get:
        case http::Method::head:
        case http::Method::options: return request.framing.kind == http::Framing::Kind::chunked;
        case http::Method::del: return !is_long;
        default: return false;
    }
}

}  // namespace server
