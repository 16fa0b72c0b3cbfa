// The loop over the states, and the states that read heads and answer. Bodies, and what else is read: connection_body.cc.
#include "server/connection.h"

#include <utility>

#include "base/invariant.h"
#include "handler/error_page.h"
#include "server/response_producer.h"

namespace server {

using enum ConnectionState;

namespace {

Weight weigh(const http::Request& request) { return http::is_safe(request.method) ? Weight::light : Weight::heavy; }

}  // namespace

Connection::Connection(std::unique_ptr<net::Stream> stream, net::PeerAddress peer, net::Token token, const Turn& turn)
    : stream_(std::move(stream)),
      state_since_ms_(turn.clock.now_ms()),
      progress_ms_(turn.clock.now_ms()),
      token_(token),
      peer_(peer) {}

Connection::~Connection() = default;

void Connection::move(ConnectionEvent event, const Turn& turn) {
    const std::optional<ConnectionState> next = next_state(state_, event);
    if (!next) base::fail_invariant("connection", state_name(state_), event_name(event));
    state_ = *next;
    state_since_ms_ = turn.clock.now_ms();
}

void Connection::receive(Turn& turn) {
    // Bodies and lingering input are read in advance(), into memory of their own.
    if (state_ != idle && state_ != reading_head && state_ != draining) return;
    // A whole head that waits for its turn stays where it is.
    if (state_ == reading_head && exchange_->parser.is_complete()) return;
    if (input_end_ == Input::ended || output_.bytes() >= kHighWaterBytes) return;
    const std::span<std::byte> room = input_.writable(turn.blocks);
    if (room.empty()) return;
    const net::IoResult result = stream_->receive(room);
    input_.commit(result.bytes);
    switch (result.status) {
        case net::IoStatus::progress:
            arrival_ = ++turn.arrivals.latest;
            turn.metrics.bytes_received += result.bytes;
            break;
        case net::IoStatus::would_block: break;
        case net::IoStatus::closed:
        case net::IoStatus::failed: input_end_ = Input::ended; break;
    }
}

Connection::Verdict Connection::advance(Turn& turn) {
    turn_bytes_ = 0;
    turn_requests_ = 0;
    if (stream_->has_buffered()) receive(turn);
    for (;;) {
        Step last = Step::proceed;
        while (last == Step::proceed) last = step(turn);
        if (last == Step::over || !send_waiting(turn)) {
            state_ = closed;
            return Verdict::close;
        }
        if (last == Step::yield || turn_bytes_ >= kTurnBytes) {
            settle();
            return Verdict::again;
        }
        if (!output_.empty() || !can_go_on_after_output(turn)) {
            settle();
            return can_receive_unannounced() ? Verdict::again : Verdict::wait;
        }
    }
}

/// True where the stream has bytes for this state that no event will announce.
bool Connection::can_receive_unannounced() const {
    return stream_->has_buffered() && (interest() | net::Interest::write) == net::Interest::read_write;
}

/// True where the state was blocked only by output that has now left.
bool Connection::can_go_on_after_output(const Turn& turn) const {
    switch (state_) {
        case responding: return true;
        case lingering: return output_end_ == Output::open;
        case idle: return !input_.empty() || input_end_ == Input::ended || turn.stopping;
        case reading_head: return input_end_ == Input::ended;
        default: return false;
    }
}

/// Before the next event: the input block is given back where nothing waits in it.
void Connection::settle() {
    if (exchange_ && state_ != reading_head) exchange_->keep_head();
    input_.release_if_empty();
}

/// False when the connection is over.
bool Connection::send_waiting(Turn& turn) {
    if (output_.empty()) {
        progress_ms_ = turn.clock.now_ms();
        return true;
    }
    const std::uint64_t share = turn_bytes_ < kTurnBytes ? kTurnBytes - turn_bytes_ : 1;
    const net::Flushed flushed = output_.flush(*stream_, share);
    turn_bytes_ += static_cast<std::uint32_t>(flushed.bytes);
    turn.metrics.bytes_sent += flushed.bytes;
    if (flushed.bytes > 0 || output_.empty()) progress_ms_ = turn.clock.now_ms();
    if (flushed.status == net::IoStatus::progress || flushed.status == net::IoStatus::would_block) return true;
    if (flushed.error == 0 && flushed.status == net::IoStatus::failed) {
        stream_->abort();
        peer_gone(turn, "the file became shorter while it was sent");
    } else {
        peer_gone(turn, "the peer closed before the answer was sent");
    }
    // A commit goes on to its end whatever the peer does.
    return state_ == committing;
}

Connection::Step Connection::step(Turn& turn) {
    switch (state_) {
        case idle: return idle_step(turn);
        case reading_head: return read_head(turn);
        case reading_body: return read_body(turn);
        case committing: return commit(turn);
        case responding: return respond(turn);
        case draining: return drain(turn);
        case lingering: return linger(turn);
        case closed: return Step::over;
    }
    return Step::over;
}

Connection::Step Connection::idle_step(Turn& turn) {
    if (output_.bytes() >= kHighWaterBytes) return Step::blocked;
    if (turn.stopping || (input_.empty() && input_end_ == Input::ended)) {
        if (!output_.empty()) return Step::blocked;
        if (!turn.stopping) {
            move(ConnectionEvent::peer_gone, turn);
            return Step::over;
        }
        // Requests that wait here are not answered any more. Closing on top of them would reset the connection, and
        // take the end of the last answer with it.
        ending_ = input_.empty() ? Ending::close : Ending::linger;
        input_.consume(input_.readable().size());
        move(ConnectionEvent::stopping, turn);
        return Step::proceed;
    }
    if (input_.empty()) return Step::blocked;
    if (turn_requests_ >= kTurnRequests) return Step::yield;
    exchange_ = turn.exchanges.take();
    exchange_->begun_ms = turn.clock.now_ms();
    move(ConnectionEvent::head_begun, turn);
    return Step::proceed;
}

Connection::Step Connection::read_head(Turn& turn) {
    Exchange& exchange = *exchange_;
    if (exchange.parser.is_complete()) return dispatch(turn);
    switch (exchange.parser.parse(input_.text(), exchange.request)) {
        case http::HeadParser::Outcome::complete: return dispatch(turn);
        case http::HeadParser::Outcome::invalid: return refuse_request(exchange.parser.refusal(), turn);
        case http::HeadParser::Outcome::need_more: break;
    }
    if (input_end_ == Input::open) return Step::blocked;
    // The peer ended in the middle of a head: there is no request to answer.
    if (!output_.empty()) return Step::blocked;
    return peer_gone(turn, {});
}

/// The head is whole. What turns out heavy waits for its turn among the others before its first call of the file system,
/// and comes back here.
Connection::Step Connection::dispatch(Turn& turn) {
    Exchange& exchange = *exchange_;
    const Weight before = std::exchange(weight_, weigh(exchange.request));
    if (weight_ == Weight::heavy && before == Weight::light) return Step::yield;
    input_.consume(exchange.parser.head_bytes());
    ++turn_requests_;
    if (!exchange.request.has_body()) return decide(turn);
    exchange.body_progress = BodyProgress::unread;
    exchange.decoder.start(exchange.request.framing);
    if (!is_decided_after_body(exchange.request)) return decide(turn);
    begin_body(turn);
    return Step::proceed;
}

/// Asks the handler.
Connection::Step Connection::decide(Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.request.arrival = arrival_;
    handler::Decision decision = turn.handler.handle(exchange.request);
    if (auto* response = std::get_if<http::Response>(&decision)) return answer(std::move(*response), turn);
    exchange.keep_head();
    if (auto* sink = std::get_if<std::unique_ptr<http::BodySink>>(&decision)) return want_body(std::move(*sink), turn);
    exchange.pending = std::move(std::get<std::unique_ptr<http::PendingResponse>>(decision));
    move(ConnectionEvent::commit_begun, turn);
    return Step::proceed;
}

Connection::Step Connection::commit(Turn& turn) {
    std::optional<http::Response> response = exchange_->pending->advance(token_.packed());
    if (!response) return Step::blocked;
    exchange_->pending.reset();
    if (output_end_ == Output::lost) {
        exchange_->status = response->status;
        move(ConnectionEvent::answer_ready, turn);
        return peer_gone(turn, "the peer was gone before the answer");
    }
    turn.handler.decorate(&exchange_->request, *response);
    return answer(std::move(*response), turn);
}

Ending Connection::choose_ending(const http::Response& response, const Turn& turn) const {
    const http::Request& request = exchange_->request;
    const bool keep = request.keep_alive && !response.close && !turn.stopping && input_end_ == Input::open;
    if (exchange_->body_progress != BodyProgress::unread) {
        // A half-closed peer may have pipelined further requests: they are still answered.
        const bool more_buffered = input_end_ == Input::ended && !input_.empty();
        const bool go_on = keep || (more_buffered && request.keep_alive && !response.close && !turn.stopping);
        return go_on ? Ending::keep : Ending::close;
    }
    // A client that expects 100 Continue may send the body after all, or not: only closing is unambiguous.
    const bool drainable = request.framing.kind == http::Framing::Kind::length && !request.expects_continue &&
                           exchange_->decoder.announced_left() <= kMaxDrainBytes;
    return keep && drainable ? Ending::drain : Ending::linger;
}

Connection::Step Connection::answer(http::Response&& response, Turn& turn) {
    exchange_->sink.reset();
    ending_ = choose_ending(response, turn);
    if (!response.reason.empty()) {
        ++turn.metrics.requests_refused;
        turn.error_log.append(turn.clock, "refused", &peer_, response.reason, exchange_->request.target.path);
    }
    begin_response(std::move(response), *exchange_, ending_, output_, turn);
    move(ConnectionEvent::answer_ready, turn);
    return Step::proceed;
}

/// A request that cannot be understood, or came too slowly: says why and ends, since what follows has no known start.
Connection::Step Connection::refuse_request(const http::Refusal& refusal, Turn& turn) {
    exchange_->sink.reset();
    ++turn.metrics.requests_refused;
    turn.error_log.append(turn.clock, "refused", &peer_, refusal.reason);
    http::Response response = handler::refusal_response(nullptr, refusal);
    turn.handler.decorate(nullptr, response);
    response.close = true;
    ending_ = Ending::linger;
    begin_response(std::move(response), *exchange_, ending_, output_, turn);
    move(ConnectionEvent::answer_ready, turn);
    return Step::proceed;
}

Connection::Step Connection::respond(Turn& turn) {
    if (turn_bytes_ >= kTurnBytes) return Step::yield;
    switch (produce(*exchange_, output_, turn)) {
        case Produced::all: finish_answer(turn); return Step::proceed;
        case Produced::more: return Step::blocked;
        case Produced::worked: return Step::yield;
        case Produced::failed: break;
    }
    stream_->abort();
    return peer_gone(turn, "the content could not be sent to its end");
}

void Connection::finish_answer(Turn& turn) {
    ++turn.metrics.requests;
    ++turn.metrics.responses_by_class[static_cast<std::size_t>(http::code(exchange_->status) / 100) % 6];
    log_exchange(turn, {});
    // More than one request came although the first was to be the last: closing now would reset the connection.
    if (ending_ == Ending::close && !input_.empty()) ending_ = Ending::linger;
    switch (ending_) {
        case Ending::keep:
            release_exchange(turn);
            move(ConnectionEvent::answer_queued, turn);
            break;
        case Ending::drain: move(ConnectionEvent::answer_queued_early, turn); break;
        case Ending::close:
        case Ending::linger:
            release_exchange(turn);
            input_.consume(input_.size());
            move(ConnectionEvent::answer_queued_last, turn);
            break;
    }
}

void Connection::release_exchange(Turn& turn) {
    if (exchange_) turn.exchanges.give_back(std::move(exchange_));
}

/// Nothing can be said to the peer any more. What it was sending is dropped, what it was receiving is cut.
Connection::Step Connection::peer_gone(Turn& turn, std::string_view why) {
    input_end_ = Input::ended;
    if (state_ == committing) {
        // An answer sent later would be taken for what is missing of the one before it.
        output_.clear();
        output_end_ = Output::lost;
        return Step::blocked;
    }
    if (exchange_ && !why.empty() && state_ != draining) {
        ++(state_ == reading_body ? turn.metrics.uploads_aborted : turn.metrics.responses_aborted);
        log_aborted(turn, why);
    }
    move(ConnectionEvent::peer_gone, turn);
    release_exchange(turn);
    return Step::over;
}

void Connection::abandon(Turn& turn, std::string_view why) {
    if (exchange_) log_aborted(turn, why);
    release_exchange(turn);
}

Connection::Verdict Connection::refuse(Turn& turn) {
    static constexpr std::string_view kAnswer =
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
        "Content-Length: 58\r\n\r\n503 Service Unavailable: too many connections, try again.\n";
    state_ = lingering;
    ending_ = Ending::linger;
    output_.append_bytes(turn.blocks, std::as_bytes(std::span(kAnswer)));
    return advance(turn);
}

Connection::Verdict Connection::expire(Turn& turn) {
    const std::optional<base::MonotonicMs> due = deadline(turn.config);
    if (!due || *due > turn.clock.now_ms()) return Verdict::wait;
    ++turn.metrics.deadlines_passed;
    switch (state_) {
        case reading_head:
            if (!output_.empty()) break;
            refuse_request({http::Status::request_timeout, "the request's head did not arrive in time"}, turn);
            return advance(turn);
        case reading_body:
            if (!output_.empty()) break;
            refuse_request({http::Status::request_timeout, "the request's body came too slowly"}, turn);
            return advance(turn);
        case committing:
            stream_->abort();
            peer_gone(turn, {});
            return Verdict::wait;
        case responding:
            stream_->abort();
            peer_gone(turn, "the peer took too long to read the answer");
            break;
        default: break;
    }
    state_ = closed;
    return Verdict::close;
}

net::Interest Connection::interest() const {
    const bool write = !output_.empty();
    const bool may_read = input_end_ == Input::open && output_.bytes() < kHighWaterBytes;
    const bool read = may_read && reads(state_) && (state_ != lingering || !write);
    return static_cast<net::Interest>((read ? 1 : 0) | (write ? 2 : 0)) | stream_->wants();
}

std::optional<base::MonotonicMs> Connection::deadline(const ServerConfig& config) const {
    const auto write_due = progress_ms_ + config.write_timeout_ms;
    const auto with_output = [&](base::MonotonicMs due) { return output_.empty() ? due : std::min(due, write_due); };
    switch (state_) {
        case idle: return with_output(state_since_ms_ + config.keep_alive_ms);
        case reading_head: return with_output(state_since_ms_ + config.header_timeout_ms);
        case reading_body: return with_output(exchange_->body_due_ms);
        case responding: return write_due;
        case draining: return with_output(state_since_ms_ + config.drain_timeout_ms);
        case lingering: return output_.empty() ? state_since_ms_ + config.linger_timeout_ms : write_due;
        case committing: return output_.empty() ? std::nullopt : std::optional(write_due);
        case closed: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace server
