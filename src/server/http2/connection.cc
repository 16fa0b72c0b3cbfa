// The turn of a connection: bytes to the session, work for the streams, frames to the output; and how it ends. What the
// streams do: streams.cc, events.cc.
#include "server/http2/connection.h"

#include <string>
#include <utility>

#include "base/invariant.h"
#include "server/exchange_log.h"
#include "server/http2/entry.h"

namespace server::http2 {

using enum ConnectionState;

namespace {

constexpr std::string_view kBrokenRules = "the peer broke the rules of HTTP/2";

}  // namespace

Connection::Connection(Transport&& transport, net::Token token, base::MonotonicMs now_ms)
    : server::Connection(std::move(transport), token), session_(*this), since_ms_(now_ms), control_frames_(now_ms) {}

Connection::~Connection() = default;

void Connection::move(ConnectionEvent event) {
    const std::optional<ConnectionState> next = next_state(state_, event);
    if (!next) base::fail_invariant("connection", state_name(state_), event_name(event));
    state_ = *next;
    since_ms_ = turn_->clock.now_ms();
}

void Connection::receive(Turn& turn) {
    if (wants_input()) transport_.receive(turn);
}

Connection::Verdict Connection::advance(Turn& turn) {
    turn_ = &turn;
    turn_bytes_ = turn_requests_ = turn_sources_ = 0;
    if (transport_.output.empty()) transport_.note_all_sent(turn.clock.now_ms());
    is_heavy_turn_ = weight_ == Weight::heavy;
    // What has arrived when the server ends is answered even if no event has said so yet.
    if (is_heavy_turn_ || transport_.stream->has_buffered() || turn.stopping == Stopping::closing) receive(turn);
    take_input();
    do {
        work_streams();
        stop_when_asked();
        fill_output();
    } while (send_waiting() && receive_more());
    settle_state();
    weight_ = heavy_ > 0 ? Weight::heavy : Weight::light;
    transport_.input.release_if_empty();
    return verdict();
}

void Connection::take_input() {
    if (transport_.input.empty()) return;
    take_bytes(transport_.input.readable());
    transport_.input.consume(transport_.input.size());
}

void Connection::take_bytes(std::span<const std::byte> bytes) {
    if (state_ != open && state_ != ending) return;
    const bool understood = session_.receive(bytes);
    if (breaking_ != ErrorCode::no_error) {
        break_off(breaking_, breaking_why_);
    } else if (!understood) {
        break_off(session_.error(), session_.error() == ErrorCode::enhance_your_calm
                                        ? "more frames came than one connection may send"
                                        : kBrokenRules);
    }
}

/// Bodies are received in large pieces, as long as the turn's share lasts. Everything else waits for the next turn, so
/// that requests of all connections come before answers.
bool Connection::receive_more() {
    if (!is_heavy_turn_ || !wants_input() || !transport_.may_receive()) return false;
    if (turn_bytes_ >= turn_->share.bytes) return false;
    const net::IoResult result = transport_.receive_into(turn_->scratch, *turn_);
    if (result.status != net::IoStatus::progress) return false;
    turn_bytes_ += static_cast<std::uint32_t>(result.bytes);
    take_bytes(turn_->scratch.first(result.bytes));
    return true;
}

/// Frames into the output, up to the turn's share: nothing is made that could not leave.
void Connection::fill_output() {
    is_full_ = false;
    while (state_ == open || state_ == ending) {
        const std::uint64_t before = transport_.output.bytes();
        if (before >= output_limit()) {
            is_full_ = true;
            return;
        }
        const std::span<const std::byte> frame = session_.next_frame();
        if (!frame.empty()) transport_.output.append_bytes(turn_->blocks, frame);
        if (breaking_ != ErrorCode::no_error) break_off(breaking_, breaking_why_);
        if (transport_.output.bytes() == before) return;
    }
}

/// False when the connection is over.
bool Connection::send_waiting() {
    if (state_ == closed) return false;
    if (transport_.output.empty()) return true;
    const std::uint64_t share = turn_bytes_ < turn_->share.bytes ? turn_->share.bytes - turn_bytes_ : 1;
    const net::Flushed flushed = transport_.flush(share, *turn_);
    turn_bytes_ += static_cast<std::uint32_t>(flushed.bytes);
    if (flushed.status == net::IoStatus::progress || flushed.status == net::IoStatus::would_block) return true;
    peer_gone("the peer closed before the answer was sent");
    return false;
}

/// Says twice that the server ends: first that no request should follow, and, when those that were on their way are
/// here, which one is the last (RFC 9113 §6.8).
void Connection::stop_when_asked() {
    if (state_ != open || turn_->stopping == Stopping::no) return;
    if (!is_end_announced_) session_.announce_end();
    is_end_announced_ = true;
    if (turn_->stopping != Stopping::closing) return;
    session_.end_streams();
    move(ConnectionEvent::end_said);
}

/// Moves on where nothing is left to do in the present state.
void Connection::settle_state() {
    const bool has_ended = transport_.input_end == Transport::Input::ended;
    if (has_ended && (state_ == open || state_ == ending)) {
        for (std::size_t i = exchanges_.size(); i-- > 0;) {
            Exchange& exchange = *exchanges_[i];
            const bool lacks_bytes = exchange.state() == ExchangeState::receiving && !exchange.request_ended;
            if (exchange.stream == 0 || !lacks_bytes) continue;
            exchange.request_ended = true;  // as far as it will
            session_.reset(exchange, ErrorCode::cancel);
        }
        fill_output();
    }
    if (!session_.is_alive() && session_.error() != ErrorCode::no_error) break_off(session_.error(), kBrokenRules);
    if (state_ == lingering) linger();
    if (!exchanges_.empty() || is_full_) return;
    if (state_ == open && has_ended && transport_.output.empty()) move(ConnectionEvent::peer_gone);
    if (state_ == open && !session_.is_alive()) move(ConnectionEvent::end_said);
    if (state_ != ending) return;
    move(ConnectionEvent::streams_ended);
    linger();
}

Connection::Verdict Connection::verdict() {
    switch (state_) {
        case closed: return has_pending_work() ? Verdict::wait : Verdict::close;
        case lingering: return Verdict::wait;
        case open:
        case ending: break;
    }
    if (!queue_.empty() || (is_full_ && transport_.output.bytes() < output_limit())) return Verdict::again;
    return transport_.has_unannounced(wants_input()) ? Verdict::again : Verdict::wait;
}

/// Sends the end after the last frame, and reads on for a while: closing with unread input would reset the connection
/// and the last frames with it.
void Connection::linger() {
    transport_.input.consume(transport_.input.size());
    if (!transport_.output.empty()) return;
    if (transport_.output_end == Transport::Output::open) {
        transport_.shut_down_write();
        since_ms_ = turn_->clock.now_ms();
    }
    for (std::size_t seen = 0; seen < kTurnBytes && transport_.input_end == Transport::Input::open;) {
        const net::IoResult result = transport_.receive_into(turn_->scratch, *turn_);
        if (result.status == net::IoStatus::would_block) return;
        seen += result.bytes;
    }
    if (transport_.input_end == Transport::Input::ended) move(ConnectionEvent::peer_gone);
}

/// Ends the connection with an error. Work that is pending goes on without it.
void Connection::break_off(ErrorCode error, std::string_view why) {
    if (state_ != open && state_ != ending) return;
    if (session_.is_alive()) transport_.output.append_bytes(turn_->blocks, session_.goaway(error));
    ++(error == ErrorCode::enhance_your_calm ? turn_->metrics.http2.calmed : turn_->metrics.http2.broken);
    turn_->error_log.append(turn_->clock, "refused", &transport_.peer, why);
    give_up_all(why);
    move(ConnectionEvent::broken);
}

void Connection::peer_gone(std::string_view why) {
    transport_.input_end = Transport::Input::ended;
    transport_.lose_output();
    give_up_all(why);
    if (state_ != closed) move(ConnectionEvent::peer_gone);
}

void Connection::give_up_all(std::string_view why) {
    for (std::size_t i = exchanges_.size(); i-- > 0;) {
        if (exchanges_[i]->stream != 0) give_up(*exchanges_[i], why);
    }
}

void Connection::abandon(Turn& turn, std::string_view why) {
    turn_ = &turn;
    for (const auto& exchange : exchanges_) {
        if (exchange->reading == Exchange::Reading::head || exchange->state() == ExchangeState::done) continue;
        note_aborted(*exchange, exchange->address_or(transport_.peer), exchange->received_bytes, 0, why, turn);
    }
}

/// Nobody is refused here: a connection that finds no room is answered before it speaks HTTP/2.
Connection::Verdict Connection::refuse(Turn&) { return Verdict::close; }

bool Connection::has_pending_work() const {
    return std::ranges::any_of(exchanges_,
                               [](const std::unique_ptr<Exchange>& exchange) { return exchange->has_lasting_work(); });
}

net::Interest Connection::interest() const {
    switch (state_) {
        case closed: return net::Interest::none;
        case lingering: return transport_.interest(transport_.output.empty(), !transport_.output.empty());
        case open:
        case ending: break;
    }
    return transport_.interest(wants_input(), !transport_.output.empty());
}

namespace {

/// When the peer must have done its part for the exchange; nullopt while it is this side's turn.
std::optional<base::MonotonicMs> due_of(const Exchange& exchange) {
    if (exchange.stream == 0) return std::nullopt;
    switch (exchange.state()) {
        case ExchangeState::receiving:
            if (exchange.reading == Exchange::Reading::waiting || exchange.request_ended) return std::nullopt;
            return exchange.due_ms;
        case ExchangeState::responding: return exchange.due_ms;
        case ExchangeState::done: return exchange.kept.empty() ? std::nullopt : std::optional(exchange.due_ms);
        case ExchangeState::deciding:
        case ExchangeState::pending: break;
    }
    return std::nullopt;
}

}  // namespace

std::size_t Connection::held_bytes() const {
    std::size_t bytes = kConnectionOwnBytes + kSessionBytes + transport_.memory_bytes();
    for (const auto& exchange : exchanges_) bytes += exchange->held_bytes();
    return bytes;
}

/// The peer lets a stream wait by a closed window, or by a body that does not come.
base::MonotonicMs Connection::stalled_since_ms() const {
    if (exchanges_.empty() && transport_.output.empty()) return since_ms_;
    base::MonotonicMs since = transport_.sending_ms;
    for (const auto& exchange : exchanges_) {
        if (due_of(*exchange)) since = std::min(since, exchange->mark_ms);
    }
    return since;
}

std::optional<base::MonotonicMs> Connection::deadline(const ServerConfig& config) const {
    const base::MonotonicMs write_due = transport_.write_due_ms(config);
    switch (state_) {
        case closed: return std::nullopt;
        case lingering: return transport_.output.empty() ? since_ms_ + config.linger_timeout_ms : write_due;
        case open:
        case ending: break;
    }
    std::optional<base::MonotonicMs> earliest;
    const auto at_most = [&](base::MonotonicMs due) { earliest = earliest ? std::min(*earliest, due) : due; };
    if (!transport_.output.empty()) at_most(write_due);
    if (exchanges_.empty()) at_most(since_ms_ + config.keep_alive_ms);
    for (const auto& exchange : exchanges_) {
        if (const auto due = due_of(*exchange)) at_most(*due);
    }
    return earliest;
}

Connection::Verdict Connection::expire(Turn& turn) {
    turn_ = &turn;
    const base::MonotonicMs now_ms = turn.clock.now_ms();
    const std::optional<base::MonotonicMs> due = deadline(turn.config);
    if (!due || *due > now_ms) return Verdict::wait;
    if (!transport_.output.empty() && transport_.write_due_ms(turn.config) <= now_ms) {
        if (transport_.peer_has_read(turn)) return Verdict::wait;
        ++turn.metrics.deadlines_passed;
        transport_.stream->abort();
        peer_gone("the peer took too long to read the answer");
        return verdict();
    }
    if (state_ == lingering) {
        move(ConnectionEvent::deadline_passed);
        return verdict();
    }
    if (exchanges_.empty() && state_ == open) {
        ++turn.metrics.deadlines_passed;
        session_.end_streams();
        move(ConnectionEvent::end_said);
    }
    expire_streams();
    return advance(turn);
}

/// Each one whose time has come is ended, or gets more where it does not wait for the peer.
void Connection::expire_streams() {
    const base::MonotonicMs now_ms = turn_->clock.now_ms();
    for (std::size_t i = exchanges_.size(); i-- > 0;) {
        Exchange& exchange = *exchanges_[i];
        const std::optional<base::MonotonicMs> due = due_of(exchange);
        if (!due || *due > now_ms) continue;
        if (exchange.state() == ExchangeState::receiving) {
            if (!exchange.body.empty()) {
                begin_waiting(exchange, turn_->config.body_timeout_ms);
                continue;
            }
            ++turn_->metrics.deadlines_passed;
            if (exchange.reading == Exchange::Reading::head) {
                break_off(ErrorCode::enhance_your_calm, "a request's head did not arrive in time");
                return;
            }
            refuse_request(exchange, {http::Status::request_timeout, "the request's body came too slowly"});
            continue;
        }
        begin_waiting(exchange, turn_->config.write_timeout_ms);
        if (!session_.is_window_empty(exchange)) continue;
        if (exchange.patience.until_ms() > now_ms) {
            exchange.due_ms = exchange.patience.until_ms();
            continue;
        }
        ++turn_->metrics.deadlines_passed;
        exchange.why_reset = "the peer took too long to read the answer";
        session_.reset(exchange, ErrorCode::cancel);
    }
}

std::unique_ptr<server::Connection> make_connection(Transport&& transport, net::Token token, base::MonotonicMs now_ms) {
    return std::make_unique<Connection>(std::move(transport), token, now_ms);
}

}  // namespace server::http2
