// Counters of one process; plain numbers, since one thread counts. The reactor writes them to the error log when it is
// asked by SIGUSR1, and at its end.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace server {

struct Metrics {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;              ///< over the limit: 503
    std::uint64_t connections_displaced = 0;            ///< unused ones that made room at the limit
    std::uint64_t accept_pauses = 0;                    ///< out of descriptors
    std::uint64_t requests = 0;                         ///< answered, whatever the status
    std::array<std::uint64_t, 6> responses_by_class{};  ///< index 2 is 2xx
    std::uint64_t requests_refused = 0;                 ///< malformed, too large or timed out
    std::uint64_t responses_aborted = 0;                ///< the peer left, or the file changed while it was sent
    std::uint64_t uploads_aborted = 0;                  ///< the body ended early
    std::uint64_t deadlines_passed = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
};

/// For the error log: "counters: name=value ...", in an order that stays.
[[nodiscard]] std::string counters_text(const Metrics& metrics);

}  // namespace server
