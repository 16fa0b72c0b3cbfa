// What lives for one request and its response. Borrowed by a connection at a request's first byte and given back when
// the answer is queued, so that an idle connection has none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/body.h"
#include "http/body_decoder.h"
#include "http/head_parser.h"
#include "http/request.h"
#include "http/status.h"

namespace server {

/// What follows the answer.
enum class Ending : std::uint8_t {
    keep,    ///< another request may come
    drain,   ///< first the rest of this request's body, which is thrown away
    close,   ///< the connection ends; the request was read whole
    linger,  ///< the connection ends, and the peer may still be sending: read on so that no reset eats the answer
};

/// Of the request's body.
enum class BodyProgress : std::uint8_t { none, unread, ended };

struct Exchange {
    http::HeadParser parser;
    http::Request request;
    std::string kept_head;  ///< the head's text, once the input buffer is needed for other bytes

    http::BodyDecoder decoder;
    BodyProgress body_progress = BodyProgress::none;
    base::MonotonicMs body_due_ms = 0;   ///< deadline of reading_body
    base::MonotonicMs body_mark_ms = 0;  ///< since when body_mark_bytes are counted
    std::uint64_t body_mark_bytes = 0;
    std::unique_ptr<http::BodySink> sink;
    std::unique_ptr<http::PendingResponse> pending;

    http::Status status = http::Status::ok;
    bool quiet = false;                                               ///< not in the access log
    http::Framing::Kind content_framing = http::Framing::Kind::none;  ///< of the response
    http::Body body;
    std::size_t piece_index = 0;      ///< of body's pieces: the one being sent
    std::uint64_t piece_offset = 0;   ///< bytes of it that are queued
    std::uint64_t content_bytes = 0;  ///< of the response's content, queued so far
    base::MonotonicMs begun_ms = 0;   ///< when the head's first byte was seen

    /// Ready for the next request; keeps the memory of its strings.
    void reset();
    /// Copies the head out of the input buffer, so that it can be reused. Idempotent.
    void keep_head();
};

/// Exchanges not in use, last in first out.
class ExchangePool {
public:
    explicit ExchangePool(std::size_t keep) : keep_(keep) {}
    [[nodiscard]] std::unique_ptr<Exchange> take();
    void give_back(std::unique_ptr<Exchange> exchange);

private:
    std::size_t keep_;
    std::vector<std::unique_ptr<Exchange>> unused_;
};

}  // namespace server
