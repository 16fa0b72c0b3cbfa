// An exchange, and what HTTP/1 needs for it: the parser of its head, the decoder of its body, and how its response is
// framed. Borrowed by a connection at a request's first byte and given back when the answer is queued.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "http/body_decoder.h"
#include "http/framing.h"
#include "http/head_parser.h"
#include "server/exchange.h"

namespace server::http1 {

struct Exchange final : server::Exchange {
    http::HeadParser parser;
    http::BodyDecoder decoder;
    std::string kept_head;  ///< the head's text, once the input buffer is needed for other bytes

    base::MonotonicMs due_ms = 0;        ///< when the head, or more of the body, must be in
    base::MonotonicMs body_mark_ms = 0;  ///< since when body_mark_bytes are counted
    std::uint64_t body_mark_bytes = 0;

    http::Framing::Kind response_framing = http::Framing::Kind::none;

    /// Hides the function of the base on purpose: the pool knows this type.
    void reset() {
        parser.reset();
        if (request_body() != RequestBody::none) decoder.start({});
        kept_head.clear();
        response_framing = http::Framing::Kind::none;
        server::Exchange::reset();
    }
    /// All the memory that it holds.
    [[nodiscard]] std::size_t held_bytes() const {
        return sizeof *this + kept_head.capacity() + server::Exchange::memory_bytes();
    }
    /// Copies the head out of the input buffer, so that the buffer can be reused. Idempotent.
    void keep_head() {
        if (!kept_head.empty()) return;
        kept_head.assign(request.text);
        request.text = kept_head;
    }
};

}  // namespace server::http1
