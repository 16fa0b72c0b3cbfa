// When a connection has waited long enough, and what it does then.
#include <algorithm>
#include <optional>

#include "server/http1/connection.h"

namespace server::http1 {

using enum ConnectionState;

Connection::Verdict Connection::expire(Turn& turn) {
    const std::optional<base::MonotonicMs> due = deadline(turn.config);
    if (!due || *due > turn.clock.now_ms()) return Verdict::wait;
    const bool is_for_output = !transport_.output.empty() && *due == transport_.write_due_ms(turn.config);
    if (is_for_output && transport_.peer_has_read(turn)) return Verdict::wait;
    ++turn.metrics.deadlines_passed;
    if (state_ == reading && transport_.output.empty()) {
        refuse_request({http::Status::request_timeout, exchange_->parser.is_complete()
                                                           ? "the request's body came too slowly"
                                                           : "the request's head did not arrive in time"},
                       turn);
        return advance(turn);
    }
    if (state_ == answering) {
        transport_.stream->abort();
        if (peer_gone(turn, has_pending_work() ? "" : "the peer took too long to read the answer") == Step::blocked) {
            return Verdict::wait;
        }
        return Verdict::close;
    }
    move(ConnectionEvent::deadline_passed, turn);
    return Verdict::close;
}

base::MonotonicMs Connection::stalled_since_ms() const {
    switch (state_) {
        case fresh:
        case idle:
            if (transport_.output.empty()) return state_since_ms_;
            break;
        case reading:
            if (!transport_.output.empty()) break;
            return exchange_->parser.is_complete() ? exchange_->body_mark_ms : exchange_->begun_ms();
        case draining:
        case lingering: return state_since_ms_;
        case answering:
        case closed: break;
    }
    return transport_.sending_ms;
}

std::optional<base::MonotonicMs> Connection::deadline(const ServerConfig& config) const {
    const base::MonotonicMs write_due = transport_.write_due_ms(config);
    const auto with_output = [&](base::MonotonicMs due) { return sends() ? std::min(due, write_due) : due; };
    switch (state_) {
        case fresh: return with_output(state_since_ms_ + config.header_timeout_ms);
        case idle: return sends() ? write_due : state_since_ms_ + config.keep_alive_ms;
        case reading: return with_output(exchange_->due_ms);
        case answering:
            if (sends()) return write_due;
            if (exchange_->state() != ExchangeState::responding || exchange_->waits_for_content()) return std::nullopt;
            return write_due;
        case draining: return with_output(state_since_ms_ + config.drain_timeout_ms);
        case lingering: return sends() ? write_due : state_since_ms_ + config.linger_timeout_ms;
        case closed: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace server::http1
