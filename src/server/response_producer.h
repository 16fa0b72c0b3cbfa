// A response into the output queue: the head once, then the content piece by piece, never above the high-water mark.
// Called by the connection in `responding`.
#pragma once

#include <cstdint>

#include "net/output_queue.h"
#include "server/exchange.h"
#include "server/turn.h"

namespace server {

enum class Produced : std::uint8_t {
    all,     ///< the last byte is queued
    more,    ///< there is more when output has left
    worked,  ///< a source worked for its share of the turn; call again in the next one
    failed,  ///< the content cannot be finished: the connection must be aborted
};

/// Writes the head of `response` and takes its body over into `exchange`, whose request is set.
/// `ending`: what the Connection field says; content that only the end of the connection delimits makes it close.
void begin_response(http::Response&& response, Exchange& exchange, Ending& ending, net::OutputQueue& output,
                    Turn& turn);

/// Queues more of the content.
[[nodiscard]] Produced produce(Exchange& exchange, net::OutputQueue& output, Turn& turn);

}  // namespace server
