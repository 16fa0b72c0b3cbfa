// The states of a connection that read request bodies, into a sink or away, and what comes after the last answer.
#include <algorithm>
#include <string>

#include "handler/error_page.h"
#include "server/connection.h"

namespace server {
namespace {

/// Up to this many bytes of a body still to come are read through the input block, where whatever follows the body
/// can stay; more are read into the scratch memory, never beyond the body's known bytes.
constexpr std::uint64_t kSmallRest = 4 * 1024;

}  // namespace

bool is_decided_after_body(const http::Request& request) {
    if (!request.has_body() || request.expects_continue) return false;
    const bool is_long = request.framing.kind == http::Framing::Kind::length && request.framing.length > kMaxDrainBytes;
    switch (request.method) {
        case http::Method::get:
        case http::Method::head:
        case http::Method::options: return request.framing.kind == http::Framing::Kind::chunked;
        case http::Method::del: return !is_long;
        default: return false;
    }
}

Connection::Step Connection::want_body(std::unique_ptr<http::BodySink> sink, Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.sink = std::move(sink);
    if (exchange.body_progress != BodyProgress::unread) return finish_body(turn);
    // Before 100 Continue: with what stands in it a client can resume whatever happens to its body.
    send_interim(turn);
    if (exchange.request.expects_continue && input_.empty()) {
        output_.append_bytes(turn.blocks, std::as_bytes(std::span(http::kContinueHead)));
    }
    begin_body(turn);
    return Step::proceed;
}

void Connection::begin_body(Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.keep_head();
    exchange.body_mark_ms = turn.clock.now_ms();
    exchange.body_mark_bytes = 0;
    exchange.body_due_ms = turn.clock.now_ms() + turn.config.body_timeout_ms;
    move(ConnectionEvent::body_wanted, turn);
}

/// What the sink wants said while the body is still read. Not while output waits: a client that reads nothing gets no
/// more of it.
void Connection::send_interim(Turn& turn) {
    if (exchange_->request.minor_version == 0 || output_.bytes() >= kBlockBytes) return;
    const std::optional<http::Interim> interim = exchange_->sink->take_interim();
    if (!interim) return;
    std::string head;
    http::append_interim_head(head, *interim);
    output_.append_bytes(turn.blocks, std::as_bytes(std::span(head)));
}

Connection::Step Connection::read_body(Turn& turn) {
    if (!input_.empty()) {
        std::size_t consumed = 0;
        const Step step = take_body(input_.readable(), consumed, turn);
        input_.consume(consumed);
        if (step != Step::blocked) return step;
    }
    if (turn_bytes_ >= kTurnBytes) return Step::yield;
    if (exchange_->sink != nullptr && !exchange_->sink->catch_up()) return Step::yield;
    return receive_body(turn);
}

/// Reads once more from the stream.
Connection::Step Connection::receive_body(Turn& turn) {
    const std::uint64_t left = exchange_->decoder.announced_left();
    const bool direct = left > kSmallRest && input_.empty();
    const std::span<std::byte> room =
        direct ? turn.scratch.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, turn.scratch.size())))
               : input_.writable(turn.blocks);
    if (input_end_ == Input::ended) return incomplete_body(turn);
    const net::IoResult result = stream_->receive(room);
    if (!direct) input_.commit(result.bytes);
    switch (result.status) {
        case net::IoStatus::would_block: return Step::blocked;
        case net::IoStatus::closed: input_end_ = Input::ended; return incomplete_body(turn);
        case net::IoStatus::failed: return peer_gone(turn, "the peer reset the connection during the upload");
        case net::IoStatus::progress: break;
    }
    arrival_ = ++turn.arrivals.latest;
    turn.metrics.bytes_received += result.bytes;
    turn_bytes_ += static_cast<std::uint32_t>(result.bytes);
    note_body_progress(result.bytes, turn);
    if (!direct) return Step::proceed;
    std::size_t consumed = 0;
    const Step step = take_body(room.first(result.bytes), consumed, turn);
    return step == Step::blocked ? Step::proceed : step;
}

/// Gives body bytes to the sink, or throws them away where there is none. blocked: all of `bytes` was consumed and the
/// body goes on.
Connection::Step Connection::take_body(std::span<const std::byte> bytes, std::size_t& consumed, Turn& turn) {
    Exchange& exchange = *exchange_;
    while (true) {
        const http::BodyDecoder::Step step = exchange.decoder.decode(bytes.subspan(consumed));
        consumed += step.consumed;
        switch (step.outcome) {
            case http::BodyDecoder::Outcome::need_more: return Step::blocked;
            case http::BodyDecoder::Outcome::invalid: return refuse_request(exchange.decoder.refusal(), turn);
            case http::BodyDecoder::Outcome::complete: return finish_body(turn);
            case http::BodyDecoder::Outcome::data: break;
        }
        if (exchange.sink == nullptr) {
            if (exchange.decoder.body_bytes() > kMaxDrainBytes) return decide(turn);
            continue;
        }
        if (const auto taken = exchange.sink->write(step.data); !taken) return refuse_body(taken.error(), turn);
        send_interim(turn);
    }
}

/// The sink refused (no space, too large, …): the rest of the body is not wanted.
Connection::Step Connection::refuse_body(const http::Refusal& refusal, Turn& turn) {
    http::Response response = handler::refusal_response(&exchange_->request, refusal);
    response.reason = refusal.reason;
    turn.handler.decorate(&exchange_->request, response);
    return answer(std::move(response), turn);
}

Connection::Step Connection::finish_body(Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.body_progress = BodyProgress::ended;
    if (exchange.sink == nullptr) return decide(turn);
    exchange.pending = exchange.sink->finish(exchange.decoder.trailer_text());
    exchange.sink.reset();
    move(ConnectionEvent::commit_begun, turn);
    return Step::proceed;
}

/// The peer has ended in the middle of the body: a half-closed one is told what became of it.
Connection::Step Connection::incomplete_body(Turn& turn) {
    ++turn.metrics.uploads_aborted;
    const Exchange& exchange = *exchange_;
    const std::string_view target = exchange.request.target_text.of(exchange.request.text);
    const std::uint64_t received = exchange.decoder.body_bytes();
    turn.error_log.append(turn.clock, "aborted", &peer_,
                          exchange.request.framing.kind == http::Framing::Kind::length
                              ? "the upload ended after " + std::to_string(received) + " of " +
                                    std::to_string(exchange.request.framing.length) + " bytes"
                              : "the chunked upload ended after " + std::to_string(received) + " bytes",
                          target);
    if (exchange.sink == nullptr) {
        return refuse_request({http::Status::bad_request, "the body ended before its announced end"}, turn);
    }
    return refuse_request(exchange.sink->incomplete(), turn);
}

/// Extends the body's deadline while bytes come at the minimum rate or above: an honest slow upload goes on, a drip
/// does not.
void Connection::note_body_progress(std::size_t bytes, const Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.body_mark_bytes += bytes;
    const base::MonotonicMs elapsed_ms = turn.clock.now_ms() - exchange.body_mark_ms;
    const auto counted_ms = static_cast<std::uint64_t>(std::max<base::MonotonicMs>(elapsed_ms, 1000));
    const std::uint64_t wanted = turn.config.min_body_rate * counted_ms / 1000;
    if (exchange.body_mark_bytes < wanted) return;
    exchange.body_mark_bytes = 0;
    exchange.body_mark_ms = turn.clock.now_ms();
    exchange.body_due_ms = turn.clock.now_ms() + turn.config.body_timeout_ms;
}

/// Throws away the rest of a body that was answered early.
Connection::Step Connection::drain(Turn& turn) {
    Exchange& exchange = *exchange_;
    while (!input_.empty()) {
        const http::BodyDecoder::Step step = exchange.decoder.decode(input_.readable());
        input_.consume(step.consumed);
        switch (step.outcome) {
            case http::BodyDecoder::Outcome::data: break;
            case http::BodyDecoder::Outcome::need_more: input_.release_if_empty(); return wait_for_rest(turn);
            case http::BodyDecoder::Outcome::invalid: return peer_gone(turn, {});
            case http::BodyDecoder::Outcome::complete:
                release_exchange(turn);
                move(ConnectionEvent::body_drained, turn);
                return Step::proceed;
        }
    }
    return wait_for_rest(turn);
}

Connection::Step Connection::wait_for_rest(Turn& turn) {
    if (input_end_ == Input::open || !output_.empty()) return Step::blocked;
    return peer_gone(turn, {});
}

/// Sends the end after the last answer. Where the peer may still be sending, its bytes are read and thrown away for a
/// while: closing with unread input would reset the connection and the answer with it (RFC 9112 §9.6).
Connection::Step Connection::linger(Turn& turn) {
    if (!output_.empty()) return Step::blocked;
    if (ending_ == Ending::close || input_end_ == Input::ended) return Step::over;
    if (output_end_ == Output::open) {
        stream_->shut_down_write();
        output_end_ = Output::shut;
        state_since_ms_ = turn.clock.now_ms();
    }
    for (std::size_t seen = 0; seen < kTurnBytes;) {
        const net::IoResult result = stream_->receive(turn.scratch);
        if (result.status == net::IoStatus::would_block) return Step::blocked;
        if (result.status != net::IoStatus::progress) return Step::over;
        seen += result.bytes;
    }
    return Step::blocked;
}

}  // namespace server
