// An exchange, and what HTTP/2 needs for it: its stream, the builder of its head, and what waits in either direction.
// Borrowed by a connection when a stream opens and given back when the stream is closed and its work is done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/head_builder.h"
#include "server/exchange.h"
#include "server/patience.h"

namespace server::http2 {

struct Exchange final : server::Exchange {
    /// How far the request was read.
    enum class Reading : std::uint8_t {
        head,      ///< its fields are coming
        waiting,   ///< the head is in; the handler was not asked yet
        dropping,  ///< the body is thrown away, and the handler asked behind it
        asked,     ///< the handler was asked
    };

    std::int32_t stream = 0;  ///< its identifier; 0 once it is closed and only the work goes on
    Reading reading = Reading::head;
    bool queued = false;         ///< stands in the connection's list of what has work
    bool heavy = false;          ///< as the handler says, or because it works for its answer
    bool request_ended = false;  ///< END_STREAM came
    bool failed = false;         ///< the content cannot be finished
    bool rests = false;          ///< the source has used its share of this turn
    bool works = false;          ///< the content comes from a source that computes
    bool deferred = false;       ///< content is asked for again only after Session::resume()
    bool stays_small = false;    ///< the sink had to catch up: its window does not grow

    http::HeadBuilder head;
    std::string trailers;  ///< CRLF-ended lines
    std::string body;      ///< what came and was not taken by the sink yet
    std::string kept;      ///< content that was made and that the window had no room for

    std::string_view why_reset;  ///< what the log says when this side breaks the stream off

    std::uint64_t received_bytes = 0;     ///< of the request's body
    std::uint32_t window_bytes = 0;       ///< what the peer may send ahead
    std::uint64_t taken_since_grown = 0;  ///< by the sink, since the window last grew

    /// Deadline of what it waits for: the head, more of the body, or room for the answer.
    base::MonotonicMs due_ms = 0;
    base::MonotonicMs mark_ms = 0;  ///< since when mark_bytes are counted
    std::uint64_t mark_bytes = 0;
    Patience patience;  ///< for the content that its window let through

    /// All the memory that it holds.
    [[nodiscard]] std::size_t held_bytes() const {
        return sizeof *this + request.text.size() + trailers.capacity() + body.capacity() + kept.capacity() +
               server::Exchange::memory_bytes();
    }

    /// Hides server::Exchange::reset() on purpose: the pool calls this one.
    void reset();
};

}  // namespace server::http2
