#include "server/metrics.h"

namespace server {
namespace {

void add(std::string& text, std::string_view name, std::uint64_t value) {
    text.append(" ").append(name).append("=").append(std::to_string(value));
}

}  // namespace

std::string counters_text(const Metrics& metrics) {
    std::string text = "counters:";
    add(text, "connections_accepted", metrics.connections_accepted);
    add(text, "connections_refused", metrics.connections_refused);
    add(text, "accept_pauses", metrics.accept_pauses);
    add(text, "requests", metrics.requests);
    for (std::size_t i = 1; i < metrics.responses_by_class.size(); ++i) {
        add(text, "responses_" + std::to_string(i) + "xx", metrics.responses_by_class[i]);
    }
    add(text, "requests_refused", metrics.requests_refused);
    add(text, "responses_aborted", metrics.responses_aborted);
    add(text, "uploads_aborted", metrics.uploads_aborted);
    add(text, "deadlines_passed", metrics.deadlines_passed);
    add(text, "bytes_received", metrics.bytes_received);
    add(text, "bytes_sent", metrics.bytes_sent);
    return text;
}

}  // namespace server
