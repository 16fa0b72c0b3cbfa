#include "server/metrics.h"

#include "base/counter_text.h"

namespace server {

std::string counters_text(const Metrics& metrics) {
    std::string text = "counters:";
    base::append_counter(text, "connections_accepted", metrics.connections_accepted);
    base::append_counter(text, "connections_refused", metrics.connections_refused);
    base::append_counter(text, "connections_displaced", metrics.connections_displaced);
    base::append_counter(text, "accept_pauses", metrics.accept_pauses);
    base::append_counter(text, "requests", metrics.requests);
    for (std::size_t i = 1; i < metrics.responses_by_class.size(); ++i) {
        base::append_counter(text, "responses_" + std::to_string(i) + "xx", metrics.responses_by_class[i]);
    }
    base::append_counter(text, "requests_refused", metrics.requests_refused);
    base::append_counter(text, "responses_aborted", metrics.responses_aborted);
    base::append_counter(text, "uploads_aborted", metrics.uploads_aborted);
    base::append_counter(text, "deadlines_passed", metrics.deadlines_passed);
    base::append_counter(text, "bytes_received", metrics.bytes_received);
    base::append_counter(text, "bytes_sent", metrics.bytes_sent);
    return text;
}

}  // namespace server
