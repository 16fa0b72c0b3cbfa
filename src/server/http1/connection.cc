// The loop over the states, and the states that read heads and answer. Bodies, and what else is read:
// connection_body.cc; deadlines: connection_deadline.cc.
#include "server/http1/connection.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/invariant.h"
#include "handler/error_page.h"
#include "server/body_order.h"
#include "server/exchange_log.h"
#include "server/http2/preface.h"

namespace server::http1 {

using enum ConnectionState;

namespace {

constexpr http::Refusal kUnreadable{http::Status::internal_server_error,
                                    "what was asked for could not be read, or changed meanwhile; try again."};

/// Kept out of move(), so that move() is short enough to be inlined.
[[noreturn]] void fail(ConnectionState state, ConnectionEvent event) {
    base::fail_invariant("connection", state_name(state), event_name(event));
}

}  // namespace

void Connection::move(ConnectionEvent event, const Turn& turn) {
    const std::optional<ConnectionState> next = next_state(state_, event);
    if (!next) fail(state_, event);
    state_ = *next;
    state_since_ms_ = turn.clock.now_ms();
}

void Connection::receive(Turn& turn) {
    // Bodies and lingering input are read in advance(), into memory of their own.
    switch (state_) {
        case fresh:
        case idle:
        case draining: break;
        case reading:
            // A complete head that waits for its turn stays in the input buffer.
            if (exchange_->parser.is_complete()) return;
            break;
        default: return;
    }
    transport_.receive(turn);
}

Connection::Verdict Connection::advance(Turn& turn) {
    turn_bytes_ = 0;
    turn_requests_ = 0;
    if (transport_.output.empty()) transport_.note_all_sent(turn.clock.now_ms());
    if (transport_.stream->has_buffered()) receive(turn);
    for (;;) {
        Step last = Step::proceed;
        while (last == Step::proceed) last = step(turn);
        if (last == Step::leave) {
            release_exchange(turn);
            return Verdict::hand_over;
        }
        if (last == Step::over || !send_waiting(turn)) {
            if (state_ != closed) move(ConnectionEvent::peer_gone, turn);
            return Verdict::close;
        }
        if (last == Step::yield || turn_bytes_ >= turn.share.bytes) {
            settle();
            return Verdict::again;
        }
        if (!transport_.output.empty() || !can_go_on_after_output(turn)) {
            settle();
            return transport_.has_unannounced(wants_input()) ? Verdict::again : Verdict::wait;
        }
    }
}

/// The head of content that is still to be computed, or comes from the disk, leaves with its first bytes: until then it
/// may turn out that there is no such content.
bool Connection::holds_head() const {
    if (!is_unsent_ || state_ != answering || exchange_->state() != ExchangeState::responding) return false;
    return exchange_->content_bytes() == 0 && (exchange_->is_working() || exchange_->waits_for_content());
}

/// True where the state was blocked only by output that has now left.
bool Connection::can_go_on_after_output(const Turn& turn) const {
    const bool ended = transport_.input_end == Transport::Input::ended;
    switch (state_) {
        case answering: return exchange_->state() == ExchangeState::responding && !exchange_->waits_for_content();
        case lingering: return transport_.output_end == Transport::Output::open;
        case fresh:
        case idle: return !transport_.input.empty() || ended || turn.stopping == Stopping::closing;
        case reading: return ended && !exchange_->parser.is_complete();
        default: return false;
    }
}

/// Prepares the wait for the next event: gives the input block back when it is empty.
void Connection::settle() {
    if (exchange_ && state_ != reading) exchange_->keep_head();
    transport_.input.release_if_empty();
}

/// False when the connection is over.
bool Connection::send_waiting(Turn& turn) {
    if (!sends()) return true;
    const std::uint64_t share = turn_bytes_ < turn.share.bytes ? turn.share.bytes - turn_bytes_ : 1;
    const net::Flushed flushed = transport_.flush(share, turn);
    turn_bytes_ += static_cast<std::uint32_t>(flushed.bytes);
    if (flushed.bytes > 0) is_unsent_ = false;
    if (state_ == idle && transport_.output.empty()) state_since_ms_ = turn.clock.now_ms();
    if (flushed.status == net::IoStatus::progress || flushed.status == net::IoStatus::would_block) return true;
    if (flushed.error == 0 && flushed.status == net::IoStatus::failed) {
        transport_.stream->abort();
        peer_gone(turn, "the file became shorter while it was sent");
    } else {
        peer_gone(turn, "the peer closed before the answer was sent");
    }
    return state_ != closed;
}

Connection::Step Connection::step(Turn& turn) {
    switch (state_) {
        case fresh:
        case idle: return idle_step(turn);
        case reading: return read(turn);
        case answering: return answer_step(turn);
        case draining: return drain(turn);
        case lingering: return linger(turn);
        case closed: return Step::over;
    }
    return Step::over;
}

Connection::Step Connection::idle_step(Turn& turn) {
    Transport& transport = transport_;
    if (transport.output.bytes() >= transport.high_water) return Step::blocked;
    // What has arrived by now is answered even if no event has said so yet.
    if (transport.input.empty() && turn.stopping == Stopping::closing) transport.receive(turn);
    if (transport.input.empty()) {
        const bool has_ended = transport.input_end == Transport::Input::ended;
        if (!has_ended && turn.stopping != Stopping::closing) return Step::blocked;
        if (!transport.output.empty()) return Step::blocked;
        if (has_ended) return Step::over;
        ending_ = Ending::close;
        move(ConnectionEvent::stopping, turn);
        return Step::proceed;
    }
    if (turn_requests_ >= turn.share.requests) return Step::yield;
    const base::MonotonicMs now_ms = turn.clock.now_ms();
    exchange_ = turn.exchanges.take();
    exchange_->begin(token_, now_ms);
    transport_.describe(exchange_->request);
    exchange_->due_ms = now_ms + turn.config.header_timeout_ms;
    move(ConnectionEvent::head_begun, turn);
    return Step::proceed;
}

Connection::Step Connection::read(Turn& turn) {
    return exchange_->request_body() == Exchange::RequestBody::unread ? read_body(turn) : read_head(turn);
}

Connection::Step Connection::read_head(Turn& turn) {
    Exchange& exchange = *exchange_;
    if (exchange.parser.is_complete()) return dispatch(turn);
    if (may_be_http2_) {
        const auto match =
            turn.config.http2 ? http2::match_preface(transport_.input.text()) : http2::PrefaceMatch::none;
        if (match == http2::PrefaceMatch::whole) return Step::leave;
        may_be_http2_ = match == http2::PrefaceMatch::begun;
        if (may_be_http2_ && transport_.input_end == Transport::Input::open) return Step::blocked;
    }
    switch (exchange.parser.parse(transport_.input.text(), exchange.request)) {
        case http::HeadParser::Outcome::complete: return dispatch(turn);
        case http::HeadParser::Outcome::invalid: return refuse_request(exchange.parser.refusal(), turn);
        case http::HeadParser::Outcome::need_more: break;
    }
    if (transport_.input_end == Transport::Input::open) return Step::blocked;
    // The peer ended in the middle of a head: there is no request to answer.
    if (!transport_.output.empty()) return Step::blocked;
    return peer_gone(turn, {});
}

/// The head is complete. A heavy request waits for its turn before its first call of the file system, and comes back
/// here.
Connection::Step Connection::dispatch(Turn& turn) {
    Exchange& exchange = *exchange_;
    const Weight before =
        std::exchange(weight_, turn.handler.is_heavy(exchange.request) ? Weight::heavy : Weight::light);
    if (weight_ == Weight::heavy && before == Weight::light) return Step::yield;
    transport_.input.consume(exchange.parser.head_bytes());
    ++turn_requests_;
    if (turn.config.has_request_ids) exchange.name_request(transport_.client, turn.request_ids);
    if (!exchange.request.has_body()) return decide(turn);
    exchange.expect_body();
    exchange.decoder.start(exchange.request.framing);
    if (!is_decided_after_body(exchange.request)) return decide(turn);
    begin_body(turn);
    return Step::proceed;
}

/// Asks the handler.
Connection::Step Connection::decide(Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.request.arrival = transport_.arrival;
    exchange.identify(transport_.client, transport_.peer, turn.config.trusted_proxies, turn.requests);
    handler::Decision decision = exchange.ask(turn.handler);
    if (auto* response = std::get_if<http::Response>(&decision)) return answer(std::move(*response), turn);
    exchange.keep_head();
    exchange.adopt(std::move(decision));
    if (exchange.state() == ExchangeState::receiving) return want_body(turn);
    move(ConnectionEvent::answer_due, turn);
    return Step::proceed;
}

/// An exchange that has to work for its answer waits for a turn among the heavy ones first.
Connection::Step Connection::answer_step(Turn& turn) {
    if (weight_ == Weight::light && exchange_->is_working()) {
        weight_ = Weight::heavy;
        return Step::yield;
    }
    return exchange_->state() == ExchangeState::responding ? respond(turn) : await(turn);
}

/// The exchange waits for something off the loop.
Connection::Step Connection::await(Turn& turn) {
    std::optional<http::Response> response = exchange_->advance(turn.handler, turn.waiting);
    if (!response) return exchange_->state() == ExchangeState::receiving ? want_body(turn) : Step::blocked;
    if (transport_.output_end == Transport::Output::lost) {
        exchange_->respond(std::move(*response));
        return peer_gone(turn, "the peer was gone before the answer");
    }
    return answer(std::move(*response), turn);
}

Ending Connection::choose_ending(const http::Response& response, const Turn& turn) const {
    const http::Request& request = exchange_->request;
    const bool ended = transport_.input_end == Transport::Input::ended;
    // A stopping server answers what has arrived; the last of these answers says that the connection ends.
    const bool is_last = turn.stopping != Stopping::no && transport_.input.empty();
    const bool keep = request.keep_alive && !response.close && !is_last && !ended;
    if (exchange_->request_body() != Exchange::RequestBody::unread) {
        // A half-closed peer may have pipelined further requests: they are still answered.
        const bool more_buffered = ended && !transport_.input.empty();
        const bool go_on = keep || (more_buffered && request.keep_alive && !response.close);
        return go_on ? Ending::keep : Ending::close;
    }
    // A client that expects 100 Continue may send the body after all, or not: only closing is unambiguous.
    const bool drainable = request.framing.kind == http::Framing::Kind::length && !request.expects_continue &&
                           exchange_->decoder.announced_left() <= kMaxDrainBytes;
    return keep && drainable ? Ending::drain : Ending::linger;
}

Connection::Step Connection::answer(http::Response&& response, Turn& turn) {
    if (turn.stopping != Stopping::no && transport_.input.empty()) transport_.receive(turn);
    ending_ = choose_ending(response, turn);
    if (!response.reason.empty()) note_reason(response, *exchange_, exchange_->address_or(transport_.peer), turn);
    begin_answer(std::move(response), turn);
    return Step::proceed;
}

/// A request that cannot be understood, or came too slowly: says why and ends, since what follows has no known start.
Connection::Step Connection::refuse_request(const http::Refusal& refusal, Turn& turn) {
    if (turn.config.has_request_ids) exchange_->name_request(transport_.client, turn.request_ids);
    note_refused(refusal, *exchange_, transport_.peer, turn);
    http::Response response = exchange_->refuse(turn.handler, refusal);
    response.close = true;
    ending_ = Ending::linger;
    begin_answer(std::move(response), turn);
    return Step::proceed;
}

/// Writes the head; the content follows in `answering`.
void Connection::begin_answer(http::Response&& response, Turn& turn) {
    Exchange& exchange = *exchange_;
    is_unsent_ = transport_.output.empty();
    exchange.add_request_id(response);
    Framer(transport_.output, exchange.response_framing, ending_, turn).begin(response, exchange.request);
    exchange.respond(std::move(response));
    if (state_ == reading) move(ConnectionEvent::answer_due, turn);
}

Connection::Step Connection::respond(Turn& turn) {
    if (turn_bytes_ >= turn.share.bytes) return Step::yield;
    Framer framer(transport_.output, exchange_->response_framing, ending_, turn, transport_.high_water);
    switch (exchange_->produce(framer, turn.share.pulls, turn.waiting)) {
        case Produced::all: finish_answer(turn); return Step::proceed;
        case Produced::more:
        case Produced::waiting: return Step::blocked;
        case Produced::worked: return Step::yield;
        case Produced::failed: break;
    }
    return replace_or_cut(turn);
}

/// The content could not be read or made. Where nothing of the answer has left yet, another one takes its place.
Connection::Step Connection::replace_or_cut(Turn& turn) {
    if (!is_unsent_) {
        transport_.stream->abort();
        return peer_gone(turn, "the content could not be sent to its end");
    }
    transport_.output.clear();
    http::Response response = handler::refusal_response(&exchange_->request, kUnreadable);
    exchange_->decorate(turn.handler, response);
    note_reason(response, *exchange_, exchange_->address_or(transport_.peer), turn);
    exchange_->add_request_id(response);
    Framer(transport_.output, exchange_->response_framing, ending_, turn).begin(response, exchange_->request);
    exchange_->respond_instead(std::move(response));
    return Step::proceed;
}

void Connection::finish_answer(Turn& turn) {
    lend_text();
    note_answered(*exchange_, exchange_->address_or(transport_.peer), exchange_->decoder.body_bytes(), turn);
    // More requests came although this one was to be the last: closing now would reset the connection.
    if (ending_ == Ending::close && !transport_.input.empty()) ending_ = Ending::linger;
    switch (ending_) {
        case Ending::keep:
            release_exchange(turn);
            move(ConnectionEvent::answer_queued, turn);
            break;
        case Ending::drain: move(ConnectionEvent::answer_queued_early, turn); break;
        case Ending::close:
        case Ending::linger:
            release_exchange(turn);
            transport_.input.consume(transport_.input.size());
            move(ConnectionEvent::answer_queued_last, turn);
            break;
    }
}

/// Nothing can be said to the peer any more. What it was sending is dropped, what it was receiving is cut.
Connection::Step Connection::peer_gone(Turn& turn, std::string_view why) {
    transport_.input_end = Transport::Input::ended;
    if (has_pending_work()) {
        transport_.lose_output();
        return Step::blocked;
    }
    if (exchange_ && !why.empty() && state_ != draining) {
        const bool in_body = state_ == reading && exchange_->parser.is_complete();
        ++(in_body ? turn.metrics.uploads_aborted : turn.metrics.responses_aborted);
        log_abort(turn, why);
    }
    if (exchange_ && exchange_->state() != ExchangeState::done) exchange_->abort();
    release_exchange(turn);
    move(ConnectionEvent::peer_gone, turn);
    return Step::over;
}

void Connection::abandon(Turn& turn, std::string_view why) {
    if (exchange_ && state_ != draining) log_abort(turn, why);
    release_exchange(turn);
}

void Connection::log_abort(Turn& turn, std::string_view why) {
    lend_text();
    const std::uint64_t received = exchange_->decoder.body_bytes();
    // What lies in the kernel's buffers has not reached the client.
    const std::uint64_t unsent = transport_.output.bytes() + transport_.stream->unacknowledged_bytes();
    note_aborted(*exchange_, exchange_->address_or(transport_.peer), received, unsent, why, turn);
}

/// An incomplete head has no text of its own for the log: its slices refer to the input buffer, which still holds it.
void Connection::lend_text() {
    if (exchange_->request.text.empty()) exchange_->request.text = transport_.input.text();
}

}  // namespace server::http1
