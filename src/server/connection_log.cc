// What a connection writes into the two logs about its exchange.
#include <algorithm>
#include <string>

#include "server/connection.h"
#include "server/turn.h"

namespace server {

/// Both logs: the forms of the access log that others define have no place for the reason.
void Connection::log_aborted(const Turn& turn, std::string_view why) const {
    // What is still queued has not been sent.
    exchange_->content_bytes -= std::min<std::uint64_t>(exchange_->content_bytes, output_.bytes());
    log_exchange(turn, why);
    const http::Request& request = exchange_->request;
    std::string text(why);
    if (state_ == ConnectionState::responding)
        text += ", after " + std::to_string(exchange_->content_bytes) + " bytes of it";
    turn.error_log.append(turn.clock, "aborted", &peer_, text, request.target_text.of(request.text));
}

void Connection::log_exchange(const Turn& turn, std::string_view aborted) const {
    if (!turn.access_log.on() || (exchange_->quiet && aborted.empty())) return;
    // A head that did not come whole has no text of its own: its slices are of the input, where it still stands.
    if (exchange_->request.text.empty()) exchange_->request.text = input_.text();
    const http::Request& request = exchange_->request;
    turn.access_log.append(
        {
            .peer = peer_,
            .method = request.method_text.of(request.text),
            .target = request.target_text.of(request.text),
            .minor_version = request.minor_version,
            .referer = request.find(http::FieldName::referer).value_or(""),
            .user_agent = request.find(http::FieldName::user_agent).value_or(""),
            .status = http::code(exchange_->status),
            .body_bytes = exchange_->content_bytes,
            .received_bytes = exchange_->decoder.body_bytes(),
            .duration_ms = turn.clock.now_ms() - exchange_->begun_ms,
            .aborted = aborted,
        },
        turn.clock);
}

}  // namespace server
