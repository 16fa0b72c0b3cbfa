#include "server/metrics.h"

namespace server {

base::Counters::Registration register_counters(base::Counters& counters, const Metrics& metrics) {
    using enum base::CounterKind;
    using base::counter;
    const auto& by_class = metrics.responses_by_class;
    return counters.add({
        counter("connections_accepted", total, "connections that were accepted", metrics.connections_accepted),
        counter("connections_refused", total, "connections answered 503 because no more are allowed",
                metrics.connections_refused),
        counter("connections_displaced", total, "unused connections closed to make room for new ones",
                metrics.connections_displaced),
        counter("connections_over_share", total, "connections answered 503 because their client has too many",
                metrics.connections_over_share),
        counter("accept_pauses", total, "times that accepting paused because no descriptor was left",
                metrics.accept_pauses),
        counter("proxy_headers_refused", total, "connections closed because of their PROXY header, or without one",
                metrics.proxy_headers_refused),
        counter("proxy_strangers", total, "connections closed because they are not from a trusted proxy",
                metrics.proxy_strangers),
        counter("requests", total, "requests that were answered, whatever the status", metrics.requests),
        counter("responses_1xx", total, "final responses with a status from 100 to 199", by_class[1]),
        counter("responses_2xx", total, "responses with a status from 200 to 299", by_class[2]),
        counter("responses_3xx", total, "responses with a status from 300 to 399", by_class[3]),
        counter("responses_4xx", total, "responses with a status from 400 to 499", by_class[4]),
        counter("responses_5xx", total, "responses with a status from 500 to 599", by_class[5]),
        counter("requests_refused", total, "requests that were malformed, too large or too slow",
                metrics.requests_refused),
        counter("responses_aborted", total, "responses cut because the client left or the file changed",
                metrics.responses_aborted),
        counter("uploads_aborted", total, "uploads whose body ended early", metrics.uploads_aborted),
        counter("deadlines_passed", total, "connections on which a deadline passed", metrics.deadlines_passed),
        counter("bytes_received", total, "bytes received from clients", metrics.bytes_received),
        counter("bytes_sent", total, "bytes given to the kernel for clients", metrics.bytes_sent),
        counter("http2_connections", total, "connections that spoke HTTP/2", metrics.http2.connections),
        counter("http2_resets_received", total, "streams of HTTP/2 that clients reset", metrics.http2.resets_received),
        counter("http2_resets_sent", total, "streams of HTTP/2 that were reset because of a fault in them",
                metrics.http2.resets_sent),
        counter("http2_calmed", total, "connections of HTTP/2 ended because a bound was passed", metrics.http2.calmed),
        counter("http2_broken", total, "connections of HTTP/2 ended because the client broke its rules",
                metrics.http2.broken),
    });
}

}  // namespace server
