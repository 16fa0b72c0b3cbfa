// The states of a connection that read request bodies, into a sink or away, and what comes after the last answer.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "handler/error_page.h"
#include "server/http1/connection.h"

namespace server::http1 {
namespace {

/// When at most this many bytes of a body are still to come they are read through the input block, which can also keep
/// what follows the body. More are read into the scratch memory, never beyond the body's known end.
constexpr std::uint64_t kSmallRest = 4 * 1024;

/// Content of small chunks is joined up to this size: a sink calls the file system for every piece that it gets, and a
/// client may send chunks of one byte.
constexpr std::size_t kGatheredBytes = 8 * 1024;

class GatheredData {
public:
    /// False when `data` is large or no room is left: the caller then uses what release() gives, and after that `data`.
    bool take(std::span<const std::byte> data) {
        if (data.size() > kGatheredBytes - used_) return false;
        std::memcpy(bytes_.data() + used_, data.data(), data.size());
        used_ += data.size();
        return true;
    }
    /// The bytes taken since the last release; valid until the next take().
    std::span<const std::byte> release() { return std::span(bytes_).first(std::exchange(used_, 0)); }

private:
    std::array<std::byte, kGatheredBytes> bytes_;  // not cleared: only what was taken is read
    std::size_t used_ = 0;
};

}  // namespace

/// A sink waits for the body.
Connection::Step Connection::want_body(Turn& turn) {
    const Exchange& exchange = *exchange_;
    if (exchange.request_body() != Exchange::RequestBody::unread) return finish_body(turn);
    // Sent before 100 Continue: with this a client can resume whatever happens to its body.
    send_interim(turn);
    if (exchange.request.expects_continue && transport_.input.empty()) {
        transport_.output.append_bytes(turn.blocks, std::as_bytes(std::span(http::kContinueHead)));
    }
    begin_body(turn);
    if (state_ == ConnectionState::answering) move(ConnectionEvent::body_wanted, turn);
    return Step::proceed;
}

void Connection::begin_body(Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.keep_head();
    exchange.body_mark_ms = turn.clock.now_ms();
    exchange.body_mark_bytes = 0;
    exchange.due_ms = turn.clock.now_ms() + turn.config.body_timeout_ms;
}

/// Sends what the sink wants to say while the body is still read. Not while output waits: a client that does not read
/// gets no more of it.
void Connection::send_interim(Turn& turn) {
    if (exchange_->request.minor_version == 0 || transport_.output.bytes() >= kBlockBytes) return;
    const std::optional<http::Interim> interim = exchange_->take_interim(turn.handler);
    if (!interim) return;
    std::string head;
    http::append_interim_head(head, *interim);
    transport_.output.append_bytes(turn.blocks, std::as_bytes(std::span(head)));
}

Connection::Step Connection::read_body(Turn& turn) {
    if (!transport_.input.empty()) {
        std::size_t consumed = 0;
        const Step step = take_body(transport_.input.readable(), consumed, turn);
        transport_.input.consume(consumed);
        if (step != Step::blocked) return step;
    }
    if (turn_bytes_ >= turn.share.bytes || !exchange_->catch_up()) return Step::yield;
    return receive_body(turn);
}

/// Reads once more from the stream.
Connection::Step Connection::receive_body(Turn& turn) {
    if (transport_.input_end == Transport::Input::ended) return incomplete_body(turn);
    const std::uint64_t left = exchange_->decoder.announced_left();
    const bool direct = left > kSmallRest && transport_.input.empty();
    const std::span<std::byte> room =
        direct ? turn.scratch.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, turn.scratch.size())))
               : transport_.input.writable(turn.blocks);
    const net::IoResult result = transport_.receive_into(room, turn);
    if (!direct) transport_.input.commit(result.bytes);
    switch (result.status) {
        case net::IoStatus::would_block: return Step::blocked;
        case net::IoStatus::closed: return incomplete_body(turn);
        case net::IoStatus::failed: return peer_gone(turn, "the peer reset the connection during the upload");
        case net::IoStatus::progress: break;
    }
    turn_bytes_ += static_cast<std::uint32_t>(result.bytes);
    note_body_progress(result.bytes, turn);
    if (!direct) return Step::proceed;
    std::size_t consumed = 0;
    const Step step = take_body(room.first(result.bytes), consumed, turn);
    return step == Step::blocked ? Step::proceed : step;
}

/// Gives body bytes to the sink, or drops them when there is none. blocked: all of `bytes` was consumed and the body
/// goes on.
Connection::Step Connection::take_body(std::span<const std::byte> bytes, std::size_t& consumed, Turn& turn) {
    Exchange& exchange = *exchange_;
    GatheredData gathered;
    while (true) {
        const http::BodyDecoder::Step step = exchange.decoder.decode(bytes.subspan(consumed));
        consumed += step.consumed;
        if (step.outcome == http::BodyDecoder::Outcome::data && exchange.has_sink() && gathered.take(step.data))
            continue;
        if (const auto data = gathered.release(); !data.empty()) {
            if (const auto taken = exchange.write(data); !taken) return refuse_body(taken.error(), turn);
            send_interim(turn);
        }
        switch (step.outcome) {
            case http::BodyDecoder::Outcome::need_more: return Step::blocked;
            case http::BodyDecoder::Outcome::invalid: return refuse_request(exchange.decoder.refusal(), turn);
            case http::BodyDecoder::Outcome::complete: return finish_body(turn);
            case http::BodyDecoder::Outcome::data: break;
        }
        // Without a sink the body is dropped, and a long one is answered before its end.
        if (!exchange.has_sink()) {
            if (exchange.decoder.body_bytes() > kMaxDrainBytes) return decide(turn);
            continue;
        }
        if (const auto taken = exchange.write(step.data); !taken) return refuse_body(taken.error(), turn);
        send_interim(turn);
    }
}

/// The sink refused (no space, too large, …), so the rest of the body is not wanted.
Connection::Step Connection::refuse_body(const http::Refusal& refusal, Turn& turn) {
    http::Response response = handler::refusal_response(&exchange_->request, refusal);
    exchange_->decorate(turn.handler, response);
    return answer(std::move(response), turn);
}

Connection::Step Connection::finish_body(Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.end_body(exchange.decoder.trailer_text());
    if (exchange.state() == ExchangeState::receiving) return decide(turn);
    if (state_ == ConnectionState::reading) move(ConnectionEvent::answer_due, turn);
    return Step::proceed;
}

/// The peer closed its side in the middle of the body; it is told how the request ended.
Connection::Step Connection::incomplete_body(Turn& turn) {
    ++turn.metrics.uploads_aborted;
    const Exchange& exchange = *exchange_;
    std::string storage;
    const std::string_view target =
        turn.handler.loggable(exchange.request.target_text.of(exchange.request.text), storage);
    const std::uint64_t received = exchange.decoder.body_bytes();
    turn.error_log.append(turn.clock, "aborted", &transport_.peer,
                          exchange.request.framing.kind == http::Framing::Kind::length
                              ? "the upload ended after " + std::to_string(received) + " of " +
                                    std::to_string(exchange.request.framing.length) + " bytes"
                              : "the chunked upload ended after " + std::to_string(received) + " bytes",
                          target, exchange.request_id());
    return refuse_request(exchange.incomplete(), turn);
}

/// Extends the body's deadline while bytes come at least at the minimum rate: an honest slow upload goes on, a drip of
/// bytes does not.
void Connection::note_body_progress(std::size_t bytes, const Turn& turn) {
    Exchange& exchange = *exchange_;
    exchange.body_mark_bytes += bytes;
    const base::MonotonicMs elapsed_ms = turn.clock.now_ms() - exchange.body_mark_ms;
    const auto counted_ms = static_cast<std::uint64_t>(std::max<base::MonotonicMs>(elapsed_ms, 1000));
    const std::uint64_t wanted = turn.config.min_rate * counted_ms / 1000;
    if (exchange.body_mark_bytes < wanted) return;
    exchange.body_mark_bytes = 0;
    exchange.body_mark_ms = turn.clock.now_ms();
    exchange.due_ms = turn.clock.now_ms() + turn.config.body_timeout_ms;
}

/// Drops the rest of a body that was answered early.
Connection::Step Connection::drain(Turn& turn) {
    Exchange& exchange = *exchange_;
    base::ByteBuffer& input = transport_.input;
    // Asked without further input as well: the last piece of the body is data, and only the next step says that it was
    // the last one.
    while (true) {
        const http::BodyDecoder::Step step = exchange.decoder.decode(input.readable());
        input.consume(step.consumed);
        switch (step.outcome) {
            case http::BodyDecoder::Outcome::data: break;
            case http::BodyDecoder::Outcome::need_more: input.release_if_empty(); return wait_for_rest(turn);
            case http::BodyDecoder::Outcome::invalid: return peer_gone(turn, {});
            case http::BodyDecoder::Outcome::complete:
                release_exchange(turn);
                move(ConnectionEvent::body_drained, turn);
                return Step::proceed;
        }
    }
}

Connection::Step Connection::wait_for_rest(Turn& turn) {
    if (transport_.input_end == Transport::Input::open || !transport_.output.empty()) return Step::blocked;
    return peer_gone(turn, {});
}

/// Closes the sending side after the last answer. While the peer may still be sending, its bytes are read and dropped
/// for a while: closing with unread input would reset the connection and the answer with it (RFC 9112 §9.6).
Connection::Step Connection::linger(Turn& turn) {
    if (!transport_.output.empty()) return Step::blocked;
    if (ending_ == Ending::close || transport_.input_end == Transport::Input::ended) return Step::over;
    if (transport_.output_end == Transport::Output::open) {
        transport_.shut_down_write();
        state_since_ms_ = turn.clock.now_ms();
    }
    for (std::size_t seen = 0; seen < kTurnBytes;) {
        const net::IoResult result = transport_.stream->receive(turn.scratch);
        if (result.status == net::IoStatus::would_block) return Step::blocked;
        if (result.status != net::IoStatus::progress) return Step::over;
        seen += result.bytes;
    }
    return Step::blocked;
}

}  // namespace server::http1
