// What the server counts about connections and requests. One thread counts, so these are plain numbers. Owned by the
// reactor, which registers them.
#pragma once

#include <array>
#include <cstdint>

#include "base/counters.h"

namespace server {

/// Of HTTP/2, besides what is counted for every connection.
struct Http2Metrics {
    std::uint64_t connections = 0;
    std::uint64_t resets_received = 0;
    std::uint64_t resets_sent = 0;
    std::uint64_t calmed = 0;
    std::uint64_t broken = 0;
};

struct Metrics {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t connections_displaced = 0;
    std::uint64_t connections_over_share = 0;
    std::uint64_t accept_pauses = 0;
    std::uint64_t proxy_headers_refused = 0;
    std::uint64_t proxy_strangers = 0;
    std::uint64_t requests = 0;
    std::array<std::uint64_t, 6> responses_by_class{};  ///< index 2 is 2xx
    std::uint64_t requests_refused = 0;
    std::uint64_t responses_aborted = 0;
    std::uint64_t uploads_aborted = 0;
    std::uint64_t deadlines_passed = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    Http2Metrics http2;
};

/// `metrics` outlives what is returned.
[[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters, const Metrics& metrics);

}  // namespace server
