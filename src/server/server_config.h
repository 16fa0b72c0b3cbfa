// The settings of the server, with defaults and the reason for each bound. Filled by app/options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "net/address.h"
#include "net/address_range.h"
#include "net/proxy_header.h"

namespace server {

/// The format of the access log. `extended` is `combined` followed by the time and the reason of an early end.
enum class LogFormat : std::uint8_t { common, combined, extended, json };

/// The least that can be given for all that is buffered: one client's listing and archives, and a few dozen
/// connections that hold all they may.
inline constexpr std::size_t kLeastMemoryBytes = std::size_t{64} * 1024 * 1024;

struct ServerConfig {
    std::vector<net::Address> addresses;  ///< at least one

    /// The most connections at once; a further one is answered 503 and closed. Bounds descriptors and memory.
    std::size_t max_connections = 10'000;
    /// The connections of one client; at the limit its own longest unused one makes room. 0: four fifths of all, so
    /// that one client never has them all, or all where there are fewer than 1,000. Connections of trusted proxies and
    /// of unix sockets are those of many clients, and are not bounded by this.
    std::size_t max_connections_per_client = 0;
    [[nodiscard]] std::size_t connections_per_client() const {
        if (max_connections_per_client > 0) return max_connections_per_client;
        return max_connections < 1'000 ? max_connections : max_connections - max_connections / 5;
    }
    /// Requests of one client that are under way; more are 429. 0: 1,000, or max_connections_per_client where that is
    /// more. Each upload holds two descriptors, and each stream of HTTP/2 can be one.
    std::size_t max_requests_per_client = 0;
    [[nodiscard]] std::size_t requests_per_client() const {
        constexpr std::size_t kUsual = 1'000;
        if (max_requests_per_client > 0) return max_requests_per_client;
        return max_connections_per_client > kUsual ? max_connections_per_client : kUsual;
    }
    /// Of all that is buffered: what waits on connections, what makes their answers, and the cache. When it is short,
    /// connections that hold much for long are closed.
    std::size_t memory_bytes = std::size_t{256} * 1024 * 1024;
    /// Whose word about clients is believed (Forwarded, X-Forwarded-*).
    std::vector<net::AddressRange> trusted_proxies;
    /// Connections begin with a header of the PROXY protocol, which only trusted proxies may send.
    net::ProxyVersions proxy_protocol = net::ProxyVersions::none;

    /// Connections whose first bytes are the preface of HTTP/2 speak it.
    bool http2 = true;

    std::int64_t keep_alive_ms = 75'000;      ///< idle between requests; browsers reuse within about a minute
    std::int64_t header_timeout_ms = 10'000;  ///< for a whole head, absolute: trickling does not help
    std::int64_t body_timeout_ms = 30'000;    ///< without progress at min_rate
    std::int64_t write_timeout_ms = 30'000;   ///< without the peer reading at min_rate
    std::int64_t drain_timeout_ms = 5'000;    ///< for the rest of a body that was answered early
    std::int64_t linger_timeout_ms = 2'000;   ///< after our half-close, for the peer's
    std::int64_t shutdown_grace_ms = 10'000;  ///< for requests in flight after SIGTERM
    /// Bytes per second that a peer has to send of a body, or read of an answer, for its deadline to move.
    std::uint64_t min_rate = 100;

    /// "-" is standard output (access, audit) or standard error (error); empty is off.
    std::string access_log;
    std::string audit_log;
    std::string error_log = "-";
    LogFormat log_format = LogFormat::combined;
    /// Each request has an id in the logs and in its answer (request_id.h).
    bool has_request_ids = false;
};

}  // namespace server
