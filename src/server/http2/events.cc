// What the session says of a connection's streams: requests come in, content is asked for, streams end.
#include <cstring>
#include <utility>

#include "http/limits.h"
#include "http/request_rules.h"
#include "server/body_order.h"
#include "server/exchange_log.h"
#include "server/http2/connection.h"

namespace server::http2 {

using Reading = Exchange::Reading;

// ---- content

Session::Content Connection::give_content(Exchange& exchange, std::size_t most) {
    using Outcome = Session::Content::Outcome;
    if (exchange.failed) return {Outcome::failed};
    const bool has_had_enough = turn_sources_ >= (exchange.works ? 1 : kSourcesPerTurn);
    if (exchange.rests || (has_had_enough && exchange.state() == ExchangeState::responding)) {
        exchange.deferred = true;
        enqueue(exchange);
        return {Outcome::later};
    }
    Framer framer(transport_.output, session_, exchange, *turn_, most);
    framer.give_kept();
    if (exchange.kept.empty() && framer.room() > 0 && exchange.state() == ExchangeState::responding) {
        produce(exchange, framer);
    }
    const bool is_last = exchange.state() == ExchangeState::done && exchange.kept.empty();
    if (framer.bytes() == 0 && !is_last) {
        if (exchange.failed) return {Outcome::failed};
        exchange.deferred = true;
        if (!exchange.waits_for_content()) enqueue(exchange);
        return {Outcome::later};
    }
    frame_head_ = framer.head();
    note_progress(exchange, framer.bytes(), turn_->config.min_rate, turn_->config.write_timeout_ms);
    exchange.patience.note_taken(framer.bytes(), turn_->clock.now_ms(), turn_->config.min_rate);
    if (is_last || framer.bytes() >= kEarningBytes) control_frames_.earn(kControlFramesPerContent);
    return {Outcome::given, framer.bytes(), is_last};
}

/// More content into the frame. What was made before a failure still leaves; the stream is reset behind it.
void Connection::produce(Exchange& exchange, Framer& framer) {
    switch (exchange.produce(framer, turn_->share.pulls, turn_->waiting)) {
        case Produced::all: end_answer(exchange); break;
        case Produced::more: exchange.failed = framer.has_failed(); break;
        case Produced::worked:
            ++turn_sources_;
            exchange.rests = exchange.works = true;
            enqueue(exchange);
            break;
        case Produced::waiting: break;
        case Produced::failed: exchange.failed = true; break;
    }
}

void Connection::put_frame_head(std::span<const std::byte> head) {
    if (frame_head_ == nullptr) {
        transport_.output.append_bytes(turn_->blocks, head);
    } else {
        std::memcpy(frame_head_, head.data(), head.size());
    }
    if (transport_.output.bytes() >= output_limit()) session_.pause();
}

// ---- what comes from the peer

Exchange* Connection::open_stream(std::int32_t stream) {
    // Work of a reset stream goes on and still counts; otherwise a client could start more work by resetting streams.
    if (exchanges_.size() >= kMaxStreams || breaking_ != ErrorCode::no_error) return nullptr;
    exchanges_.push_back(turn_->http2_exchanges.take());
    Exchange& exchange = *exchanges_.back();
    const base::MonotonicMs now_ms = turn_->clock.now_ms();
    exchange.begin(token_, now_ms);
    transport_.describe(exchange.request);
    exchange.stream = stream;
    exchange.mark_ms = now_ms;
    exchange.due_ms = now_ms + turn_->config.header_timeout_ms;
    control_frames_.earn(kControlFramesPerRequest);
    return &exchange;
}

bool Connection::take_field(Exchange& exchange, std::string_view name, std::string_view value) {
    if (exchange.reading == Reading::head) {
        exchange.head.add(name, value, exchange.request);
        return exchange.head.dropped() <= kMostDroppedFields;
    }
    constexpr std::size_t kAroundBytes = 4;  // ": " and the line's end
    if (exchange.state() != ExchangeState::receiving && exchange.state() != ExchangeState::deciding) return true;
    if (exchange.trailers.size() + name.size() + value.size() + kAroundBytes > http::kMaxTrailerBytes) {
        refuse_request(exchange, {http::Status::header_fields_too_large, http::kLongTrailers});
        return true;
    }
    exchange.trailers.append(name).append(": ").append(value).append("\r\n");
    return true;
}

void Connection::end_head(Exchange& exchange, bool is_last) {
    const std::optional<http::Refusal> refusal = exchange.head.finish(is_last, exchange.request);
    exchange.request_ended = is_last;
    if (turn_->config.has_request_ids) exchange.name_request(transport_.client, turn_->request_ids);
    if (refusal) {
        exchange.reading = Reading::asked;
        refuse_request(exchange, *refusal);
        return;
    }
    if (exchange.request.has_body()) exchange.expect_body();
    if (turn_->handler.is_heavy(exchange.request)) make_heavy(exchange);
    if (is_decided_after_body(exchange.request)) {
        exchange.reading = Reading::dropping;
        begin_waiting(exchange, turn_->config.body_timeout_ms);
        return;
    }
    exchange.reading = Reading::waiting;
    enqueue(exchange);
}

void Connection::take_body(Exchange& exchange, std::span<const std::byte> bytes) {
    exchange.received_bytes += bytes.size();
    if (exchange.reading == Reading::dropping) {
        session_.give_back(exchange, bytes.size());
        note_progress(exchange, bytes.size(), turn_->config.min_rate, turn_->config.body_timeout_ms);
        if (exchange.received_bytes <= kMaxDrainBytes) return;
        exchange.reading = Reading::waiting;
        enqueue(exchange);
        return;
    }
    const bool may_be_wanted = exchange.state() == ExchangeState::receiving
                                   ? exchange.has_sink() || exchange.reading == Reading::waiting
                                   : exchange.state() == ExchangeState::deciding;
    // For a body that nobody wants the window is not given back, so the peer stops sending and can read the answer.
    if (!may_be_wanted) return;
    waiting_bytes_ += bytes.size();
    exchange.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!exchange.has_sink()) return;
    note_progress(exchange, bytes.size(), turn_->config.min_rate, turn_->config.body_timeout_ms);
    if (exchange.body.size() >= kJoinedBytes && !must_wait(exchange) && exchange.catch_up()) {
        feed_body(exchange);
    } else {
        enqueue(exchange);
    }
}

void Connection::end_body(Exchange& exchange) {
    exchange.request_ended = true;
    if (exchange.reading == Reading::dropping) {
        exchange.end_body({});
        exchange.reading = Reading::waiting;
    }
    if (exchange.state() == ExchangeState::receiving) enqueue(exchange);
}

void Connection::note_frame(FrameKind kind) {
    const base::MonotonicMs now_ms = turn_->clock.now_ms();
    switch (kind) {
        case FrameKind::reset:
            ++turn_->metrics.http2.resets_received;
            if (resets_received_.note(now_ms)) return;
            breaking_why_ = "the peer resets streams too often";
            break;
        case FrameKind::control:
            if (control_frames_.spend(now_ms)) return;
            breaking_why_ = "the peer sends too many frames that bring no request";
            break;
    }
    breaking_ = ErrorCode::enhance_your_calm;
}

void Connection::note_reset_sent(ErrorCode error) {
    if (error == ErrorCode::no_error) return;
    ++turn_->metrics.http2.resets_sent;
    if (resets_sent_.note(turn_->clock.now_ms())) return;
    breaking_why_ = "the peer sends too many faulty requests";
    breaking_ = ErrorCode::enhance_your_calm;
}

// ---- how a stream ends

void Connection::close_stream(Exchange& exchange, ErrorCode error) {
    std::string_view why = exchange.why_reset;
    if (why.empty() && exchange.failed) why = "the content could not be sent to its end";
    if (why.empty()) {
        const bool by_peer = error == ErrorCode::cancel || error == ErrorCode::no_error;
        why = by_peer ? "the peer broke the request off" : "the stream was reset";
    }
    give_up(exchange, why);
}

/// The stream is gone, or the connection is. Work that is pending goes on to its end.
void Connection::give_up(Exchange& exchange, std::string_view why) {
    exchange.stream = 0;
    if (exchange.state() == ExchangeState::pending) return;
    if (exchange.reading == Reading::head) {
        note_refused({http::Status::bad_request, "a request's head broke the rules of HTTP/2, or did not come whole"},
                     exchange, transport_.peer, *turn_);
    } else if (exchange.state() != ExchangeState::done) {
        const bool in_body = exchange.state() == ExchangeState::receiving && exchange.has_sink();
        ++(in_body ? turn_->metrics.uploads_aborted : turn_->metrics.responses_aborted);
        note_aborted(exchange, exchange.address_or(transport_.peer), exchange.received_bytes, 0, why, *turn_);
    }
    if (exchange.state() != ExchangeState::done) exchange.abort();
    release(exchange);
}

void Connection::release(Exchange& exchange) {
    drop_body(exchange);
    if (exchange.heavy) --heavy_;
    if (exchange.queued) std::ranges::replace(queue_, &exchange, nullptr);
    const auto found = std::ranges::find(exchanges_, &exchange, &std::unique_ptr<Exchange>::get);
    std::swap(*found, exchanges_.back());
    turn_->http2_exchanges.give_back(std::move(exchanges_.back()));
    exchanges_.pop_back();
    if (exchanges_.empty()) since_ms_ = turn_->clock.now_ms();
}

}  // namespace server::http2
