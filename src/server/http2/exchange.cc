// Makes an exchange ready for its next stream.
#include "server/http2/exchange.h"

namespace server::http2 {

void Exchange::reset() {
    // Memory of bodies is not kept: few exchanges have one.
    constexpr std::size_t kKeptBytes = 4096;
    stream = 0;
    reading = Reading::head;
    queued = heavy = request_ended = failed = rests = works = deferred = stays_small = false;
    head.reset();
    trailers.clear();
    body.clear();
    kept.clear();
    if (body.capacity() > kKeptBytes) body.shrink_to_fit();
    if (kept.capacity() > kKeptBytes) kept.shrink_to_fit();
    why_reset = {};
    received_bytes = 0;
    window_bytes = 0;
    taken_since_grown = 0;
    mark_bytes = 0;
    patience.reset();
    server::Exchange::reset();
}

}  // namespace server::http2
